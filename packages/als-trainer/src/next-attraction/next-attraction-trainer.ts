import type { Attraction, NextAttractionModel, ParkTables, VisitsTable } from '@attractions/contracts';

import type { AttractionsRecommenderTrainer, TrainRun } from '../model.js';
import { choicesOf } from './choices.js';
import { closenessBetween } from './distances.js';
import { dayOf, msPerDay } from './evidence.js';
import { openCalendar } from './features.js';
import type { Features } from './features.js';
import { featureNames, parameters, priorWeights } from './parameters.js';
import type { FeatureName, Weights } from './parameters.js';
import { parkVisitsOf } from './park-visits.js';
import type { ParkVisits } from './park-visits.js';
import { fitSoftmax } from './softmax-regression.js';

/**
 * Predicts the next new attraction from what is popular, popular of late and popular at this hour, and from where the visitor was last.
 * Each park is learnt by itself.
 */
export class NextAttractionTrainer implements AttractionsRecommenderTrainer<NextAttractionModel> {
  readonly name = 'next-attraction';

  /** @param attractions for their parks and coordinates; one without is taken as neither near nor far. */
  constructor(private readonly attractions: readonly Attraction[]) {}

  /**
   * What `train` learns, before a day is chosen: for a replay of past requests. Parks by name.
   * @throws AlsError `ALS_VISITS_INVALID`.
   */
  learn(visits: VisitsTable, { signal }: TrainRun = {}): LearntPark[] {
    return parkVisitsOf(visits, this.attractions).map((parkVisits) => {
      signal?.throwIfAborted();
      return learnPark(parkVisits, this.attractions);
    });
  }

  /** The tables for the day after the last visit. */
  async train(visits: VisitsTable, run: TrainRun = {}): Promise<NextAttractionModel> {
    const parks = this.learn(visits, run);
    const last = parks.reduce((latest, { visits: { times } }) => Math.max(latest, times.at(-1) ?? latest), -Infinity);
    const asOf = last === -Infinity ? 0 : (dayOf(last) + 1) * 86_400_000;
    return { asOf, parks: parks.map((park) => park.tablesAt(asOf)) };
  }
}

/** One park's visits with the weights that fit them, before a day is chosen. */
export interface LearntPark {
  readonly visits: ParkVisits;
  readonly weights: Weights;
  /** Tables for a request at `time`: counted from the visits before that day (UTC), so that a replay never looks ahead. Fastest with ascending times. */
  tablesAt(time: number): ParkTables;
}

/** Learns how much each feature matters in one park: the weights under which its visitors' choices are most likely. */
function learnPark(visits: ParkVisits, attractions: readonly Attraction[]): LearntPark {
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

/** The features of a day as tables, with the weights multiplied in. */
function tablesOf(
  { park, attractionIds }: ParkVisits,
  features: Features,
  { asOf, weights }: { asOf: number; weights: Weights },
): ParkTables {
  const weighted = (weight: number, values: Float64Array) => Array.from(values, (value) => weight * value);
  const onward = (last: number) => {
    const followed = features.followed(last);
    return Array.from(
      features.near(last),
      (near, k) => weights.near * near + weights.followed * (followed[k] as number),
    );
  };
  return {
    park,
    attractionIds,
    popular: weighted(weights.popular, features.popular),
    lately: weighted(weights.lately, features.lately),
    byHour: Array.from({ length: 24 }, (_, hour) => weighted(weights.hour, features.hour(hour))),
    onward: attractionIds.map((_, last) => onward(last)),
    together: attractionIds.map((_, visited) => weighted(weights.together, features.together(visited))),
    asOf,
    halfLifeDays: parameters.halfLifeDays,
    patienceHours: parameters.patienceHours,
    weights,
  };
}
