import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { duckDbEngine } from '../engine/duckdb.js';
import type { Row as EngineRow } from '../engine/engine.js';
import { sql } from '../frame/frame.js';
import type { Frame } from '../frame/frame.js';
import { EtlError } from '../errors.js';
import { counted, defineSource } from '../source/source.js';
import type { AttractionRow, Delivered, Probe, RefusedRow, Source, SourceContext, VisitRow } from '../source/source.js';
import { attractionsOfFiles, visitsOfFiles } from './extract.js';
import { findFiles } from './find.js';
import type { FoundFile } from './found.js';
import { fetched } from './s3.js';
import { fingerprintOf, openText } from './open.js';
import { csvOptions, jsonlOptions, parquetOptions } from './options.js';
import type { AttractionColumn, ColumnPlace, CsvOptions, FilesOptions, JsonlOptions, VisitColumn } from './options.js';
import { readCsv, readJsonl, readParquet } from './read.js';
import type { FileGroup, ReadContext } from './read.js';

type Columns = NonNullable<FilesOptions['columns']>;
type Read<Options> = (
  options: Options,
  places: Readonly<Record<string, ColumnPlace>>,
  context: ReadContext,
) => Promise<readonly FileGroup[]>;

/** Text files of fields between delimiters, of RFC 4180: quoted values may hold delimiters and line breaks. */
export const csv = filesSource<CsvOptions>('csv', csvOptions, readCsv);

/** Text files of one JSON object a line. */
export const jsonl = filesSource<JsonlOptions>('jsonl', jsonlOptions, readJsonl);

/** Parquet files. */
export const parquet = filesSource<FilesOptions>('parquet', parquetOptions, readParquet);

/** What reads the files of a source, by its type. */
export const READERS: Readonly<Record<string, Read<FilesOptions>>> = {
  csv: readCsv as Read<FilesOptions>,
  jsonl: readJsonl as Read<FilesOptions>,
  parquet: readParquet,
};

export const VISIT_PLACES: Columns = { user: 'user', attraction: 'attraction', time: 'time' };
export const ATTRACTION_PLACES: Columns = { attraction: 'attraction' };

const VISIT_ONLY: readonly (VisitColumn | AttractionColumn)[] = [
  'user',
  'time',
  'photo',
  'sequence',
  'event',
  'weight',
];
const ATTRACTION_ONLY: readonly (VisitColumn | AttractionColumn)[] = [
  'name',
  'latitude',
  'longitude',
  'durationMinutes',
  'themes',
];

/** Rows at the beginning of the data that a probe reads. */
const SAMPLE_ROWS = 1_000;

function filesSource<Options extends FilesOptions>(
  type: string,
  options: StandardSchemaV1<unknown, Options>,
  read: Read<Options>,
): Source<Options> {
  return defineSource<Options>({
    type,
    options,
    probe: (given, { signal, baseFolder }) => probed(given, read, baseFolder, signal),
    readsOnly: true,
    fingerprint: async ({ files }, { baseFolder, signal }) =>
      Promise.all((await findFiles([files].flat(), baseFolder, signal)).map(fingerprintOf)),
    visits: async (given, context) => visitsOfFiles(given, await read(given, visitPlaces(given), context), context),
    attractions: async (given, context) =>
      attractionsOfFiles(given, await read(given, attractionPlaces(given), context), context),
  });
}

/** Where the values of visits are. */
export const visitPlaces = (options: Pick<FilesOptions, 'columns'>): Columns =>
  placesOf(VISIT_PLACES, options, ATTRACTION_ONLY);

/** Where the values of attractions are. */
export const attractionPlaces = (options: Pick<FilesOptions, 'columns'>): Columns =>
  placesOf(ATTRACTION_PLACES, options, VISIT_ONLY);

/** The columns of a role; those that are of the other one only mean nothing there. */
function placesOf(
  defaults: Columns,
  { columns = {} }: Pick<FilesOptions, 'columns'>,
  others: readonly string[],
): Columns {
  if (columns.tenant !== undefined)
    throw new EtlError(
      'ETL_SOURCES_INVALID',
      'The sources have the rows of many tenants, `columns.tenant`, which only a fleet keeps apart; run it with: attractions run --each.',
    );
  const own = Object.entries(columns).filter(([column]) => !others.includes(column));
  return { ...defaults, ...Object.fromEntries(own) };
}

/** Reads the beginning of the first file as the source would read all of it. */
async function probed<Options extends FilesOptions>(
  { encoding, ...given }: Options & { readonly encoding?: string },
  read: Read<Options>,
  baseFolder: string,
  signal: AbortSignal | undefined,
): Promise<Probe> {
  signal?.throwIfAborted();
  // Whose rows they are does not matter here.
  const columns = Object.entries(given.columns ?? {}).filter(([column]) => column !== 'tenant');
  const options = { ...given, ...(given.columns && { columns: Object.fromEntries(columns) }) };
  const files = await findFiles([options.files].flat(), baseFolder, signal);
  const [first] = files;
  if (!first) throw new Error('A pattern matches a file at least.');
  const folder = await mkdtemp(join(tmpdir(), 'attractions-probe-'));
  const engine = duckDbEngine();
  // Rows of Parquet are found by the end of the file, so it is read as it is.
  const isText = read !== readParquet;
  try {
    const length = isText ? { length: BEGINNING_BYTES } : {};
    const [local = first] = await fetched([first], async () => folder, { ...length, signal });
    const path = isText ? join(folder, 'beginning.txt') : local.path;
    if (isText) await shorten(local, encoding, path);
    const context: SourceContext & ReadContext = {
      engine,
      isProbe: true,
      found: [{ ...first, path }],
      baseFolder,
      folder: async () => folder,
      ...(signal && { signal }),
    };
    const sample = await firstRows(options, (places) => read(options as unknown as Options, places, context), context);
    const more = files.length === 1 ? '' : ` and ${files.length - 1} more`;
    return { found: `Found '${first.name}'${more}.`, sample };
  } finally {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first rows: as visits where they have users and times, else as attractions. */
export async function firstRows(
  options: Omit<FilesOptions, 'files'>,
  read: (places: Columns) => Promise<readonly FileGroup[]>,
  context: SourceContext,
): Promise<Probe['sample']> {
  const asVisits = async (): Promise<Probe['sample']> => {
    const delivered = await visitsOfFiles(options, await read(visitPlaces(options)), context);
    const { timeFault = ' is not a time.' } = delivered.extract;
    return rowsIn(delivered, context, (row) => visitOf(row, timeFault));
  };
  const asAttractions = async (): Promise<Probe['sample']> => {
    const delivered = await attractionsOfFiles(options, await read(attractionPlaces(options)), context);
    return rowsIn(delivered, context, attractionOf);
  };
  const isOfAttractions = ATTRACTION_ONLY.some((column) => options.columns && column in options.columns);
  if (isOfAttractions) return asAttractions();
  return asVisits().catch((cause: unknown) =>
    asAttractions().catch(() => {
      throw cause;
    }),
  );
}

/** The first rows with their places, those that cannot be read among them. */
async function rowsIn<Row extends AttractionRow | VisitRow | RefusedRow>(
  delivered: Delivered<{ readonly lines: Frame }>,
  { engine }: SourceContext,
  rowOf: (row: EngineRow) => Row,
): Promise<Probe['sample']> {
  const { extract, faults, locate } = await counted(delivered);
  const rows = await engine.rows(sql`SELECT * FROM ${extract.lines} l LIMIT ${SAMPLE_ROWS}`);
  const keys = rows.map((row) => ({ fileNumber: Number(row['file_number']), line: Number(row['line']) }));
  const places = (await locate?.(keys)) ?? [];
  const sound = rows.map((row, i) => ({ ...rowOf(row), ...places[i] }));
  const refused = faults.map(({ reason, ...place }) => ({ ...place, refused: reason }));
  return [...sound, ...refused].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)).slice(0, SAMPLE_ROWS);
}

function visitOf(row: EngineRow, timeFault: string): VisitRow | RefusedRow {
  const text = (column: string): string => String(row[column] ?? '');
  const ms = row['taken_ms'];
  if (ms === null || ms === undefined)
    return { column: 'time', refused: `'${text('taken').slice(0, 80)}'${timeFault}` };
  const given = (column: string, name: string) => text(column) !== '' && { [name]: text(column) };
  return {
    user: text('user_id'),
    attraction: text('poi_id'),
    time: new Date(Number(ms)),
    ...given('park', 'park'),
    ...given('photo_id', 'photo'),
    ...given('sequence_id', 'sequence'),
    ...given('event', 'event'),
    ...given('weight', 'weight'),
  };
}

function attractionOf(row: EngineRow): AttractionRow {
  const text = (column: string): string => String(row[column] ?? '');
  return {
    attraction: text('poi_id'),
    name: text('name'),
    ...(text('park') !== '' && { park: text('park') }),
    ...(text('latitude') !== '' && { latitude: text('latitude') }),
    ...(text('longitude') !== '' && { longitude: text('longitude') }),
    ...(text('duration') !== '' && { durationMinutes: text('duration') }),
    ...(text('themes') !== '' && { themes: text('themes').split('|') }),
  };
}

/** How much of a text file a probe reads. */
const BEGINNING_CHARACTERS = 1 << 16;

/** How much of an object is fetched for that: it may be compressed, or in UTF-16. */
const BEGINNING_BYTES = 1 << 20;

/** The whole lines at the beginning of a text file in UTF-8, as a file of its own. */
async function shorten(file: FoundFile, encoding: string | undefined, path: string): Promise<void> {
  let begin = '';
  for await (const chunk of (await openText(file, encoding)).text) {
    begin += chunk.toString('utf8');
    if (begin.length > BEGINNING_CHARACTERS) break;
  }
  const end = begin.length > BEGINNING_CHARACTERS ? begin.lastIndexOf('\n', BEGINNING_CHARACTERS) + 1 : begin.length;
  await writeFile(path, begin.slice(0, end));
}
