import type { RecommendationRequest } from '@attractions/contracts';

import type { Contender } from '../judge/contender.js';
import type { MayShow } from '../judge/judge.js';
import type { ModelSubject } from '../subject.js';

/** One entry of an answer. */
export interface Listed {
  readonly attractionId: string;
  readonly score: number;
}

/** A model before it is served: what is in the feeds, and how it answers. Made outside this package, which does not know any recommender. */
export interface Candidate extends ModelSubject {
  /** Answers as the service would, best first. */
  ask(request: RecommendationRequest): readonly Listed[];
  /** Whether the rules let an attraction be shown. One that is hidden is not a candidate, and no list need have it. Absent: none is hidden. */
  readonly mayShow?: MayShow | undefined;
  /** How long the list of a request can be under the rules; absent: as long as there are attractions for it. */
  due?(request: RecommendationRequest): number;
  /** Factors of an unknown user with these visits, with the attractions' factors fixed. Items are rows of the model, weights are numbers of visits. */
  foldIn(items: Uint32Array, weights: Float32Array): Float32Array;
  /** The same training with the same options, for a replay of the past. */
  readonly replay: Contender;
}

/** What one check found. */
export interface CheckResult {
  readonly check: string;
  readonly passed: boolean;
  /** What the check found, with figures; where it failed, what is wrong. */
  readonly found: string;
}

/** The limits that a model must keep. */
export interface GateLimits {
  /** The lower end of the paired intervals of the difference to popular-in-park must be above this. */
  readonly margin: number;
  /** Least share of the visited attractions that must be in the list of at least one user. */
  readonly coverage: number;
  /** Resamples of the intervals. */
  readonly resamples: number;
}

/** Told how far the checks are. */
export interface GateProgress {
  /** After each user whose lists were checked. */
  onUser?(done: number, of: number): void;
  /** Before each recommender that is judged, and at the end. */
  readonly onContender?: ((name: string, judged: number, of: number) => void) | undefined;
}

/** Length of the lists that are checked. */
export const LIST_LENGTH = 5;
