/** The logical columns of a visits file. */
export type VisitsColumn = 'photo' | 'user' | 'taken' | 'poi' | 'sequence';

/** The logical columns of an attractions file. */
export type AttractionsColumn = 'poi' | 'name' | 'latitude' | 'longitude' | 'duration' | 'themes';

/** Where a logical column is found in a header. */
export interface ColumnRule {
  /** Names that the column goes by; case is no matter. */
  readonly names: readonly string[];
  /** How many columns of these names a header has. One that has another number is not of this layout. */
  readonly count: 'one' | 'at most one' | 'any';
}

/** How one family of raw files names its columns and writes its names. */
export interface Layout {
  readonly name: string;
  readonly visits: Readonly<Record<VisitsColumn, ColumnRule>>;
  readonly attractions: Readonly<Record<AttractionsColumn, ColumnRule>>;
  /** `title`: an attraction's name is the title in a Wikipedia address, percent-encoded, with `_` for spaces. */
  readonly names: 'plain' | 'title';
}

const needed = (...names: string[]): ColumnRule => ({ names, count: 'one' });
const optional = (...names: string[]): ColumnRule => ({ names, count: 'at most one' });

const visits: Layout['visits'] = {
  photo: needed('id', 'photoID'),
  user: needed('nsid', 'userID'),
  taken: needed('takenUnix', 'dateTaken'),
  poi: needed('poiID'),
  sequence: optional('seqID'),
};

const attractions: Layout['attractions'] = {
  poi: needed('poiID'),
  name: needed('poiName'),
  latitude: needed('lat'),
  longitude: needed('long', 'lon'),
  duration: needed('rideDuration'),
  themes: { names: ['theme', 'theme2', 'theme3', 'theme4'], count: 'any' },
};

/** Theme parks, as published with the SIGIR'17 paper. Its README names the visits' columns as the city files have them. */
export const parkLayout: Layout = { name: 'parks', visits, attractions, names: 'plain' };

/** Cities, of the same authors: sights have no ride duration, and are named by their Wikipedia address. */
export const cityLayout: Layout = {
  name: 'cities',
  visits,
  attractions: { ...attractions, duration: optional() },
  names: 'title',
};

/** The layouts tried, in this order, where no others are given: the first whose required columns are all there. */
export const LAYOUTS: readonly Layout[] = [parkLayout, cityLayout];
