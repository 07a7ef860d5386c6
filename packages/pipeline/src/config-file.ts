import { schemaOf, shown } from '@attractions/config';
import type { Section } from '@attractions/config';

import type { KeepRule } from './keep/keep.js';

export type { KeepRule };

declare module '@attractions/config' {
  interface AttractionsConfig {
    /** Which updates are kept: those that either of the two rules keeps. Applied after every run, once `attractions keep` was run by hand. */
    readonly keep?: KeepRule;
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
