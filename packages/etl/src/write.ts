import { join } from 'node:path';
import type { DataFile } from '@attractions/feeds';
import { emptyShares, freshIn } from './checks/profile.js';
import type { Profile } from './checks/profile.js';
import type { Engine, RunOptions } from './engine/engine.js';
import { NO_EXCEPTIONS } from './exceptions.js';
import { frame, sql } from './frame/frame.js';
import type { Frame, Sql } from './frame/frame.js';
import { withSources } from './compose.js';
import type { Composed, LoaderOptions } from './compose.js';
import { attractionsOf, begin, settled } from './settle.js';
import type { JudgedLoad, SettledAttractions } from './settle.js';
import type { SourceSettings } from './source/choose.js';
import { shapeOf } from './source/deliver.js';

/** Where visits are written. */
export interface VisitsTarget {
  /** Parquet files of the visits that these are compared with; none where there are none. */
  readonly previous?: readonly string[];
  /** Throws where the load is refused. What was written by then is to be discarded. */
  judge(load: JudgedLoad, profile: Profile): void;
  /** A folder, and what the name of every file must end in. */
  open(): Promise<{ readonly folder: string; readonly token: string }>;
}

/** A load whose visits are written. */
export interface WrittenLoad extends JudgedLoad {
  /** Names of files, and files of the update before that stay as they are, in their order. */
  readonly written: readonly (string | DataFile)[];
  readonly shape: string;
  /** When the first line that was refused for lying in the future is to be read again, in milliseconds since 1970. */
  readonly due?: number;
}

/** How many files visits are written to at most, and at least as far as row groups allow: where few visits change, few files do. */
const MAX_PARTS = 512;

/** Where visits are written, and how many rows a file has. */
export function partsIn(folder: string, token: string, visits: number) {
  return { folder, suffix: token, rows: Math.ceil(visits / MAX_PARTS) };
}

/** The columns of visits as they are written, of a frame that has them. */
export function writtenColumns({ rows, hasWeights }: Pick<Composed, 'rows' | 'hasWeights'>): Sql {
  const weights = hasWeights ? sql`, weight, weight_sum` : sql``;
  return sql`user_id, attraction_id, visited_at, photos${weights}, ended_at${rows.hasNoSequences ? sql`` : sql`, sequence`}`;
}

/**
 * Loads visits as `loadVisits` does, and lets the engine write them as Parquet: no row of them passes through JavaScript, and memory does
 * not grow with them. Row groups are ordered by user, time and attraction and have users of their own, so that a reader can leave out those of others.
 * What is told of the visits is read from the files that were written: a line that is lost on the way there is missing in the sum.
 * @throws EtlError as `loadVisits` does, and what `target` throws.
 */
export async function writeVisits(
  from: string | SourceSettings,
  options: LoaderOptions,
  target: VisitsTarget,
): Promise<WrittenLoad> {
  return withSources(from, options, async (raw, frames, engine) => {
    const how = await begin(frames, engine, options);
    const isVisited = raw.attractions === undefined && !frames.rows.hasParks;
    const given = isVisited ? undefined : await attractionsOf(raw, frames, engine, how);
    const { folder, token } = await target.open();
    const ordered = sql`SELECT ${writtenColumns(frames)} FROM ${frames.visits} v ORDER BY user_id, visited_at, attraction_id, photos`;
    const written = await engine.writeParts(ordered, partsIn(folder, token, raw.visits.rows), {
      ...how,
      ...progressOf(options),
    });
    options.onProgress?.({ what: 'reading', done: 100, total: 100 });
    const visits = written.length === 0 ? undefined : readBack(written, folder, frames, engine);
    const { range, ...counts } = await countsOf(visits, frames, engine, how);
    const isWhole = counts.photos === raw.visits.rows;
    const left =
      given ?? (isWhole ? await visitedIn(visits, engine, how) : await attractionsOf(raw, frames, engine, how));
    const { load, refusedBy, due } = await settled(raw, frames, engine, left, counts, how);
    const { previous = [] } = target;
    target.judge(load, {
      ...(range && { range }),
      ...(visits && previous.length > 0 && { fresh: await freshIn(visits, previous, engine, how) }),
      rejects: refusedBy,
      empty: emptyShares(left.attractions),
    });
    return { ...load, written, shape: shapeOf(raw), ...(due !== undefined && { due }) };
  });
}

function progressOf({ onProgress }: LoaderOptions): Pick<RunOptions, 'onProgress'> {
  if (onProgress === undefined) return {};
  return { onProgress: (share) => onProgress({ what: 'reading', done: 100 * share, total: 100 }) };
}

/** The visits as they were written. */
function readBack(names: readonly string[], folder: string, frames: Composed, engine: Engine): Frame {
  const files = names.map((name, number) => ({ path: join(folder, name), number }));
  return frame('written_visits')`SELECT ${writtenColumns(frames)} FROM ${engine.scanTyped(files)} v`;
}

/** Counts visits, and decodes all that was written of them. */
async function countsOf(visits: Frame | undefined, { rows, hasWeights }: Composed, engine: Engine, how: RunOptions) {
  if (visits === undefined) return { visits: 0, photos: 0, users: 0 };
  const weights = hasWeights ? sql`, sum(weight) AS weight, sum(weight_sum) AS weight_sum` : sql``;
  const sequences = rows.hasNoSequences ? sql`` : sql`, max(sequence) AS sequence`;
  const [found] = await engine.rows(
    sql`SELECT count(*) AS visits, CAST(sum(photos) AS BIGINT) AS photos, count(DISTINCT user_id) AS users,
  unix_millis(min(visited_at)) AS earliest, unix_millis(max(visited_at)) AS latest, max(attraction_id) AS attraction, max(ended_at) AS ended_at${weights}${sequences}
FROM ${visits}`,
    how,
  );
  const [count = 0, photos = 0, users = 0, earliest = 0, latest = 0] = [
    'visits',
    'photos',
    'users',
    'earliest',
    'latest',
  ].map((name) => Number(found?.[name]));
  return { visits: count, photos, users, range: { earliest: new Date(earliest), latest: new Date(latest) } };
}

/** Attractions that are what is visited, where every line is in a visit and there is one park. */
async function visitedIn(visits: Frame | undefined, engine: Engine, how: RunOptions): Promise<SettledAttractions> {
  const rows =
    visits === undefined
      ? []
      : await engine.rows(sql`SELECT DISTINCT attraction_id FROM ${visits} ORDER BY attraction_id`, how);
  const attractions = rows.map((row) => {
    const id = String(row['attraction_id']);
    return { attractionId: id, park: '', name: id, themes: [] };
  });
  return { attractions, rejected: NO_EXCEPTIONS };
}
