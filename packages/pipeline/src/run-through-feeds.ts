import { runTrain } from '@attractions/als-trainer';
import type { TrainSummary } from '@attractions/als-trainer';
import { runEtl } from '@attractions/etl';
import { als } from '@attractions/feeds';
import { createRecommender, demoExperiment, loadGeneration } from '@attractions/recommender';

import type { PipelineContext } from './commands/command.js';
import { runningExperiment } from './experiment.js';
import type { RunSummary } from './run-summary.js';
import { sampleAnswers } from './sample.js';

/**
 * The pipeline as it runs in production: each driver takes the latest update of its input feeds and puts its own. The sample answers
 * come from the generation just put, split by the experiment in the feeds, or by a demo that is never committed.
 */
export async function runThroughFeeds({
  config,
  store,
  logger,
  signal,
}: Omit<PipelineContext, 'json'>): Promise<RunSummary> {
  const begin = performance.now();
  const context = { store, logger, signal };
  const etl = await runEtl(config, context);
  signal.throwIfAborted();
  const train = await runTrain(config, context);
  const [generation, running] = await Promise.all([
    loadGeneration(store, modelIn(train.feeds)),
    runningExperiment(store),
  ]);
  const experiment = running ?? demoExperiment;
  const recommender = createRecommender(generation, { experiment });
  return {
    ...etl,
    rank: train.rank,
    loss: train.loss.map(({ loss }) => loss),
    recommendations: sampleAnswers(generation, recommender, experiment.panels.length),
    feeds: [...etl.feeds, ...train.feeds],
    seconds: (performance.now() - begin) / 1000,
  };
}

/** The model just put: what is served may be an older one, the champion, until the gate has let the new one pass. */
function modelIn(feeds: TrainSummary['feeds']): number | undefined {
  return feeds.find(({ feed }) => feed === als.path)?.seq;
}
