import type { AttractionsExtract } from '../attractions.js';
import type { Engine } from '../engine/engine.js';
import { frame, sql } from '../frame/frame.js';
import type { Frame, Sql } from '../frame/frame.js';
import type { VisitsExtract } from '../visits/visits.js';
import type { AttractionsColumn, MappedFile, VisitsColumn } from './layout.js';
import { HIDDEN_LINE_MARK } from './survey.js';

/** A mapped file that a CSV reader takes. */
export interface ReadableFile<C extends string> extends MappedFile<C> {
  /** Of the raw file itself, or of a regular copy with the same line numbers. */
  readonly path: string;
}

/** What a frame's columns are made of, by their names: SQL over the fields of a file, `f0`, `f1`, … */
type FieldSelection<C extends string> = Readonly<Record<string, (file: ReadableFile<C>) => Sql>>;

const NO_TEXT = sql`CAST(NULL AS STRING)`;

const VISIT_FIELDS: FieldSelection<VisitsColumn> = {
  photo_id: (file) => field(file, 'photo'),
  user_id: (file) => field(file, 'user'),
  taken: (file) => field(file, 'taken'),
  poi_id: (file) => field(file, 'poi'),
  sequence_id: (file) => field(file, 'sequence'),
};

const ATTRACTION_FIELDS: FieldSelection<AttractionsColumn> = {
  poi_id: (file) => field(file, 'poi'),
  name: (file) => (file.names === 'title' ? titleName(field(file, 'name')) : field(file, 'name')),
  latitude: (file) => field(file, 'latitude'),
  longitude: (file) => field(file, 'longitude'),
  duration: (file) => field(file, 'duration'),
  themes: ({ columns }) => joinedFields(columns.themes),
};

/** Extracts the columns of visits files, whatever each file calls them and in whatever order. Composes; reads nothing. */
export function readVisits(engine: Engine, files: readonly ReadableFile<VisitsColumn>[]): VisitsExtract {
  const unknownPark = (park: string): Sql =>
    sql`${`There is no POI-${park}.csv, so no attraction of the park is known.`}`;
  return {
    lines: fieldsFrame('visit_lines', engine, files, VISIT_FIELDS),
    files: filesFrame('visit_files', files, ['photo', 'user', 'taken', 'poi', 'sequence'], {
      unknown_park: unknownPark,
    }),
    places: placesFrame('visit_places', engine, files),
    timeUnit: 'seconds',
    hasSequences: files.every((file) => file.columns.sequence.length > 0),
  };
}

/** Extracts the columns of attractions files, and decodes names where the layout says so. Composes; reads nothing. */
export function readAttractions(engine: Engine, files: readonly ReadableFile<AttractionsColumn>[]): AttractionsExtract {
  const columns = ['poi', 'name', 'latitude', 'longitude', 'duration'] as const;
  const ownFiles = filesFrame('attraction_files', files, columns, { park: (park) => sql`${park}` });
  return {
    lines: fieldsFrame('attraction_lines', engine, files, ATTRACTION_FIELDS),
    files: ownFiles,
    places: placesFrame('attraction_places', engine, files),
    parks: ownFiles,
  };
}

/** The text of the one field of a logical column, trimmed, '' where empty; NULL where the file has no such column. */
function field<C extends string>({ survey, columns }: ReadableFile<C>, column: C): Sql {
  const [position] = columns[column];
  if (position === undefined) return NO_TEXT;
  // Trimming takes longer than the rest of the reading, so it is left out where the survey saw nothing to trim.
  return sql`coalesce(${survey.padded ? sql`trim(${fieldName(position)})` : fieldName(position)}, '')`;
}

/** The texts of some fields, trimmed and joined with `|`, without the empty ones. */
function joinedFields(positions: readonly number[]): Sql {
  const texts = positions.map((position) => sql`, nullif(trim(${fieldName(position)}), '')`);
  return sql`concat_ws('|', NULL${sql.join(texts, '')})`;
}

/** The name that a Wikipedia address's title stands for: `Sch%C3%B6nbrunn_Palace`. One that does not decode stays encoded. */
function titleName(title: Sql): Sql {
  // A plus in an address's path is a plus, but the function takes it for a space.
  return sql`replace(coalesce(try_url_decode(replace(${title}, '+', '%2B')), ${title}), '_', ' ')`;
}

/** The regular lines of many files: `file_number` (from 0, in the order given), `line`, `park`, and the columns of `selection`. */
function fieldsFrame<C extends string>(
  name: string,
  engine: Engine,
  files: readonly ReadableFile<C>[],
  selection: FieldSelection<C>,
): Frame {
  const selects = files.map((file, number) => {
    const { header, file: raw } = file.survey;
    const columns = Object.entries(selection).map(([column, made]) => sql`${made(file)} AS ${sql.identifier(column)}`);
    const names = header.map((_, i) => `f${i}`);
    const scan = engine.scan({ format: 'csv', path: file.path, delimiter: ';', columns: names });
    return sql`SELECT ${number} AS file_number, line, ${raw.park} AS park, ${sql.join(columns, ', ')}
FROM ${scan} s
WHERE f0 IS DISTINCT FROM ${HIDDEN_LINE_MARK}`;
  });
  return unionFrame(name, selects, ['park', ...Object.keys(selection)], ['line']);
}

/** The lines of many files as they stand there. */
function placesFrame<C extends string>(name: string, engine: Engine, files: readonly ReadableFile<C>[]): Frame {
  const selects = files.map(({ path, survey }, number) => {
    const scan = engine.scan({ format: 'lines', path });
    return sql`SELECT ${number} AS file_number, line, ${survey.file.name} AS file, line AS file_line, text FROM ${scan} s`;
  });
  return unionFrame(name, selects, ['file', 'text'], ['line', 'file_line']);
}

/** The files themselves: the header's own name of each of `columns`, and what `others` make of the file's park. */
function filesFrame<C extends string>(
  name: string,
  files: readonly ReadableFile<C>[],
  columns: readonly C[],
  others: Readonly<Record<string, (park: string) => Sql>>,
): Frame {
  const selects = files.map(({ survey, columns: mapping }, number) => {
    const names = columns.map((column) => {
      const [position] = mapping[column];
      const header = position === undefined ? undefined : survey.header[position];
      return sql`${header === undefined ? NO_TEXT : header} AS ${sql.identifier(`${column}_column`)}`;
    });
    const more = Object.entries(others).map(
      ([column, made]) => sql`${made(survey.file.park)} AS ${sql.identifier(column)}`,
    );
    return sql`SELECT ${number} AS file_number, ${sql.join([...names, ...more], ', ')}`;
  });
  return unionFrame(name, selects, [...columns.map((column) => `${column}_column`), ...Object.keys(others)], []);
}

/** The union of one SELECT a file; of no file, a relation of the same columns without rows. */
function unionFrame(
  name: string,
  selects: readonly Sql[],
  texts: readonly string[],
  numbers: readonly string[],
): Frame {
  const [first, ...rest] = selects;
  if (first) return frame(name)`${sql.join([first, ...rest], '\nUNION ALL\n')}`;
  const columns = [
    ...numbers.map((number) => sql`CAST(0 AS BIGINT) AS ${sql.identifier(number)}`),
    ...texts.map((text) => sql`${NO_TEXT} AS ${sql.identifier(text)}`),
  ];
  return frame(name)`SELECT 0 AS file_number, ${sql.join(columns, ', ')} WHERE 1 = 0`;
}

function fieldName(position: number): Sql {
  return sql.identifier(`f${position}`);
}
