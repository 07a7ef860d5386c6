import { schemaOf, shown } from '@attractions/config';
import type { Section } from '@attractions/config';
import { metricsProblems } from '@attractions/experiments';
import type { Metric } from '@attractions/experiments';

import type { KeepRule } from './keep/keep.js';

export type { KeepRule, Metric };

/** What experiments are measured by, and what becomes of events. */
export interface ExperimentsSection {
  /** The first that is not a guardrail decides, unless an experiment names others. */
  readonly metrics?: readonly Metric[];
  /** Users of two panels together that experiments are planned for: there, intervals that hold at any time are narrowest. Default 10,000. */
  readonly intendedUsers?: number;
  /** `visits`: types of events that become visits of the next training. */
  readonly events?: { readonly visits?: readonly string[] };
}

declare module '@attractions/config' {
  interface AttractionsConfig {
    /** Which updates are kept: those that either of the two rules keeps. Applied after every run, once `attractions keep` was run by hand. */
    readonly keep?: KeepRule;
    /** Metrics of experiments, and types of events that become visits. */
    readonly experiments?: ExperimentsSection;
  }
}

/** The section `keep`. */
export const keepSection: Section<KeepRule> = () =>
  schemaOf((value) => {
    const example = 'give { "last": 14, "days": 90 }, or one of the two';
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return [{ message: `is ${shown(value)}; ${example}.` }];
    if (Object.keys(value).length === 0) return [{ message: `is empty; ${example}.` }];
    return Object.entries(value).flatMap(([key, number]) => {
      if (key === 'last' && !(Number.isSafeInteger(number) && number >= 1))
        return [{ path: [key], message: `is ${shown(number)}; give a whole number from 1.` }];
      if (key === 'days' && !(typeof number === 'number' && number >= 0 && number < Infinity))
        return [{ path: [key], message: `is ${shown(number)}; give a number of days from 0.` }];
      return key === 'last' || key === 'days' ? [] : [{ path: [key], message: `is unknown; ${example}.` }];
    });
  });

/** The section `experiments`. */
export const experimentsSection: Section<ExperimentsSection> = () =>
  schemaOf((value) => {
    const example = 'give an object with some of "metrics", "intendedUsers" and "events"';
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return [{ message: `is ${shown(value)}; ${example}.` }];
    return Object.entries(value).flatMap(([key, part]) => {
      if (key === 'metrics')
        return metricsProblems(part).map(({ path, message }) => ({ path: [key, ...path], message }));
      if (key === 'intendedUsers')
        return Number.isSafeInteger(part) && part >= 1
          ? []
          : [{ path: [key], message: `is ${shown(part)}; give a whole number from 1.` }];
      if (key === 'events') return eventsProblems(part).map(([path, message]) => ({ path: [key, ...path], message }));
      return [{ path: [key], message: `is unknown; ${example}.` }];
    });
  });

type Problem = readonly [path: readonly string[], message: string];

function eventsProblems(value: unknown): readonly Problem[] {
  const example = 'give { "visits": ["visit"] } with the types of events that become visits';
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [[[], `is ${shown(value)}; ${example}.`]];
  return Object.entries(value).flatMap(([key, types]): readonly Problem[] => {
    if (key !== 'visits') return [[[key], `is unknown; ${example}.`]];
    const isFit = Array.isArray(types) && types.every((type) => typeof type === 'string' && type.trim() !== '');
    return isFit ? [] : [[[key], `is ${shown(types)}; give a list of types of events.`]];
  });
}
