import type { Experiment } from '../experiment.js';
import type { Preferences } from '../statistics/interleaving.js';
import type { Moments } from '../statistics/moments.js';
import type { CompleteMetric } from './metric.js';

/** Sums of one metric in one panel. */
export interface PanelMoments {
  readonly panel: string;
  readonly moments: Moments;
}

/** How far single users carry a metric. */
export interface HeavyUsers {
  /** What a user counts for at most; absent without winsorising. */
  readonly cap?: number;
  /** Users who are above it. */
  readonly users: number;
  /** The user with the most, and the share of the whole that they have before winsorising. */
  readonly topUser?: string;
  readonly topShare: number;
}

/** What users did by one metric. */
export interface GatheredMetric {
  readonly metric: CompleteMetric;
  readonly panels: readonly PanelMoments[];
  /** The same for what was known at the end of each day, days since the first exposure. In rising order. */
  readonly days: readonly (PanelMoments & { readonly day: number })[];
  readonly segments: readonly (PanelMoments & { readonly by: 'park' | 'user'; readonly value: string })[];
  readonly heavy: HeavyUsers;
  /** The same among all users who could be assigned; absent where that was not asked for. */
  readonly assigned?: readonly PanelMoments[];
}

/** What users chose from lists that two panels interleaved. */
export interface Preferred extends Preferences {
  /** Choices from what each panel put into the lists. */
  readonly credits: { readonly a: number; readonly b: number };
}

/** All that a read-out needs to know, in small: counts and sums, whatever number of rows they were made from. */
export interface Gathered {
  /** The versions that are analysed together, in rising order. */
  readonly phase: readonly Experiment[];
  /** All versions whose exposures were looked at. */
  readonly versions: readonly number[];
  /** Lists shown, of all versions; those of testers among them. */
  readonly exposures: number;
  readonly forced: number;
  /** Exposures that do not recompute, and the first of them as a clause. */
  readonly disagreeing: { readonly lists: number; readonly first?: string };
  /** Users who were shown two panels in this phase, and one of them. */
  readonly changed: { readonly users: number; readonly first?: string };
  /** Users of this phase who were shown another panel in an earlier one. */
  readonly moved: number;
  /** When the first user was shown the first list, and the time up to which the data reach; milliseconds since 1970. */
  readonly beginMs: number;
  readonly endMs: number;
  /** How many users were shown their first list on each day, days since the first exposure. */
  readonly arrivals: readonly { readonly panel: string; readonly day: number; readonly users: number }[];
  /** In their order; the first is the primary one. */
  readonly metrics: readonly GatheredMetric[];
  /** Of an interleaving experiment: a is its first panel, b its second. */
  readonly preferred?: Preferred;
}
