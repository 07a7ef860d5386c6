import { loadJudged } from '@attractions/etl';
import { createRecommender } from '@attractions/recommender';
import { generationOf } from '@attractions/models';

import type { PipelineContext } from './commands/command.js';
import { demoOf } from './kinds.js';
import type { RunSummary } from './run-summary.js';
import { sampleAnswers } from './sample.js';
import { kindsToRun, trainedOn } from './training.js';

/** The pipeline without feeds: the same loader, trainer and recommender, composed in one process. Nothing is written. */
export async function runInMemory({
  config,
  logger,
  signal,
  own = {},
}: Pick<PipelineContext, 'config' | 'logger' | 'signal' | 'own'>): Promise<RunSummary> {
  const begin = performance.now();
  const { visits, attractions, tally } = await loadJudged(config, {
    logger,
    signal,
    events: own.events,
    pseudonymize: own.pseudonymize,
    ...own.sources,
  });
  const { kinds, builtIn } = kindsToRun(config, own, { logger });
  const run = { attractions, signal, threads: config.threads };
  const { model, models } = await trainedOn(visits, kinds, run, builtIn);
  const generation = generationOf(model, attractions, { visits, models });
  const { experiment = demoOf(kinds), ...parts } = own;
  const recommender = createRecommender(generation, { ...parts, kinds, experiments: [experiment] });
  return {
    ...tally,
    rank: model.rank,
    loss: model.history.map(({ loss }) => loss),
    recommendations: sampleAnswers(generation, recommender, experiment.panels.length),
    feeds: [],
    seconds: (performance.now() - begin) / 1000,
  };
}
