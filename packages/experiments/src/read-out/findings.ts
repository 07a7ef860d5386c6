import type { Estimate } from '../statistics/compare.js';
import type { InterleavedRead } from '../statistics/interleaving.js';
import type { Effect } from '../statistics/intervals.js';
import type { ChiSquare, RatioOverTime } from '../statistics/sample-ratio.js';
import type { HeavyUsers, Preferred } from './gathered.js';
import type { CompleteMetric } from './metric.js';
import type { Refusal } from './refusals.js';

/** How a panel differs from the first by a metric. */
export interface PanelDifference {
  /** What is decided by: with CUPED where there is any. */
  readonly absolute: Effect;
  /** In parts of the first panel's value; absent where that is 0. */
  readonly relative?: Effect;
  /** The difference without CUPED, and the share of the variance that CUPED took away; absent without CUPED. */
  readonly cuped?: { readonly plain: Effect; readonly varianceSaved: number };
}

/** A difference of which something may be concluded. */
export interface DecidedDifference extends PanelDifference {
  /** The p value that may be looked at every day, after Holm's adjustment over panels and metrics; of a guardrail without it. */
  readonly adjustedP: number;
  /** The smallest difference that would be seen with a probability of 80 % among the users of now; absent where there is none. */
  readonly seen?: { readonly absolute: number; readonly relative?: number };
  readonly conclusion: 'better' | 'worse' | 'undecided';
}

/** A metric in one panel. */
export interface MetricPanel {
  readonly panel: string;
  /** Users whose days are over. */
  readonly users: number;
  /** Absent where users do not differ at all. */
  readonly value?: Estimate;
  /** Absent for the first panel, and where there is nothing to judge by. */
  readonly difference?: DecidedDifference;
}

/** How a difference to the first panel stood at the end of a day, or in a segment. */
export interface PartOfDifference extends PanelDifference {
  readonly panel: string;
  /** Users of the panel and of the first one. */
  readonly users: number;
}

export interface MetricFindings {
  readonly metric: CompleteMetric;
  readonly isPrimary: boolean;
  readonly panels: readonly MetricPanel[];
  /** By day, the first of them 0; days with too few users are left out. */
  readonly days: readonly (PartOfDifference & { readonly day: number })[];
  /** To find questions, not answers: nothing is adjusted for how many there are. */
  readonly segments: readonly (PartOfDifference & { readonly by: 'park' | 'user'; readonly value: string })[];
  readonly heavy: HeavyUsers;
  /** The same difference among all users who could be assigned, and the users who were held out compared with the first panel. */
  readonly assigned: readonly PartOfDifference[];
}

/** What an experiment showed. */
export interface Findings {
  readonly experiment: string;
  /** The versions that are analysed together. */
  readonly versions: readonly number[];
  readonly design: 'ab' | 'interleaving';
  readonly status: 'running' | 'stopped';
  /** ISO 8601. */
  readonly beginAt: string;
  readonly endAt: string;
  /** One sentence to be forwarded. */
  readonly verdict: string;
  /** Empty: something may be concluded. Else there are no metrics. */
  readonly refusals: readonly Refusal[];
  /** What a reader should know besides, a sentence each. */
  readonly notes: readonly string[];
  readonly exposures: { readonly lists: number; readonly recomputed: number; readonly forced: number };
  readonly sampleRatio: ChiSquare;
  readonly overTime: RatioOverTime;
  readonly panels: readonly {
    readonly panel: string;
    readonly recommender?: string;
    readonly buckets: number;
    readonly users: number;
  }[];
  /** How the intervals are made: alpha, the number of users that the anytime-valid ones are narrowest at, and rho squared of their mixture. */
  readonly reading: { readonly alpha: number; readonly intendedUsers: number; readonly rhoSquared: number };
  readonly metrics: readonly MetricFindings[];
  readonly interleaved?: { readonly preferred: Preferred } & Partial<InterleavedRead>;
}
