import type { RecommendationRequest } from '@attractions/contracts';

import type { Contender } from '../judge/contender.js';
import type { ModelSubject } from '../subject.js';

/** One entry of an answer. */
export interface Listed {
  readonly attractionId: string;
  readonly score: number;
}

/** A model before it is served: what is in the feeds, and how it behaves. Made outside of this package, which knows no recommender. */
export interface Candidate extends ModelSubject {
  /** Answers as the service would, best first. */
  ask(request: RecommendationRequest): readonly Listed[];
  /** Factors of a stranger with these visits, the attractions' factors fixed. Items are rows of the model, weights visits. */
  foldIn(items: Uint32Array, weights: Float32Array): Float32Array;
  /** The same training with the same options, for a replay of the past. */
  readonly replay: Contender;
}

/** What one check found. */
export interface CheckResult {
  readonly check: string;
  readonly passed: boolean;
  /** What was found, with figures; for a check that failed, what is wrong. */
  readonly found: string;
}

/** What the gate asks for. */
export interface GateLimits {
  /** Lower end that the paired intervals above popular-in-park must be above. */
  readonly margin: number;
  /** Least share of the visited attractions that are in anybody's list. */
  readonly coverage: number;
  /** Resamples of the intervals. */
  readonly resamples: number;
}

/** Length of the lists that are looked at. */
export const listLength = 5;
