import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
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
