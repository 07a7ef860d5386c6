import { readFileSync } from 'node:fs';
import type { Logger } from '@attractions/config';
import { attractions, openFeeds, parentOf, preloadParquet, rejects, visits } from '@attractions/feeds';
import type { FeedStore, Producer, PutOptions, UpdateRecord } from '@attractions/feeds';
import { EtlError } from './errors.js';
import { LoggingDescriptor, silentDescriptor } from './frame/descriptor.js';
import { loadVisits } from './loader.js';
import type { LoadedVisits } from './loader.js';
import type { EtlConfig } from './settings.js';
import type { Tally } from './tally.js';

/** What a run is given besides its configuration. */
export interface EtlContext {
  /** Default: the feeds of `config.feedsRoot`. */
  readonly store?: FeedStore;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** The same run commits once. */
  readonly runId?: string;
  /** Nothing more is committed once it aborts. */
  readonly signal?: AbortSignal;
}

/** What a run did. */
export interface EtlSummary extends Tally {
  /** The updates that were put, in this order: path and sequence number. */
  readonly feeds: readonly { readonly feed: string; readonly seq: number }[];
  /** Wall time of the whole run. */
  readonly seconds: number;
}

const EXAMPLES_SHOWN = 3;

/**
 * Loads the raw files and puts attractions, rejects and, last, visits, whose record names the other two as its parents: it is the commit
 * of the run, and whoever starts from the latest visits sees all of it or nothing.
 * Throws an EtlError or a FeedsError. Where too much was refused, ETL_TOO_MANY_REJECTS or ETL_NO_VISITS, nothing is put.
 */
export async function runEtl(config: EtlConfig, context: EtlContext): Promise<EtlSummary> {
  const begin = performance.now();
  const preloaded = preloadParquet();
  const loaded = await loadJudged(config, context);
  await preloaded;
  const records = await commit(loaded, config, context);
  const feeds = records.map(({ feed, seq }) => ({ feed, seq }));
  return { ...loaded.tally, feeds, seconds: (performance.now() - begin) / 1_000 };
}

/**
 * The same without feeds: loads the raw files as configured, and refuses them where too many lines were bad.
 * Throws an EtlError.
 */
export async function loadJudged(
  config: EtlConfig,
  { logger, signal }: Pick<EtlContext, 'logger' | 'signal'>,
): Promise<LoadedVisits> {
  signal?.throwIfAborted();
  const loaded = await loadVisits(config.rawDataPath, {
    sequenceGapHours: config.sequenceGapHours,
    descriptor: config.describeFrames ? new LoggingDescriptor(logger) : silentDescriptor,
  });
  const { tally } = loaded;
  logger.info({ ...tally }, `Read ${tally.rows} photo lines of ${tally.files} files.`);
  if (loaded.rejects.length > 0)
    logger.warn({ rejects: loaded.rejects.length, first: examples(loaded) }, 'Some lines were refused.');
  judge(loaded, config);
  signal?.throwIfAborted();
  return loaded;
}

function judge(loaded: LoadedVisits, { maxRejectShare, rawDataPath }: EtlConfig): void {
  const { rows, kept, rejected } = loaded.tally;
  if (rows > 0 && rejected / rows > maxRejectShare) {
    throw new EtlError(
      'ETL_TOO_MANY_REJECTS',
      `${rejected} of ${rows} visit lines in '${rawDataPath}' were refused, more than the share of ${maxRejectShare} that MAX_REJECT_SHARE allows; ` +
        `nothing was committed. Mend the files or the setting. The first ones:\n${examples(loaded).join('\n')}`,
    );
  }
  if (kept === 0) {
    throw new EtlError(
      'ETL_NO_VISITS',
      `Not one of ${rows} visit lines in '${rawDataPath}' was kept; nothing was committed.`,
    );
  }
}

function examples({ rejects: refused }: LoadedVisits): string[] {
  return refused.slice(0, EXAMPLES_SHOWN).map(({ file, line, column, reason }) => {
    return `${file}:${line}${column === '' ? '' : ` (${column})`}: ${reason}`;
  });
}

async function commit(loaded: LoadedVisits, config: EtlConfig, context: EtlContext): Promise<readonly UpdateRecord[]> {
  const { store = openFeeds(config.feedsRoot), runId, signal } = context;
  const { rows, kept, duplicates, rejected } = loaded.tally;
  const options: PutOptions = {
    producer: producer(config),
    sources: loaded.sources,
    checks: { rows, kept, duplicates, rejected },
    ...(runId === undefined ? {} : { runId }),
  };
  const [attractionsRecord, rejectsRecord] = await Promise.all([
    store.feed(attractions).put([...loaded.attractions], options),
    store.feed(rejects).put([...loaded.rejects], options),
  ]);
  signal?.throwIfAborted();
  const parents = [parentOf(attractionsRecord), parentOf(rejectsRecord)];
  const visitsRecord = await store.feed(visits).put(loaded.visits, { ...options, parents });
  return [attractionsRecord, rejectsRecord, visitsRecord];
}

function producer({ rawDataPath, maxRejectShare, sequenceGapHours }: EtlConfig): Producer {
  const manifest: { name: string; version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  return {
    id: 'etl',
    package: manifest.name,
    version: manifest.version,
    config: { rawDataPath, maxRejectShare, sequenceGapHours },
  };
}
