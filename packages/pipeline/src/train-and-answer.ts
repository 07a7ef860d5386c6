/** The stages after the ETL. Imported while the engine of the ETL works. */
import { runTrain } from '@attractions/als-trainer';
import type { TrainContext } from '@attractions/als-trainer';
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
 * Trains on the latest visits and makes sample lists with the new generation, in the panels of the experiment in the feeds. Without one that can run, a demo
 * is used, which is never committed.
 */
export async function trainAndAnswer(
  { config, store, logger, signal, progress, own = {} }: Omit<PipelineContext, 'json'>,
  { full }: Pick<TrainContext, 'full'> = {},
): Promise<Pick<RunSummary, 'rank' | 'loss' | 'recommendations' | 'feeds' | 'unchangedModel'>> {
  const trained = await runTrain(config, { store, logger, signal, progress, full, kinds: own.models });
  const { rank, loss, feeds, unchanged } = trained;
  const kinds = scoringKindsIn(config, own);
  // The served model may be an older one, the champion, until the new one has passed the gate.
  const model = (unchanged ? [unchanged] : feeds).find(({ feed }) => feed === als.path)?.seq;
  const generation = await loadGeneration(store, model, kinds);
  const running = await runningExperiment(store, generation, logger, { ...own, kinds });
  const experiment = running?.experiment ?? own.experiment ?? demoExperiment;
  const recommender = createRecommender(generation, { ...own, kinds, experiment });
  return {
    rank,
    loss: loss.map((entry) => entry.loss),
    recommendations: sampleAnswers(generation, recommender, experiment.panels.length),
    feeds,
    ...(unchanged && { unchangedModel: unchanged }),
  };
}
