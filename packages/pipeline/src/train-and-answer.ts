/** The stages that follow the ETL. Loaded while the ETL's engine works. */
import { runTrain } from '@attractions/als-trainer';
import { als } from '@attractions/contracts';
import { createRecommender, runningExperiment } from '@attractions/recommender';
import { demoExperiment } from '@attractions/experiments';
import { loadGeneration } from '@attractions/models';

import type { PipelineContext } from './commands/command.js';
import { scoringKindsIn } from './kinds.js';
import type { RunSummary } from './run-summary.js';
import { sampleAnswers } from './sample.js';

export { recorded } from './recorded.js';
export { runTrain };

/**
 * Trains on the latest visits and answers by the generation just put, split by the experiment in the feeds, or by a demo that is
 * never committed where there is none that can be run.
 */
export async function trainAndAnswer({
  config,
  store,
  logger,
  signal,
  own = {},
}: Omit<PipelineContext, 'json'>): Promise<Pick<RunSummary, 'rank' | 'loss' | 'recommendations' | 'feeds'>> {
  const { rank, loss, feeds } = await runTrain(config, { store, logger, signal, kinds: own.models });
  const kinds = scoringKindsIn(config, own);
  // What is served may be an older model, the champion, until the gate has let the new one pass.
  const model = feeds.find(({ feed }) => feed === als.path)?.seq;
  const generation = await loadGeneration(store, model, kinds);
  const running = await runningExperiment(store, generation, logger, { ...own, kinds });
  const experiment = running?.experiment ?? own.experiment ?? demoExperiment;
  const recommender = createRecommender(generation, { ...own, kinds, experiment });
  return {
    rank,
    loss: loss.map((entry) => entry.loss),
    recommendations: sampleAnswers(generation, recommender, experiment.panels.length),
    feeds,
  };
}
