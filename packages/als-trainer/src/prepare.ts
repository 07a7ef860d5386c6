import { dampened, halved } from '@attractions/models/als';

import { heapSpace, mapWeights } from './csr.js';
import type { Csr, Orientations, PairSpace } from './csr.js';
import { checkInteractions } from './interactions.js';
import type { Interactions } from './interactions.js';
import type { AlsOptions } from './options.js';
import { orient } from './orient.js';
import { checkSize } from './wasm/training-memory.js';

/** Interactions with weights that fall with age: to a half after `halfLifeDays`. */
export function aged(interactions: Interactions, { halfLifeDays }: AlsOptions): Interactions {
  const { daysAgo, weights } = interactions;
  if (halfLifeDays === 0 || !daysAgo) return interactions;
  const faded = daysAgo.map((days, k) => (weights ? (weights[k] as number) : 1) * halved(days / halfLifeDays));
  return { ...interactions, weights: faded };
}

const dampen = (csr: Csr): Csr => ({
  ...csr,
  weights: mapWeights(csr.weights, dampened),
});

/**
 * The pairs of interactions in both orientations, weighted as the options say.
 *
 * @param spaceFor allocates memory for the pairs of so many entries.
 * @throws AlsError `ALS_INTERACTIONS_INVALID`, `ALS_INTERACTIONS_EMPTY` or `ALS_WEIGHT_INVALID`, before any work.
 */
export function pairsOf(
  interactions: Interactions,
  options: AlsOptions,
  spaceFor: (entries: number) => PairSpace = heapSpace,
): Orientations {
  checkInteractions(interactions);
  const space = spaceFor(interactions.users.length);
  const pairs = orient(aged(interactions, options), !options.implicitFeedback, space);
  if (options.weighting === 'linear') return pairs;
  return { ...pairs, byUser: dampen(pairs.byUser), byItem: dampen(pairs.byItem) };
}

/**
 * {@link pairsOf} for the kernel.
 *
 * @throws AlsError as there, and `ALS_TOO_LARGE` where the kernel could not train on them.
 */
export function preparePairs(
  interactions: Interactions,
  options: AlsOptions,
  spaceFor: (entries: number) => PairSpace = heapSpace,
): Orientations {
  if (!options.nonNegative) checkSize(interactions, options);
  return pairsOf(interactions, options, spaceFor);
}
