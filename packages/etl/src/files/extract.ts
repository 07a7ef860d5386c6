import type { Reject } from '@attractions/contracts';
import type { AttractionsExtract } from '../attractions.js';
import type { RowCount } from '../engine/engine.js';
import { EtlError } from '../errors.js';
import { frame, sql } from '../frame/frame.js';
import type { Frame, Sql } from '../frame/frame.js';
import { counted } from '../source/source.js';
import type { CountedRows, Delivered, DeliveredVisits, LinePlace, SourceContext } from '../source/source.js';
import type { VisitsExtract } from '../visits/visits.js';
import { locator } from './locate.js';
import type { AttractionColumn, FilesOptions, VisitColumn } from './options.js';
import type { FileGroup } from './read.js';
import { describedFormat, millisOf, recognisedFormat } from './time.js';

/** How many rows that cannot be read are named in the rejects; all of them are counted. */
const FAULTS_KEPT = 10_000;

/** How many times are looked at to recognise their format. */
const TIMES_LOOKED_AT = 500;

/** Visits of groups of files, as relations on the engine. */
export async function visitsOfFiles(
  options: Omit<FilesOptions, 'files'>,
  groups: readonly FileGroup[],
  context: SourceContext,
): Promise<DeliveredVisits> {
  const read = await readOf(groups, context);
  const has = (column: VisitColumn): boolean =>
    groups.some(({ files }) => files.some(({ mapping }) => mapping[column]));
  const format = options.timeFormat ?? (await formatOf(groups, context));
  const values = await fileValues('visit_file_values', groups, context);
  const columns = {
    park: (given: Given) => given.text('park'),
    photo_id: (given: Given) => (has('photo') ? sql`nullif(${given.text('photo')}, '')` : NO_TEXT),
    user_id: (given: Given) => given.text('user'),
    taken: (given: Given) => given.text('time'),
    taken_ms: (given: Given) => millisOf(given.raw('time'), given.isTyped('time') ? 'unix-millis' : format),
    poi_id: (given: Given) => given.text('attraction'),
    sequence_id: (given: Given) => (has('sequence') ? sql`nullif(${given.text('sequence')}, '')` : NO_TEXT),
    weight: (given: Given) => (has('weight') ? given.text('weight') : NO_TEXT),
    event: (given: Given) => (has('event') ? given.text('event') : NO_TEXT),
  };
  const names = {
    photo: 'photo',
    user: 'user',
    taken: 'time',
    poi: 'attraction',
    sequence: 'sequence',
    event: 'event',
    weight: 'weight',
  } as const;
  const extract: VisitsExtract = {
    lines: linesFrame('visit_lines', groups, columns, values, context, true),
    unnumbered: linesFrame('visit_rows', groups, columns, values, context, false),
    files: await filesFrame(
      'visit_files',
      groups,
      names,
      context,
      sql`, ${'No attraction of the park is known.'} AS unknown_park`,
    ),
    timeUnit: 'parsed',
    timeFault: ` is not ${describedFormat(format)}.`,
    hasSequences: false,
    hasNoSequences: !has('sequence'),
    hasPhotos: has('photo'),
    hasParks: has('park'),
    hasWeights: has('weight'),
    hasEvents: has('event'),
    idsAreGlobal: options.ids === 'global',
  };
  return { extract, ...read };
}

/** Attractions of groups of files, as relations on the engine. */
export async function attractionsOfFiles(
  options: Omit<FilesOptions, 'files'>,
  groups: readonly FileGroup[],
  context: SourceContext,
): Promise<Delivered<AttractionsExtract>> {
  const read = await counted(await readOf(groups, context));
  const values = await fileValues('attraction_file_values', groups, context);
  const columns = {
    park: (given: Given) => given.text('park'),
    poi_id: (given: Given) => given.text('attraction'),
    name: (given: Given) => (given.has('name') ? given.text('name') : given.text('attraction')),
    latitude: (given: Given) => given.text('latitude'),
    longitude: (given: Given) => given.text('longitude'),
    duration: (given: Given) => given.text('durationMinutes'),
    themes: (given: Given) => sql`joined_list(${given.text('themes')})`,
  };
  const names = {
    poi: 'attraction',
    name: 'name',
    latitude: 'latitude',
    longitude: 'longitude',
    duration: 'durationMinutes',
  } as const;
  const lines = linesFrame('attraction_lines', groups, columns, values, context, true);
  const extract: AttractionsExtract = {
    lines,
    files: await filesFrame('attraction_files', groups, names, context, sql``),
    parks: lines,
    idsAreGlobal: options.ids === 'global',
  };
  return { extract, ...read };
}

/** Rows as texts, with times in milliseconds where they are any; for data that are only passed on. `rows` counts those that cannot be read too. */
export async function rowTexts(
  groups: readonly FileGroup[],
  columns: readonly Column[],
  options: Pick<FilesOptions, 'timeFormat'>,
  context: SourceContext,
) {
  const {
    rows,
    faults,
    faultCount = faults.length,
    confirm,
  }: CountedRows & Pick<Delivered<unknown>, 'confirm'> = await readOf(groups, context);
  const hasTimes = columns.includes('time');
  const format = hasTimes ? (options.timeFormat ?? (await formatOf(groups, context))) : '';
  const values = await fileValues('row_file_values', groups, context);
  const textOf = (column: Column) => (given: Given) => {
    if (column !== 'time') return given.text(column);
    const millis = millisOf(given.raw(column), given.isTyped(column) ? 'unix-millis' : format);
    return sql`coalesce(CAST(${millis} AS STRING), ${given.text(column)})`;
  };
  const made = Object.fromEntries(columns.map((column) => [column.toLowerCase(), textOf(column)]));
  return { lines: linesFrame('row_texts', groups, made, values, context, false), rows: rows + faultCount, confirm };
}

/** What was read besides the extract. */
async function readOf(groups: readonly FileGroup[], context: SourceContext) {
  const files = groups.flatMap((group) => group.files);
  let counting: ReturnType<typeof countFiles> | undefined;
  const counts = () => (counting ??= countFiles(groups, context));
  const records = files.map((file) => (file.faults.length > 0 ? undefined : file.records));
  const isKnown = records.every((count) => count !== undefined);
  const count = async (): Promise<CountedRows> => (await counts()).rows;
  return {
    ...(isKnown ? { rows: records.reduce((sum, each) => sum + each, 0), faults: [], count } : await count()),
    files: files.map(({ name, bytes, sha256 }) => ({ path: name, bytes, sha256 })),
    locate: async (places: readonly LinePlace[]) => (await counts()).locate(places),
    confirm: async () => {
      for (const { confirm } of files) await confirm();
    },
  };
}

/** Lets the engine count the rows, and holds it to what was counted apart from it. */
async function countFiles(groups: readonly FileGroup[], { engine, signal }: SourceContext) {
  const counts: RowCount[] = [];
  const how = { faultsKept: FAULTS_KEPT, ...(signal && { signal }) };
  for (const { rows } of groups) counts.push(...(await engine.countRows(rows, how)));
  const files = groups.flatMap((group) => group.files);
  for (const { number, name, records, confirm } of files) {
    const count = counts.find((each) => each.number === number);
    if (records === undefined || !count || count.rows + count.faultCount === records) continue;
    await confirm();
    throw new EtlError(
      'ETL_LINES_LOST',
      `'${name}' has ${records} rows, but the engine read ${count.rows} and refused ${count.faultCount}; check its quotes, or set \`quote\` to '' where they mean nothing.`,
    );
  }
  const { locate, faultsOf } = locator(groups, counts, engine);
  const long = files.flatMap(({ faults }) => faults);
  const named: Reject[] = [...long, ...(await faultsOf())];
  const rows: CountedRows = {
    rows: counts.reduce((sum, { rows }) => sum + rows, 0),
    faults: named,
    faultCount: counts.reduce((sum, { faultCount }) => sum + faultCount, long.length),
  };
  return { rows, locate };
}

const NO_TEXT = sql`CAST(NULL AS STRING)`;

/** SQL for the values of a group's rows, by the names that the configuration has for them. */
interface Given {
  has(column: Column): boolean;
  /** Whether it is the text of a typed time. */
  isTyped(column: Column): boolean;
  /** NULL where empty. */
  raw(column: Column): Sql;
  /** '' if the cell is empty or the file does not have the column. */
  text(column: Column): Sql;
}

type Column = VisitColumn | AttractionColumn;

function givenBy({ rows, files, isPadded }: FileGroup, valueColumns: ReadonlyMap<string, number>): Given {
  const mapping = files[0]?.mapping ?? {};
  const raw = (column: Column): Sql => {
    const value = mapping[column];
    if (value === undefined) return NO_TEXT;
    if (value.kind === 'text') return sql`v.${sql.identifier(`v${valueColumns.get(column) ?? 0}`)}`;
    const field = sql`r.${sql.identifier(`f${value.position}`)}`;
    return isPadded ? sql`trim(${field})` : field;
  };
  return {
    raw,
    has: (column) => mapping[column] !== undefined,
    text: (column) => (mapping[column] === undefined ? sql`''` : sql`coalesce(${raw(column)}, '')`),
    isTyped: (column) => {
      const value = mapping[column];
      return value?.kind === 'field' && rows.columns[value.position]?.type === 'time';
    },
  };
}

/** The values that are the same for a whole file, as a table: `file_number`, `v0`, `v1`, …; undefined where there are none. */
interface FileValues {
  readonly table: Frame;
  readonly columns: ReadonlyMap<string, number>;
}

async function fileValues(
  name: string,
  groups: readonly FileGroup[],
  { engine }: SourceContext,
): Promise<FileValues | undefined> {
  const files = groups.flatMap((group) => group.files);
  const texts = files.flatMap(({ mapping }) => Object.entries(mapping).filter(([, { kind }]) => kind === 'text'));
  const columns = new Map([...new Set(texts.map(([column]) => column))].map((column, i) => [column, i]));
  if (columns.size === 0) return undefined;
  const types = [...columns.values()].map((i) => [`v${i}`, 'text'] as const);
  const rows = files.map((file) => [
    file.number,
    ...[...columns.keys()].map((column) => {
      const value = file.mapping[column];
      return value?.kind === 'text' ? value.of(file) : null;
    }),
  ]);
  const table = await engine.table(name, { file_number: 'bigint', ...Object.fromEntries(types) }, [rows]);
  return { table, columns };
}

/** The union of one SELECT a group. */
function linesFrame(
  name: string,
  groups: readonly FileGroup[],
  columns: Readonly<Record<string, (given: Given) => Sql>>,
  values: FileValues | undefined,
  { engine }: SourceContext,
  numbered: boolean,
): Frame {
  const selects = groups.map((group) => {
    const given = givenBy(group, values?.columns ?? new Map());
    const made = Object.entries(columns).map(([column, make]) => sql`${make(given)} AS ${sql.identifier(column)}`);
    const hasTexts = Object.values(group.files[0]?.mapping ?? {}).some(({ kind }) => kind === 'text');
    const joined = values && hasTexts ? sql` JOIN ${values.table} v ON v.file_number = r.file_number` : sql``;
    return sql`SELECT r.file_number, ${numbered ? sql`r.line, ` : sql``}${sql.join(made, ', ')}
FROM ${engine.scanRows(group.rows, { numbered })} r${joined}`;
  });
  return frame(name)`${sql.join(selects, '\nUNION ALL\n')}`;
}

/** `file_number`, and what each file calls its columns. */
async function filesFrame(
  name: string,
  groups: readonly FileGroup[],
  names: Readonly<Record<string, Column>>,
  { engine }: SourceContext,
  more: Sql,
): Promise<Frame> {
  const columns = Object.keys(names).map((key) => `${key}_column`);
  const types = Object.fromEntries(columns.map((column) => [column, 'text'] as const));
  const rows = groups.flatMap(({ files }) =>
    files.map(({ number, mapping }) => [
      number,
      ...Object.values(names).map((column) => mapping[column]?.name ?? column),
    ]),
  );
  const table = await engine.table(`${name}_table`, { file_number: 'bigint', ...types }, [rows]);
  return frame(name)`SELECT file_number, ${sql.join(columns.map(sql.identifier), ', ')}${more} FROM ${table}`;
}

/** The format that the first times have, of all groups. */
async function formatOf(groups: readonly FileGroup[], context: SourceContext): Promise<string> {
  const texts: string[] = [];
  let where = 'the source';
  for (const group of groups) {
    const [file] = group.files;
    const value = file?.mapping['time'];
    if (file === undefined || value === undefined) continue;
    if (value.kind === 'text') {
      texts.push(value.of(file));
      where = `'${file.name}'`;
      continue;
    }
    if (group.rows.columns[value.position]?.type === 'time') continue;
    where = `the column '${value.name}' of '${file.name}'`;
    const field = sql.identifier(`f${value.position}`);
    const scan = context.engine.scanRows(group.rows, { numbered: false });
    const how = context.signal ? { signal: context.signal } : {};
    const rows = await context.engine.rows(
      sql`SELECT ${field} AS t FROM ${scan} r WHERE ${field} IS NOT NULL LIMIT ${TIMES_LOOKED_AT}`,
      how,
    );
    texts.push(...rows.map((row) => String(row['t'])));
  }
  return recognisedFormat(texts, where);
}
