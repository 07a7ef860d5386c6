/** The stages after the ETL. Imported while the engine of the ETL works. */
import { runTrain } from '@attractions/als-trainer';
import type { TrainContext } from '@attractions/als-trainer';
import { als } from '@attractions/contracts';
import { createRecommender, runningExperiments } from '@attractions/recommender';
import { decidesLists } from '@attractions/experiments';
import { loadGeneration } from '@attractions/models';

import type { PipelineContext } from './commands/command.js';
import { demoOf, scoringKindsIn } from './kinds.js';
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
  { full, runId }: Pick<TrainContext, 'full' | 'runId'> = {},
): Promise<Pick<RunSummary, 'rank' | 'loss' | 'recommendations' | 'feeds' | 'unchangedModel'>> {
  const trained = await runTrain(config, {
    ...{ store, logger, signal, progress, full, kinds: own.models },
    ...(runId !== undefined && { runId }),
  });
  const { rank, loss, feeds, unchanged } = trained;
  const kinds = scoringKindsIn(config, own);
  // The served model may be an older one, the champion, until the new one has passed the gate.
  const model = (unchanged ? [unchanged] : feeds).find(({ feed }) => feed === als.path)?.seq;
  const generation = await loadGeneration(store, model, kinds);
  const { experiment = demoOf(kinds), ...parts } = own;
  const composition = { ...parts, kinds, experiments: [experiment] };
  const { experiments, usual } = await runningExperiments(store, generation, logger, composition);
  const deciding = experiments.filter(decidesLists);
  const shown = deciding.length > 0 || usual !== undefined ? deciding : [experiment];
  const recommender = createRecommender(generation, { ...composition, experiments: shown, usual });
  return {
    rank,
    loss: loss.map((entry) => entry.loss),
    recommendations: sampleAnswers(generation, recommender, Math.max(1, shown.flatMap(({ panels }) => panels).length)),
    feeds,
    ...(unchanged && { unchangedModel: unchanged }),
  };
}
