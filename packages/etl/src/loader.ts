import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Attraction, Reject, VisitsTable } from '@attractions/contracts';
import type { DataFile, Source as SourceFile } from '@attractions/feeds';
import { toAttraction, transformAttractions, visitedAttractions } from './attractions.js';
import { profileOf } from './checks/profile.js';
import type { Profile } from './checks/profile.js';
import { duckDbEngine } from './engine/duckdb.js';
import type { DescribeFrame, Engine, RunOptions } from './engine/engine.js';
import { EtlError } from './errors.js';
import { NO_EXCEPTIONS, exceptionsOf, withFaults } from './exceptions.js';
import type { Exceptions } from './exceptions.js';
import { sql } from './frame/frame.js';
import type { Frame, Sql } from './frame/frame.js';
import { chooseSources } from './source/choose.js';
import type { SourceSettings } from './source/choose.js';
import { deliver, settingsOf, shapeOf } from './source/deliver.js';
import type { DeliveryOptions, RawData } from './source/deliver.js';
import type { Source, SourceContext } from './source/source.js';
import { byPlace, photosOf, tally } from './tally.js';
import type { Tally, VisitCounts } from './tally.js';
import { orderedVisits, transformVisits, visitsTable } from './visits.js';
import type { PhotoRows } from './visits.js';

/** How raw data is loaded. */
export interface LoaderOptions extends DeliveryOptions {
  /** Where lines have no travel sequences: so many hours or more between a user's photos in a park start a new one. Above 0; default: 8. */
  readonly sequenceGapHours?: number;
  /**
   * What each event weighs, where visits have events; 0 says nothing, below 0 is a dislike. A line with another event is refused. Default: events
   * mean nothing.
   */
  readonly events?: Readonly<Record<string, number>>;
  /** Sources of your own, beside the built-in ones; the settings name them by their type. */
  readonly sources?: readonly Source[];
  /** What relative paths of sources are relative to; default: the working folder. */
  readonly baseFolder?: string;
  /** What is done with each frame before it is run; default: nothing. */
  readonly describe?: DescribeFrame;
  /** Photos taken more than a day after this are refused; default: the time of the load. */
  readonly now?: Date;
  /** What runs the frames. Default: an embedded DuckDB of its own, closed after the load. */
  readonly engine?: Engine;
  /** What the embedded DuckDB may hold in memory; the rest goes to a temporary folder. Default: four fifths of the machine's. */
  readonly memoryLimitMb?: number;
  /** Told how far the engine is with the two long steps, in per cent. */
  readonly onProgress?: (progress: { readonly what: string; readonly done: number; readonly total: number }) => void;
  /** Stops the load when it aborts, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What raw data comes to. */
export interface LoadedVisits {
  /** Ordered by user, time, attraction. */
  readonly visits: VisitsTable;
  /** In order of files and lines. */
  readonly attractions: readonly Attraction[];
  /** In order of files and lines. */
  readonly rejects: readonly Reject[];
  /** The files read, in order of their paths. */
  readonly sources: readonly SourceFile[];
  /** Lines that were left out, as `leftOut` says; they are not in the tally. */
  readonly forgotten: number;
  readonly tally: Tally;
}

/** The frames of a load, composed and not yet run. */
export interface Composed {
  readonly attractionChecks: Frame;
  readonly attractions: Frame;
  readonly attractionRejects: Frame;
  readonly visits: Frame;
  readonly visitExceptions: Frame;
  readonly rows: PhotoRows;
  readonly hasWeights: boolean;
}

/** The gap that the published sequences were made with. */
const SEQUENCE_GAP_HOURS = 8;

/** Times are taken as UTC, and a camera's clock may be set to a zone up to 14 hours ahead of it. */
const CLOCK_LEEWAY_MS = 86_400_000;

/**
 * Loads visits, attractions and rejects from sources; a text is the folder of the source `sigir17`. Bad lines do not fail the load, however
 * many there are: they are in the rejects.
 * @throws EtlError ETL_OPTIONS_INVALID, ETL_SOURCES_INVALID, ETL_SOURCE_FAILED, ETL_NO_FOLDER, ETL_NO_FILES, ETL_FILE_UNREADABLE,
 * ETL_HEADER_UNKNOWN, ETL_ENGINE_FAILED, ETL_LINES_LOST.
 */
export async function loadVisits(from: string | SourceSettings, options: LoaderOptions = {}): Promise<LoadedVisits> {
  return withSources(from, options, (raw, frames, engine) => loadInMemory(raw, frames, engine, options));
}

/** Opens engine and sources for some work, and closes the engine after it. */
export async function withSources<T>(
  from: string | SourceSettings,
  options: LoaderOptions,
  work: (raw: RawData, frames: Composed, engine: Engine) => Promise<T>,
): Promise<T> {
  const { sequenceGapHours = SEQUENCE_GAP_HOURS, memoryLimitMb, signal } = options;
  if (!(sequenceGapHours > 0 && Number.isFinite(sequenceGapHours)))
    throw new EtlError('ETL_OPTIONS_INVALID', `sequenceGapHours is ${sequenceGapHours}; give a number above 0.`);
  const chosen = await chooseSources(settingsOf(from), options.sources);

  const engine = options.engine ?? duckDbEngine(memoryLimitMb === undefined ? {} : { memoryLimitMb });
  let scratch: Promise<string> | undefined;
  const folder = (): Promise<string> => (scratch ??= mkdtemp(join(tmpdir(), 'attractions-etl-')));
  const baseFolder = resolve(options.baseFolder ?? '.');
  const context: SourceContext = { engine, folder, baseFolder, ...(signal && { signal }) };
  try {
    const [raw] = await Promise.all([deliver(chosen, context, options), engine.open()]);
    return await work(raw, compose(raw, { ...options, sequenceGapHours }), engine);
  } finally {
    if (options.engine === undefined) await engine.close();
    if (scratch !== undefined) await rm(await scratch, { recursive: true, force: true });
  }
}

/** Composes readers and transformers; reads nothing. */
function compose(
  raw: RawData,
  { sequenceGapHours, events, now = new Date() }: LoaderOptions & { readonly sequenceGapHours: number },
): Composed {
  const latest = new Date(now.getTime() + CLOCK_LEEWAY_MS);
  const { extract } = raw.visits;
  // Visits that name no park find an attraction by its id alone.
  const idsAreGlobal = extract.idsAreGlobal === true || extract.hasParks === false;
  const known = raw.attractions?.extract ?? visitedAttractions(extract.unnumbered ?? extract.lines, idsAreGlobal);
  const { checks, attractions, rejects } = transformAttractions({
    ...known,
    idsAreGlobal: idsAreGlobal || known.idsAreGlobal === true,
  });
  const options = {
    attractions,
    areVisited: raw.attractions === undefined,
    ...(events && { events }),
    parks: known.parks,
    sequenceGapHours,
    latest,
    idsAreGlobal: idsAreGlobal || known.idsAreGlobal === true,
  };
  const { visits, rows, exceptions, hasWeights } = transformVisits(extract, options);
  return {
    attractionChecks: checks,
    attractions,
    attractionRejects: rejects,
    visits,
    visitExceptions: exceptions,
    rows,
    hasWeights,
  };
}

async function loadInMemory(
  raw: RawData,
  frames: Composed,
  engine: Engine,
  options: LoaderOptions,
): Promise<LoadedVisits> {
  // While the engine works, so that it is there when the table is made; where it cannot be loaded, the table says so.
  void import('apache-arrow').catch(() => undefined);
  const how = await begin(frames, engine, options);
  const [columns, left] = await Promise.all([
    engine.collect(orderedVisits(frames.visits, frames.attractions, frames.hasWeights), how),
    attractionsOf(raw, frames, engine, how),
  ]);
  const visits = await visitsTable(
    columns,
    left.attractions.map(({ attractionId }) => attractionId),
    frames.hasWeights,
  );
  const photos = photosOf(visits);
  const users = new Set(visits.getChild('user_id') ?? []).size;
  const { load } = await settled(raw, frames, engine, left, { visits: visits.numRows, photos, users }, how);
  return { visits, ...load };
}

/** What of a load that is written is judged before it is: all but the visits themselves. */
export type JudgedLoad = Omit<LoadedVisits, 'visits'>;

/** Where visits are written. */
export interface VisitsTarget {
  /** Parquet files of the visits that these are compared with; none where there are none. */
  readonly previous?: readonly string[];
  /** Throws where the load is refused; nothing is opened or written then. */
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
 * Loads visits as {@link loadVisits} does, and lets the engine write them as Parquet: no row of them passes through JavaScript, and memory does
 * not grow with them. Row groups are ordered by user, time and attraction and have users of their own, so that a reader can leave out those of others.
 * @throws EtlError as `loadVisits` does, and what `target` throws.
 */
export async function writeVisits(
  from: string | SourceSettings,
  options: LoaderOptions,
  target: VisitsTarget,
): Promise<WrittenLoad> {
  return withSources(from, options, async (raw, frames, engine) => {
    const how = await begin(frames, engine, options);
    const left = await attractionsOf(raw, frames, engine, how);
    await engine.keep(frames.visits, { ...how, ...step(options, 'reading') });
    options.onProgress?.({ what: 'reading', done: 100, total: 100 });
    const [counts] = await engine.rows(
      sql`SELECT count(*) AS visits, coalesce(CAST(sum(photos) AS BIGINT), 0) AS photos, count(DISTINCT user_id) AS users FROM ${frames.visits}`,
      how,
    );
    const [visits = 0, photos = 0, users = 0] = ['visits', 'photos', 'users'].map((name) => Number(counts?.[name]));
    const { load, refusedBy, due } = await settled(raw, frames, engine, left, { visits, photos, users }, how);
    target.judge(load, { ...(await profileOf(frames, target.previous ?? [], engine, how)), rejects: refusedBy });
    const { folder, token } = await target.open();
    const ordered = sql`SELECT ${writtenColumns(frames)} FROM ${frames.visits} v ORDER BY user_id, visited_at, attraction_id, photos`;
    const written = await engine.writeParts(ordered, partsIn(folder, token, visits), {
      ...how,
      ...step(options, 'writing'),
    });
    options.onProgress?.({ what: 'writing', done: 100, total: 100 });
    return { ...load, written, shape: shapeOf(raw), ...(due !== undefined && { due }) };
  });
}

/** Tells how far a step is. */
function step({ onProgress }: LoaderOptions, what: string): Pick<RunOptions, 'onProgress'> {
  if (onProgress === undefined) return {};
  return { onProgress: (share) => onProgress({ what, done: 100 * share, total: 100 }) };
}

function framesOf({ attractionChecks, attractions, attractionRejects, visits, visitExceptions }: Composed): Frame[] {
  return [attractionChecks, attractions, attractionRejects, visits, visitExceptions];
}

/** What is always done first. */
export async function begin(frames: Composed, engine: Engine, options: LoaderOptions): Promise<RunOptions> {
  if (options.describe) for (const each of framesOf(frames)) await options.describe(each, engine);
  const how: RunOptions = options.signal ? { signal: options.signal } : {};
  await engine.keep(frames.attractionChecks, how);
  return how;
}

interface AttractionsLeft {
  readonly attractions: readonly Attraction[];
  readonly rejected: Exceptions;
}

export async function attractionsOf(
  raw: RawData,
  frames: Composed,
  engine: Engine,
  how: RunOptions,
): Promise<AttractionsLeft> {
  const [rows, rejected] = await Promise.all([
    engine.rows(sql`SELECT * FROM ${frames.attractions} ORDER BY file_number, line`, how),
    exceptionsOf(frames.attractionRejects, raw.attractions, engine, how),
  ]);
  return { attractions: rows.map(toAttraction), rejected };
}

/** Finds what became of the lines that are in no visit, and adds up. */
export async function settled(
  raw: RawData,
  frames: Composed,
  engine: Engine,
  { attractions, rejected }: AttractionsLeft,
  counts: VisitCounts,
  how: RunOptions,
): Promise<{ readonly load: JudgedLoad; readonly refusedBy: Profile['rejects']; readonly due?: number }> {
  // Where every line is in a visit, which is the usual case, the exceptions are not run.
  const isComplete = counts.photos === raw.visits.rows;
  const exceptions = isComplete ? NO_EXCEPTIONS : await exceptionsOf(frames.visitExceptions, raw.visits, engine, how);
  await raw.visits.confirm?.();
  await raw.attractions?.confirm?.();

  const faults = [...raw.visits.faults, ...(raw.attractions?.faults ?? [])];
  const files = [...raw.visits.files, ...(raw.attractions?.files ?? [])];
  const lines = {
    files: files.length,
    visitRows: raw.visits.rows,
    visitFaults: raw.visits.faultCount ?? raw.visits.faults.length,
    ...(raw.attractions ? { attractionRows: raw.attractions.rows } : {}),
  };
  const { refused, repeated } = exceptions;
  const load = {
    attractions,
    rejects: [...faults, ...rejected.named, ...exceptions.named].sort(byPlace),
    sources: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    forgotten: raw.forgotten,
    tally: tally(lines, counts, attractions, { refused, repeated, refusedAttractions: rejected.refused }),
  };
  const dueMs = exceptions.due === undefined ? undefined : exceptions.due * frames.rows.unitMs - CLOCK_LEEWAY_MS;
  return {
    load,
    refusedBy: withFaults(exceptions.refusedBy, raw.visits),
    ...(dueMs !== undefined && { due: dueMs }),
  };
}
