import { AlsTrainer, NextAttractionTrainer } from '@attractions/als-trainer';
import { optionsOf } from '@attractions/als-trainer/settings';
import { loadJudged } from '@attractions/etl';
import { createRecommender } from '@attractions/recommender';
import { demoExperiment } from '@attractions/experiments';
import { generationOf } from '@attractions/models';

import type { PipelineContext } from './commands/command.js';
import type { RunSummary } from './run-summary.js';
import { sampleAnswers } from './sample.js';

/** The pipeline without feeds: the same loader, trainer and recommender, composed in one process. Nothing is written. */
export async function runInMemory({
  config,
  logger,
  signal,
  own = {},
}: Pick<PipelineContext, 'config' | 'logger' | 'signal' | 'own'>): Promise<RunSummary> {
  const begin = performance.now();
  const { visits, attractions, tally } = await loadJudged(config, { logger, signal, ...own.sources });
  const model = await new AlsTrainer(optionsOf(config)).train(visits, {
    signal,
    ...(config.threads && { threads: config.threads }),
  });
  const next = await new NextAttractionTrainer(attractions).train(visits, { signal });
  const generation = generationOf(model, attractions, { visits, next });
  const { experiment = demoExperiment } = own;
  const recommender = createRecommender(generation, { ...own, experiment });
  return {
    ...tally,
    rank: model.rank,
    loss: model.history.map(({ loss }) => loss),
    recommendations: sampleAnswers(generation, recommender, experiment.panels.length),
    feeds: [],
    seconds: (performance.now() - begin) / 1000,
  };
}
