/** Lists for commands. Commands import this when they run, so that other commands start without it. */
import {
  createRecommender,
  parkClocks,
  runningExperiments,
  runRecommend,
  similarIn,
  summaryText,
  timeZonesIn,
} from '@attractions/recommender';
import { loadGeneration } from '@attractions/models';
import { runServe, servingResult } from '@attractions/service';
import type { RecommendConfig, RecommendSummary, Recommendations, SimilarRequest } from '@attractions/recommender';
import type { OwnComposition, RunningService } from '@attractions/service';
import type { RecommendationRequest } from '@attractions/contracts';

import type { PipelineContext } from './commands/command.js';
import { scoringKindsIn } from './kinds.js';
import type { OwnParts } from './own-parts.js';
import type { SampleAnswer } from './sample.js';
import type { PipelineConfig } from './settings.js';

export { recorded } from './recorded.js';

/** The list of one visitor, in their panel, by the generation in the feeds. */
export async function recommendTo(
  request: RecommendationRequest & { readonly userId: string },
  { config, store, logger, own = {} }: Pick<PipelineContext, 'config' | 'store' | 'logger' | 'own'>,
): Promise<SampleAnswer> {
  const clocks = parkClocks(timeZonesIn(config.parkTimeZones));
  const kinds = scoringKindsIn(config, own);
  const generation = await loadGeneration(store, undefined, kinds);
  const { experiment, ...parts } = own;
  const composition = { ...parts, kinds, clocks, experiments: experiment && [experiment] };
  const { experiments, usual } = await runningExperiments(store, generation, logger, composition);
  const recommender = createRecommender(generation, { ...composition, experiments, usual });
  return { userId: request.userId, ...recommender.recommend({ ...request, explain: true }) };
}

/** Commits the lists of all users; draws a progress bar on a terminal. */
export function recommendToAll(
  asked: Partial<RecommendConfig>,
  { config, store, logger, signal, progress, own = {} }: PipelineContext,
  runId?: string,
): Promise<RecommendSummary> {
  const { configFile } = own;
  const context = { store, logger, signal, kinds: scoringKindsIn(config, own), configFile, progress };
  return runRecommend({ ...config, ...asked }, { ...context, ...(runId !== undefined && { runId }) });
}

export { summaryText };

/** The attractions that the same visitors go to, by the generation in the feeds. */
export async function similarTo(
  attractionId: string,
  request: SimilarRequest,
  { config, store, own = {} }: Pick<PipelineContext, 'config' | 'store' | 'own'>,
): Promise<Recommendations> {
  const clocks = parkClocks(timeZonesIn(config.parkTimeZones));
  return similarIn(await loadGeneration(store), { rules: own.rules, clocks })(attractionId, {
    ...request,
    explain: true,
  });
}

/** Starts the service, for one tenant or for many. */
export function serve({ config, store, logger, signal, own = {} }: PipelineContext): Promise<RunningService> {
  const { configFile } = own;
  return runServe(config, {
    store,
    logger,
    signal,
    ...composedOf(config, own),
    ...(configFile !== undefined && { configFile }),
    partsOf: async (path) => composedOf(config, await (await import('./own-parts.js')).ownPartsIn(path)),
  });
}

export { servingResult };

function composedOf(config: PipelineConfig, own: OwnParts): OwnComposition {
  const { rules, mapping, experiment, recommenders } = own;
  return {
    kinds: scoringKindsIn(config, own),
    ...(rules && { rules }),
    ...(mapping && { mapping }),
    ...(experiment && { experiment }),
    ...(recommenders && { recommenders }),
  };
}
