import type { Attraction, NextAttractionModel, ParkTables, VisitsTable } from '@attractions/contracts';

import type { AttractionsRecommenderTrainer, TrainRun } from '../model.js';
import { choicesOf } from './choices.js';
import { closenessBetween } from './distances.js';
import { dayOf, MS_PER_DAY } from './evidence.js';
import { openCalendar } from './features.js';
import type { Features } from './features.js';
import { featureNames, parameters, priorWeights } from './parameters.js';
import type { FeatureName, Weights } from './parameters.js';
import { parkVisitsOf } from './park-visits.js';
import type { ParkVisits } from './park-visits.js';
import { fitSoftmax } from './softmax-regression.js';

/**
 * Predicts the next new attraction from what is popular, popular of late and popular at this hour, and from where the visitor was last.
 * Each park is trained on its own.
 */
export class NextAttractionTrainer implements AttractionsRecommenderTrainer<NextAttractionModel> {
  readonly name = 'next-attraction';

  /** @param attractions for their parks and coordinates; one without coordinates counts as neither near nor far. */
  constructor(private readonly attractions: readonly Attraction[]) {}

  /**
   * What `train` learns, before a day is chosen, so that past requests can be replayed. Parks in order of name. Holds the visits of all parks.
   * @throws AlsError `ALS_VISITS_INVALID`.
   */
  learn(visits: VisitsTable, { signal }: TrainRun = {}): LearntPark[] {
    return Array.from(parkVisitsOf(visits, this.attractions).parks, (parkVisits) => {
      signal?.throwIfAborted();
      return learnPark(parkVisits, this.attractions);
    });
  }

  /** The tables for the day after the last visit. Holds the visits of one park at a time. */
  async train(visits: VisitsTable, { signal }: TrainRun = {}): Promise<NextAttractionModel> {
    const { lastTime, parks } = parkVisitsOf(visits, this.attractions);
    const asOf = lastTime === undefined ? 0 : (dayOf(lastTime) + 1) * MS_PER_DAY;
    const tables = Array.from(parks, (parkVisits) => {
      signal?.throwIfAborted();
      return learnPark(parkVisits, this.attractions).tablesAt(asOf);
    });
    return { asOf, parks: tables };
  }
}

/** The visits of one park with their fitted weights, before a day is chosen. */
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
  const featuresOn = openCalendar(visits, closeness);
  const fitted = fitSoftmax(choicesOf(visits, featuresOn), { prior, strength: parameters.shrinkage });
  const weights = Object.fromEntries(featureNames.map((name, f) => [name, fitted[f]])) as Record<FeatureName, number>;
  const tablesAt = (time: number) => {
    const day = dayOf(time);
    return tablesOf(visits, featuresOn(day), { asOf: day * MS_PER_DAY, weights });
  };
  return { visits, weights, tablesAt };
}

/** The features of a day as tables, with the weights multiplied in. */
function tablesOf(
  { park, attractionIds }: ParkVisits,
  features: Features,
  { asOf, weights }: { asOf: number; weights: Weights },
): ParkTables {
  // A loop, since `Array.from` with a function takes fifteen times as long, and a replay makes the tables of every day.
  const weighted = (weight: number, values: Float64Array) => {
    const made = new Array<number>(values.length);
    for (let k = 0; k < made.length; k++) made[k] = weight * (values[k] as number);
    return made;
  };
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
