/** Events of the service that are visits, beside those of the sources: the Parquet files of the feed `serving/events`, read by the engine where they are. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { events } from '@attractions/contracts';
import { FeedsError } from '@attractions/feeds';
import type { FeedContract, FeedStore, StoredFile } from '@attractions/feeds';
import { frame, sql } from '../frame/frame.js';
import type { Frame } from '../frame/frame.js';
import type { VisitsExtract } from '../visits/visits.js';
import type { DeliveredVisits, Fingerprint, LinePlace, SourceContext } from './source.js';

/** Which events are visits. */
export interface EventVisits {
  readonly store: FeedStore;
  /** Their types. Events without an attraction are left out. */
  readonly types: readonly string[];
}

/** The files of the sources have lower numbers. */
const FIRST_NUMBER = 1_000_000;

const asFiles: FeedContract<readonly StoredFile[]> = {
  ...events,
  codec: {
    format: events.codec.format,
    encode: () => {
      throw new TypeError('The files of events are only read.');
    },
    decode: async (files) => files,
  },
};

/** A data file of the feed. */
interface EventFile extends Fingerprint {
  readonly sha256: string;
  readonly stored: StoredFile;
}

/** The files of updates that are there, oldest first. They never change, so each is known by its path. */
export async function eventFiles({ store }: Pick<EventVisits, 'store'>): Promise<readonly EventFile[]> {
  const found: EventFile[] = [];
  const feed = store.feed(asFiles);
  for await (const { seq, files } of feed.since(0)) {
    const stored = await (await feed.at(seq)).read();
    for (const [n, { path, bytes, sha256 }] of files.entries()) {
      const file = stored[n];
      if (file === undefined || !(await isThere(file))) continue;
      found.push({ path: `${events.path}/${path}`, bytes, version: sha256, sha256, stored: file });
    }
  }
  return found;
}

/** Whether the data of a file are there: those of updates that expired are deleted some time later. */
async function isThere(file: StoredFile): Promise<boolean> {
  if (existsSync(file.path)) return true;
  try {
    await file.bytes();
    return true;
  } catch (error) {
    if (error instanceof FeedsError && error.code === 'FEEDS_EXPIRED') return false;
    throw error;
  }
}

/**
 * Visits of the sources and of events together. An event that is in the files twice counts once.
 *
 * @param given of the sources; a text, where they have nothing new: the shape of what was read of them before, as `shapeOf` gives it
 */
export async function withEventVisits(
  given: DeliveredVisits | string,
  { types, ...feed }: EventVisits,
  context: SourceContext,
): Promise<DeliveredVisits> {
  const { engine, only, signal } = context;
  const how = signal ? { signal } : {};
  const files = (await eventFiles(feed)).filter(({ path }) => only === undefined || only.has(path));
  const shape: Omit<VisitsExtract, 'lines' | 'files'> =
    typeof given === 'string' ? JSON.parse(given) : { ...given.extract, hasSequences: false };
  const about = files.map(({ path, bytes, sha256, version }) => ({ path, bytes, sha256, version }));
  if (files.length === 0 && typeof given !== 'string') return { ...given, extract: { ...given.extract, ...shape } };

  const paths = await Promise.all(
    files.map(async ({ stored }, n) => {
      const path = existsSync(stored.path) ? stored.path : join(await context.folder(), `events-${n}.parquet`);
      if (path !== stored.path) await writeFile(path, await stored.bytes());
      return { path, number: FIRST_NUMBER + n };
    }),
  );
  const chosen = frame('event_visits')`
SELECT e.file_number, e.row_number + 1 AS line, e.event_id, e.user_id, e.type, e.attraction_id, unix_millis(e.at) AS at_ms,
  row_number() OVER (PARTITION BY e.event_id ORDER BY e.file_number, e.row_number) AS place
FROM ${engine.scanTyped(paths)} e
WHERE e.attraction_id IS NOT NULL AND e.type IN (${sql.join(
    types.map((type) => sql`${type}`),
    ', ',
  )})`;
  const once = frame('event_visits_once')`SELECT * FROM ${chosen} c WHERE place = 1`;
  await engine.keep(once, how);
  const [counted] = await engine.rows(sql`SELECT count(*) AS n FROM ${once} o`, how);
  const number = await engine.table('event_visit_files', { file_number: 'bigint', path: 'text' }, [
    files.map(({ path }, n) => [FIRST_NUMBER + n, path]),
  ]);
  const extract = extractOf(once, number, shape);
  const rows = Number(counted?.['n'] ?? 0);
  const own: DeliveredVisits = { extract, rows, faults: [], files: about };
  return typeof given === 'string' ? own : together(given, own, shape, context);
}

/** Lines as the sources have them. */
function extractOf(rows: Frame, files: Frame, shape: Omit<VisitsExtract, 'lines' | 'files'>): VisitsExtract {
  const { timeUnit, hasParks = true, idsAreGlobal = false } = shape;
  // An id is `park:attraction` where ids are not global.
  const split = sql`position(':' IN attraction_id)`;
  const isSplit = hasParks && !idsAreGlobal;
  const park = isSplit ? sql`CASE WHEN ${split} > 0 THEN substr(attraction_id, 1, ${split} - 1) ELSE '' END` : sql`''`;
  const poi = isSplit
    ? sql`CASE WHEN ${split} > 0 THEN substr(attraction_id, ${split} + 1) ELSE attraction_id END`
    : sql`attraction_id`;
  const taken = timeUnit === 'seconds' ? sql`floor(at_ms / 1000)` : sql`at_ms`;
  const typed = timeUnit === 'parsed' ? sql`, at_ms AS taken_ms` : sql``;
  const columns = columnsOf(shape);
  const lines = frame('event_visit_lines')`
SELECT ${sql.join(columns.map(sql.identifier), ', ')} FROM (
  SELECT file_number, line, ${park} AS park, CAST(NULL AS STRING) AS photo_id, user_id, CAST(CAST(${taken} AS BIGINT) AS STRING) AS taken${typed},
    ${poi} AS poi_id, CAST(NULL AS STRING) AS sequence_id, '' AS weight, type AS event FROM ${rows}
) l`;
  return {
    ...shape,
    lines,
    files: frame('event_visit_columns')`
SELECT file_number, 'event_id' AS photo_column, 'user_id' AS user_column, 'at' AS taken_column, 'attraction_id' AS poi_column,
  'sequence' AS sequence_column, 'type' AS event_column, 'value' AS weight_column, 'No attraction of the park is known.' AS unknown_park FROM ${files} f`,
    places: frame('event_visit_places')`
SELECT r.file_number, r.line, f.path AS file, r.line AS file_line, r.event_id || ',' || r.user_id || ',' || r.type || ',' || r.attraction_id AS text
FROM ${rows} r JOIN ${files} f ON f.file_number = r.file_number`,
  };
}

/** The columns of lines, as far as the shape says that they are looked at. */
function columnsOf({ timeUnit, hasWeights, hasEvents }: Omit<VisitsExtract, 'lines' | 'files'>): readonly string[] {
  return [
    'file_number',
    'line',
    'park',
    'photo_id',
    'user_id',
    'taken',
    ...(timeUnit === 'parsed' ? ['taken_ms'] : []),
    'poi_id',
    'sequence_id',
    ...(hasWeights === true || hasEvents === true ? ['weight', 'event'] : []),
  ];
}

function together(
  given: DeliveredVisits,
  own: DeliveredVisits,
  shape: Omit<VisitsExtract, 'lines' | 'files'>,
  { engine, signal }: SourceContext,
): DeliveredVisits {
  const columns = sql.join(columnsOf(shape).map(sql.identifier), ', ');
  const unnumbered = sql.join(
    columnsOf(shape)
      .filter((column) => column !== 'line')
      .map(sql.identifier),
    ', ',
  );
  const [a, b] = [given.extract, own.extract];
  const about = [
    'photo',
    'user',
    'taken',
    'poi',
    'sequence',
    ...(shape.hasWeights || shape.hasEvents ? ['event', 'weight'] : []),
  ];
  const names = sql.join(
    ['file_number', ...about.map((name) => `${name}_column`), 'unknown_park'].map(sql.identifier),
    ', ',
  );
  const places = sql`file_number, line, file, file_line, text`;
  const placesOf = async (asked: readonly LinePlace[]) => {
    const lines = sql.join(
      asked.map(({ fileNumber, line }) => sql`(file_number = ${fileNumber} AND line = ${line})`),
      ' OR ',
    );
    const rows = await engine.rows(
      sql`SELECT ${places} FROM ${b.places ?? b.lines} p WHERE ${lines}`,
      signal ? { signal } : {},
    );
    return asked.map(({ fileNumber, line }) => {
      const row = rows.find((each) => Number(each['file_number']) === fileNumber && Number(each['line']) === line);
      return row && { file: String(row['file']), line: Number(row['file_line']), text: String(row['text']) };
    });
  };
  const { count, locate } = given;
  const withOwn = <C extends { readonly rows: number }>(counted: C): C => ({
    ...counted,
    rows: counted.rows + own.rows,
  });
  return {
    ...withOwn(given),
    files: [...given.files, ...own.files],
    extract: {
      ...a,
      ...shape,
      lines: frame(
        'all_visit_lines',
      )`SELECT ${columns} FROM ${a.lines} a UNION ALL SELECT ${columns} FROM ${b.lines} b`,
      ...(a.unnumbered && {
        unnumbered: frame(
          'all_visit_rows',
        )`SELECT ${unnumbered} FROM ${a.unnumbered} a UNION ALL SELECT ${unnumbered} FROM ${b.lines} b`,
      }),
      files: frame('all_visit_files')`SELECT ${names} FROM ${a.files} a UNION ALL SELECT ${names} FROM ${b.files} b`,
      ...(a.places && {
        places: frame(
          'all_visit_places',
        )`SELECT ${places} FROM ${a.places} a UNION ALL SELECT ${places} FROM ${b.places ?? b.lines} b`,
      }),
    },
    ...(count && { count: async () => withOwn(await count()) }),
    ...(locate && {
      locate: async (asked: readonly LinePlace[]) => {
        const isOwn = ({ fileNumber }: LinePlace) => fileNumber >= FIRST_NUMBER;
        const theirs = await locate(asked.filter((place) => !isOwn(place)));
        const ours = asked.some(isOwn) ? await placesOf(asked.filter(isOwn)) : [];
        const [left, right] = [theirs.values(), ours.values()];
        return asked.map((place) => (isOwn(place) ? right : left).next().value);
      },
    }),
  };
}
