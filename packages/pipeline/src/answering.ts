/** What answers people. Commands load it when they are run, so that the others start without it. */
import { createRecommender, parkClocks, similarIn, timeZonesIn } from '@attractions/recommender';
import { loadGeneration } from '@attractions/models';
import { runServe } from '@attractions/service';
import type { Recommendations, SimilarRequest } from '@attractions/recommender';
import type { RunningService } from '@attractions/service';
import type { FeedStore } from '@attractions/feeds';
import type { RecommendationRequest } from '@attractions/contracts';

import type { PipelineContext } from './commands/command.js';
import { runningExperiment } from './experiment.js';
import type { SampleAnswer } from './sample.js';

/** What the generation in the feeds says to one visitor, in their panel. */
export async function recommendTo(
  request: RecommendationRequest & { readonly userId: string },
  { config, store, logger }: Pick<PipelineContext, 'config' | 'store' | 'logger'>,
): Promise<SampleAnswer> {
  const clocks = parkClocks(timeZonesIn(config.parkTimeZones));
  const generation = await loadGeneration(store);
  const experiment = await runningExperiment(store, generation, logger);
  const recommender = createRecommender(generation, { experiment, clocks });
  return { userId: request.userId, ...recommender.recommend({ ...request, explain: true }) };
}

/** What the people who visit an attraction visit besides, by the generation in the feeds. */
export async function similarTo(
  attractionId: string,
  request: SimilarRequest,
  store: FeedStore,
): Promise<Recommendations> {
  return similarIn(await loadGeneration(store))(attractionId, { ...request, explain: true });
}

/** The service, listening. */
export function serve({ config, store, logger, signal }: PipelineContext): Promise<RunningService> {
  return runServe(config, { store, logger, signal });
}
