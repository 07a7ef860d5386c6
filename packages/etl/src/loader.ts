import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Attraction, Reject, VisitsTable } from '@attractions/contracts';
import type { Source as SourceFile } from '@attractions/feeds';
import { transformAttractions, visitedAttractions } from './attractions.js';
import { duckDbEngine } from './engine/duckdb.js';
import type { DescribeFrame, Engine } from './engine/engine.js';
import { EtlError } from './errors.js';
import type { Frame } from './frame/frame.js';
import { chooseSources } from './source/choose.js';
import type { SourceSettings } from './source/choose.js';
import { deliver, settingsOf } from './source/deliver.js';
import type { DeliveryOptions, RawData } from './source/deliver.js';
import type { Source, SourceContext } from './source/source.js';
import { attractionsOf, begin, settled } from './settle.js';
import { photosOf } from './tally.js';
import type { Tally } from './tally.js';
import { orderedVisits, visitsTable } from './visits/table.js';
import { transformVisits } from './visits/visits.js';
import type { PhotoRows } from './visits/visits.js';

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
  /** Told how far the engine is with reading, in per cent. */
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
export const CLOCK_LEEWAY_MS = 86_400_000;

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
  const left = await attractionsOf(raw, frames, engine, how);
  const columns = await engine.collect(orderedVisits(frames.visits, frames.attractions, frames.hasWeights), how);
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
