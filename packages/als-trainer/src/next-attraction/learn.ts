import type { Attraction, ParkTables } from '@attractions/contracts';

import { openCalendar } from './calendar.js';
import { choicesOf } from './choices.js';
import { closenessBetween } from './distances.js';
import { dayOf, msPerDay } from './evidence.js';
import { featureNames } from './feature-names.js';
import type { FeatureName, Weights } from './feature-names.js';
import { parameters, priorWeights } from './parameters.js';
import type { ParkVisits } from './park-visits.js';
import { fitSoftmax } from './softmax-regression.js';
import { tablesOf } from './tables.js';

/** One park's visits with the weights that fit them, before a day is chosen. */
export interface LearntPark {
  readonly visits: ParkVisits;
  readonly weights: Weights;
  /** Tables for a request at `time`: counted from the visits before that day (UTC), so that a replay never looks ahead. Fastest with ascending times. */
  tablesAt(time: number): ParkTables;
}

/** Learns how much each feature matters in one park: the weights under which its visitors' choices are most likely. */
export function learnPark(visits: ParkVisits, attractions: readonly Attraction[]): LearntPark {
  const closeness = closenessBetween(visits.attractionIds, attractions);
  const prior = featureNames.map((name) => priorWeights[name]);
  const fitted = fitSoftmax(choicesOf(visits, closeness), { prior, strength: parameters.shrinkage });
  const weights = Object.fromEntries(featureNames.map((name, f) => [name, fitted[f]])) as Record<FeatureName, number>;
  const featuresOn = openCalendar(visits, closeness);
  const tablesAt = (time: number) => {
    const day = dayOf(time);
    return tablesOf(visits, featuresOn(day), { asOf: day * msPerDay, weights });
  };
  return { visits, weights, tablesAt };
}
