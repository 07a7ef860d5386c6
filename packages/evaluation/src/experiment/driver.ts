import { attractions, experiments, exposures as exposuresFeed, visits } from '@attractions/feeds';
import type { Experiment, Exposure, FeedStore } from '@attractions/feeds';

import { EvaluationError } from '../errors.js';
import { visitLogOf } from '../visit-log.js';
import { analyseExperiment } from './analyse.js';
import type { AnalysisOptions, ExperimentFindings } from './analyse.js';

/** Which experiment; the latest, and the latest version of one, where nothing is said. */
export interface WhichExperiment {
  readonly experiment?: string | undefined;
  readonly version?: number | undefined;
}

/**
 * Reads an experiment from the feeds: its configuration, all exposures ever logged, and the latest visits. Puts nothing.
 * @throws EvaluationError EVALUATION_OPTIONS_INVALID where there is no such experiment, and what `analyseExperiment` throws
 */
export async function runExperiment(
  store: FeedStore,
  which: WhichExperiment,
  options: AnalysisOptions & { readonly signal?: AbortSignal } = {},
): Promise<ExperimentFindings> {
  const experiment = await experimentIn(store, which);
  const logged: Exposure[] = [];
  const feed = store.feed(exposuresFeed);
  for await (const { seq } of feed.history()) {
    options.signal?.throwIfAborted();
    logged.push(...(await (await feed.at(seq)).read()));
  }
  const [seen, places] = await Promise.all([store.feed(visits).latest(), store.feed(attractions).latest()]);
  const log = visitLogOf(await seen.read(), await places.read());
  return analyseExperiment(experiment, logged, log, options);
}

async function experimentIn(store: FeedStore, { experiment, version }: WhichExperiment): Promise<Experiment> {
  const feed = store.feed(experiments);
  const known: string[] = [];
  for await (const { seq } of feed.history()) {
    const found = await (await feed.at(seq)).read();
    const isIt = (experiment ?? found.experiment) === found.experiment && (version ?? found.version) === found.version;
    if (isIt) return found;
    known.push(`'${found.experiment}' version ${found.version}`);
  }
  if (known.length === 0)
    throw new EvaluationError(
      'EVALUATION_OPTIONS_INVALID',
      `There is no experiment in the feeds yet; put one into ${experiments.path} first.`,
    );
  throw new EvaluationError(
    'EVALUATION_OPTIONS_INVALID',
    `There is no experiment${experiment === undefined ? '' : ` '${experiment}'`}${version === undefined ? '' : ` version ${version}`} in the feeds; there are: ${known.join(', ')}.`,
  );
}
