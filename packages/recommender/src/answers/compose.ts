import { PANEL_RECOMMENDERS } from '@attractions/contracts';
import type { Experiment } from '@attractions/experiments';
import { assignmentIn } from '@attractions/experiments';
import type { Generation } from '@attractions/models';
import { alsRecommender } from './als.js';
import { cachedRecommender } from './cached.js';
import { withFallback } from './fallback.js';
import { mappingRecommender } from './mapping.js';
import type { Mapping } from './mapping.js';
import { nextAttractionRecommender } from './next-attraction.js';
import { checkPanels, paneledRecommender } from './paneled.js';
import { parkClocks } from './park-clocks.js';
import type { ParkClocks } from './park-clocks.js';
import { popularRecommender } from './popular.js';
import type { Recommender } from './recommender.js';
import type { Rule } from './rules.js';
import { situated } from './situated.js';

/** What may stand beside a generation. */
export interface Composition {
  /**
   * Splits users over panels; a panel's `recommender` is one of `PANEL_RECOMMENDERS`. `mapping` needs a mapping, `next-attraction` a
   * generation with such a model: a panel is never answered by another recommender than it says.
   */
  readonly experiment?: Experiment | undefined;
  /** Lists written for some users; outside of an experiment they come first. */
  readonly mapping?: Mapping | undefined;
  /** Lists remembered, at most; 0 or absent: each is made anew. */
  readonly cachedLists?: number | undefined;
  /** What the clocks of the parks show; default: UTC in every park. */
  readonly clocks?: ParkClocks | undefined;
  /** Hold for every list, in the order given. Under rules no list is remembered, since a rule may look at the time. */
  readonly rules?: readonly Rule[] | undefined;
}

/**
 * The usual stack: mapped list, next attraction in the park, known factors, fold-in, popular, each topped up by the next; paneled where there is
 * an experiment. Where a request gives no time or no park, the answer says what was assumed.
 * @throws ModelsError MODELS_MODEL_INVALID, RECOMMENDER_EXPERIMENT_INVALID
 */
export function createRecommender(generation: Generation, composition: Composition = {}): Recommender {
  const { cachedLists = 0, clocks = parkClocks(), rules = [] } = composition;
  const stack = stackOf(generation, clocks, composition);
  const remembering =
    cachedLists > 0 && rules.length === 0 ? cachedRecommender(generation, stack, cachedLists, clocks) : stack;
  return situated(generation, remembering, clocks, rules);
}

/**
 * Tells whether an experiment can run beside a generation, without composing anything: for a large one that takes a while.
 * @throws RecommenderError RECOMMENDER_EXPERIMENT_INVALID
 */
export function checkExperiment(
  experiment: Experiment,
  { next }: Pick<Generation, 'next'>,
  { mapping }: Composition = {},
): void {
  assignmentIn(experiment);
  const lacking = new Set([...(next ? [] : ['next-attraction']), ...(mapping ? [] : ['mapping'])]);
  checkPanels(
    experiment,
    PANEL_RECOMMENDERS.filter((name) => !lacking.has(name)),
  );
}

function stackOf(generation: Generation, clocks: ParkClocks, { experiment, mapping }: Composition): Recommender {
  const popular = popularRecommender(generation);
  const als = withFallback(alsRecommender(generation), popular);
  const next = generation.next && withFallback(nextAttractionRecommender(generation, clocks), als);
  const mapped = mapping && withFallback(mappingRecommender(generation, mapping), next ?? als);
  const usual = mapped ?? next ?? als;
  if (experiment === undefined) return usual;
  return paneledRecommender(
    experiment,
    { ...(next && { 'next-attraction': next }), als, popular, ...(mapped && { mapping: mapped }) },
    usual,
  );
}
