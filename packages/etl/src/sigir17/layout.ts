import { EtlError } from '../errors.js';
import type { Survey } from './survey.js';

/** The logical columns of a visits file. */
export type VisitsColumn = 'photo' | 'user' | 'taken' | 'poi' | 'sequence';

/** The logical columns of an attractions file. */
export type AttractionsColumn = 'poi' | 'name' | 'latitude' | 'longitude' | 'duration' | 'themes';

/** Where a logical column is found in a header. */
export interface ColumnRule {
  /** Names that the column goes by, in any case. */
  readonly names: readonly string[];
  /** How many columns of these names a header has. A header with another number of them is not of this layout. */
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

const VISITS: Layout['visits'] = {
  photo: needed('id', 'photoID'),
  user: needed('nsid', 'userID'),
  taken: needed('takenUnix', 'dateTaken'),
  poi: needed('poiID'),
  sequence: optional('seqID'),
};

const ATTRACTIONS: Layout['attractions'] = {
  poi: needed('poiID'),
  name: needed('poiName'),
  latitude: needed('lat'),
  longitude: needed('long', 'lon'),
  duration: needed('rideDuration'),
  themes: { names: ['theme', 'theme2', 'theme3', 'theme4'], count: 'any' },
};

/** Theme parks, as published with the SIGIR'17 paper. Its README names the visits' columns as the city files have them. */
export const parkLayout: Layout = { name: 'parks', visits: VISITS, attractions: ATTRACTIONS, names: 'plain' };

/** Cities, of the same authors: sights have no ride duration, and are named by their Wikipedia address. */
export const cityLayout: Layout = {
  name: 'cities',
  visits: VISITS,
  attractions: { ...ATTRACTIONS, duration: optional() },
  names: 'title',
};

/** The layouts tried, in this order, where no others are given: the first whose required columns are all there. */
export const LAYOUTS: readonly Layout[] = [parkLayout, cityLayout];

/** What is needed of a survey to find columns. */
type Headed = Pick<Survey, 'file' | 'header'>;

/** 0-based positions in a file's header by logical column: one, none for an absent optional column, or any number of themes. */
export type Mapping<C extends string> = Readonly<Record<C, readonly number[]>>;

/** A surveyed file whose columns are known. */
export interface MappedFile<C extends string, S extends Headed = Survey> {
  readonly survey: S;
  readonly columns: Mapping<C>;
  readonly names: Layout['names'];
}

/** Finds the columns of a visits file. @throws EtlError ETL_HEADER_UNKNOWN with what each layout misses. */
export function mapVisits<S extends Headed>(survey: S, layouts: readonly Layout[]): MappedFile<VisitsColumn, S> {
  return mapColumns(survey, layouts, (layout) => layout.visits);
}

/** Finds the columns of an attractions file. @throws EtlError ETL_HEADER_UNKNOWN with what each layout misses. */
export function mapAttractions<S extends Headed>(
  survey: S,
  layouts: readonly Layout[],
): MappedFile<AttractionsColumn, S> {
  return mapColumns(survey, layouts, (layout) => layout.attractions);
}

function mapColumns<C extends string, S extends Headed>(
  survey: S,
  layouts: readonly Layout[],
  rulesOf: (layout: Layout) => Readonly<Record<C, ColumnRule>>,
): MappedFile<C, S> {
  const header = survey.header.map((name) => name.toLowerCase());
  const misfits: string[] = [];
  for (const layout of layouts) {
    const rules = rulesOf(layout);
    const misfit: string[] = [];
    const columns = mapRecord(rules, (rule) => {
      const positions = positionsOf(rule, header);
      if (rule.count === 'one' && positions.length === 0) misfit.push(`no ${rule.names.join(' or ')}`);
      if (rule.count !== 'any' && positions.length > 1) misfit.push(`${rule.names.join(' or ')} more than once`);
      return positions;
    });
    if (misfit.length === 0) return { survey, columns, names: layout.names };
    misfits.push(`read as '${layout.name}' it has ${misfit.join(', ')}`);
  }
  throw new EtlError(
    'ETL_HEADER_UNKNOWN',
    `'${survey.file.name}' has the columns ${survey.header.join(';')}; ${misfits.join('; ')}. ` +
      "Correct line 1, or give the source 'sigir17' a layout of your own.",
  );
}

function positionsOf(rule: ColumnRule, header: readonly string[]): readonly number[] {
  const names = rule.names.map((name) => name.toLowerCase());
  return header.flatMap((name, position) => (names.includes(name) ? [position] : []));
}

function mapRecord<C extends string, A, B>(record: Readonly<Record<C, A>>, f: (value: A) => B): Record<C, B> {
  const mapped: Partial<Record<C, B>> = {};
  for (const key in record) mapped[key] = f(record[key]);
  return mapped as Record<C, B>;
}
