import type { Experiment } from '@attractions/feeds';
import type { Generation } from '../generation/generation.js';
import { alsRecommender } from './als.js';
import { cachedRecommender } from './cached.js';
import { withFallback } from './fallback.js';
import { mappingRecommender } from './mapping.js';
import type { Mapping } from './mapping.js';
import { nextAttractionRecommender } from './next-attraction.js';
import { paneledRecommender } from './paneled.js';
import { parkClocks } from './park-clocks.js';
import type { ParkClocks } from './park-clocks.js';
import { popularRecommender } from './popular.js';
import type { Recommender } from './recommender.js';
import { situated } from './situated.js';

/** What may stand beside a generation. */
export interface Composition {
  /** Splits users over panels; a panel's `recommender` is `next-attraction`, `als`, `popular` or, where there is a mapping, `mapping`. */
  readonly experiment?: Experiment | undefined;
  /** Lists written for some users; outside of an experiment they come first. */
  readonly mapping?: Mapping | undefined;
  /** Lists remembered, at most; 0 or absent: each is made anew. */
  readonly cachedLists?: number | undefined;
  /** What the clocks of the parks show; default: UTC in every park. */
  readonly clocks?: ParkClocks | undefined;
}

/**
 * The usual stack: mapped list, next attraction in the park, known factors, fold-in, popular, each topped up by the next; paneled where there is
 * an experiment. Where a request gives no time or no park, the answer says what was assumed.
 * @throws RecommenderError RECOMMENDER_GENERATION_INVALID, RECOMMENDER_EXPERIMENT_INVALID
 */
export function createRecommender(generation: Generation, composition: Composition = {}): Recommender {
  const { cachedLists = 0, clocks = parkClocks() } = composition;
  const stack = stackOf(generation, clocks, composition);
  const remembering = cachedLists > 0 ? cachedRecommender(generation, stack, cachedLists, clocks) : stack;
  return situated(generation, remembering, clocks);
}

function stackOf(generation: Generation, clocks: ParkClocks, { experiment, mapping }: Composition): Recommender {
  const popular = popularRecommender(generation);
  const als = withFallback(alsRecommender(generation), popular);
  const next = generation.next === undefined ? als : withFallback(nextAttractionRecommender(generation, clocks), als);
  const mapped = mapping && withFallback(mappingRecommender(generation, mapping), next);
  const usual = mapped ?? next;
  if (experiment === undefined) return usual;
  return paneledRecommender(
    experiment,
    { 'next-attraction': next, als, popular, ...(mapped && { mapping: mapped }) },
    usual,
  );
}
