import { experiments, exposures as exposuresFeed, latestVisits } from '@attractions/contracts';
import { FeedsError } from '@attractions/feeds';
import type { Exposure } from '@attractions/contracts';
import type { Experiment } from '@attractions/experiments';
import type { FeedStore } from '@attractions/feeds';

import { EvaluationError } from '../errors.js';
import { visitLogOf } from '../visit-log.js';
import { analyseExperiment } from './analyse.js';
import type { AnalysisOptions, ExperimentFindings } from './analyse.js';

/** Which experiment: by default the latest one, and the latest version of the one named. */
export interface WhichExperiment {
  readonly experiment?: string | undefined;
  readonly version?: number | undefined;
}

/** The findings, and what could not be read for them. */
export interface ExperimentReadOut extends ExperimentFindings {
  readonly passedOver: {
    /** Updates of exposures that have expired: the lists in them are not in the findings. */
    readonly expiredExposures: number;
    /** Newer updates of experiments that have expired or cannot be read. */
    readonly experiments: number;
  };
}

/**
 * Reads an experiment from the feeds: its configuration, the exposures that were logged, and the latest visits with the attractions that these
 * name. Skips updates that have expired, and says how many. Writes nothing.
 * @throws EvaluationError EVALUATION_OPTIONS_INVALID where there is no such experiment, and what `analyseExperiment`
 * throws
 * @throws ContractsError CONTRACTS_LINEAGE_BROKEN
 */
export async function runExperiment(
  store: FeedStore,
  which: WhichExperiment,
  options: AnalysisOptions & { readonly signal?: AbortSignal } = {},
): Promise<ExperimentReadOut> {
  const { experiment, unread } = await experimentIn(store, which);
  const logged: Exposure[] = [];
  let expiredExposures = 0;
  const feed = store.feed(exposuresFeed);
  for await (const { seq } of feed.history()) {
    options.signal?.throwIfAborted();
    const lists = await (await feed.at(seq)).read().catch(unlessExpired);
    if (lists === undefined) expiredExposures++;
    else for (const list of lists) logged.push(list);
  }
  if (logged.length === 0 && expiredExposures > 0)
    throw new EvaluationError(
      'EVALUATION_EXPOSURES_MISSING',
      `All ${expiredExposures} updates of ${feed.path} have expired; nothing is left to read experiment '${experiment.experiment}' from.`,
    );
  const { visits, attractions } = await latestVisits(store);
  const findings = analyseExperiment(experiment, logged, visitLogOf(await visits.read(), attractions), options);
  return { ...findings, passedOver: { expiredExposures, experiments: unread } };
}

/** Undefined for an update that has expired; rethrows any other error. */
function unlessExpired(error: unknown): undefined {
  if (error instanceof FeedsError && error.code === 'FEEDS_EXPIRED') return undefined;
  throw error;
}

/** Codes of an update that cannot be read; an older one of the same feed may still be the one. */
const UNREADABLE = new Set<string>(['FEEDS_EXPIRED', 'FEEDS_DATA_CORRUPT', 'FEEDS_VERSION_UNKNOWN']);

async function experimentIn(
  store: FeedStore,
  { experiment, version }: WhichExperiment,
): Promise<{ readonly experiment: Experiment; readonly unread: number }> {
  const feed = store.feed(experiments);
  const known: string[] = [];
  let unread = 0;
  for await (const { seq } of feed.history()) {
    try {
      const found = await (await feed.at(seq)).read();
      const isIt =
        (experiment ?? found.experiment) === found.experiment && (version ?? found.version) === found.version;
      if (isIt) return { experiment: found, unread };
      known.push(`'${found.experiment}' version ${found.version}`);
    } catch (error) {
      if (!(error instanceof FeedsError) || !UNREADABLE.has(error.code)) throw error;
      unread++;
    }
  }
  if (known.length === 0)
    throw new EvaluationError(
      'EVALUATION_OPTIONS_INVALID',
      unread === 0
        ? `There is no experiment in the feeds yet; put one into ${experiments.path} first.`
        : `All ${unread} experiments in the feeds have expired or cannot be read; put one into ${experiments.path} first.`,
    );
  throw new EvaluationError(
    'EVALUATION_OPTIONS_INVALID',
    `There is no experiment${experiment === undefined ? '' : ` '${experiment}'`}${version === undefined ? '' : ` version ${version}`} in the feeds; there are: ${known.join(', ')}${unread === 0 ? '' : `, and ${unread} that have expired or cannot be read`}.`,
  );
}
