import { orient } from './csr.js';
import type { Orientations } from './csr.js';
import { checkInteractions } from './interactions.js';
import type { Interactions } from './interactions.js';
import type { AlsOptions } from './options.js';
import { halved, log } from './power.js';
import { checkSize } from './wasm/training-memory.js';

/** Interactions whose weights are less the older they are: half after `halfLifeDays`. */
function aged(interactions: Interactions, { halfLifeDays }: AlsOptions): Interactions {
  const { daysAgo, weights } = interactions;
  if (halfLifeDays === 0 || !daysAgo) return interactions;
  const faded = daysAgo.map((days, k) => (weights ? (weights[k] as number) : 1) * halved(days / halfLifeDays));
  return { ...interactions, weights: faded };
}

/** What more of the same counts less: sign(w) ln(1 + |w|), in place. */
function dampen(weights: Float32Array): void {
  weights.forEach((weight, k) => {
    weights[k] = Math.sign(weight) * log(1 + Math.abs(weight));
  });
}

/**
 * The pairs of interactions in both orientations, weighted as the options say.
 *
 * @throws AlsError `ALS_INTERACTIONS_INVALID`, `ALS_INTERACTIONS_EMPTY`, `ALS_WEIGHT_INVALID` or `ALS_TOO_LARGE`, before any work.
 */
export function preparePairs(interactions: Interactions, options: AlsOptions): Orientations {
  checkInteractions(interactions);
  if (!options.nonNegative) checkSize(interactions, options);
  const pairs = orient(aged(interactions, options), !options.implicitFeedback);
  if (options.weighting === 'log') for (const { weights } of [pairs.byUser, pairs.byItem]) dampen(weights);
  return pairs;
}
