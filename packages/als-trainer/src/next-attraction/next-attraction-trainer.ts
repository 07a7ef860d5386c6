import type { Attraction, NextAttractionModel, ParkTables, VisitsTable } from '@attractions/contracts';

import type { AttractionsRecommenderTrainer, TrainRun } from '../model.js';
import { fitChoices } from './choice-model.js';
import { choicesOf, circumstanceRows, pullsOf } from './choices.js';
import { closenessBetween } from './distances.js';
import { dayOf } from './evidence.js';
import { featuresOfUsers, openCalendar } from './features.js';
import type { Features } from './features.js';
import { likenessBetween } from './likeness.js';
import { featureNames, harmonicsAt, parameters, priorWeights } from './parameters.js';
import type { FeatureName, Weights } from './parameters.js';
import { MS_PER_DAY, parkVisitsOf, timingOf } from './park-visits.js';
import type { ParkVisits, Timing } from './park-visits.js';

/**
 * Predicts the next new attraction from what is popular, popular of late and popular at this hour, and from where the visitor was last and has been. The weights of these
 * features, and corrections for each attraction, are learnt together from what visitors chose. Each park is trained on its own.
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

/** Learns how much each feature matters in one park, and what it gets wrong: the model under which its visitors' choices are most likely. */
function learnPark(visits: ParkVisits, attractions: readonly Attraction[]): LearntPark {
  const { attractionIds, users, times } = visits;
  const ground = {
    closeness: closenessBetween(attractionIds, attractions),
    likeness: likenessBetween(attractionIds, attractions),
  };
  const timing = timingOf(visits);
  const featuresOn =
    timing === 'order' ? always(featuresOfUsers(visits, ground, () => true)) : openCalendar(visits, ground);
  // Without days, the choices of one half of the visitors are learnt from what the other half did.
  const halves =
    timing === 'order' ? [1, 0].map((half) => featuresOfUsers(visits, ground, (user) => user % 2 === half)) : [];
  const featuresAt = (visit: number) =>
    halves[(users[visit] as number) % 2] ?? featuresOn(dayOf(times[visit] as number));
  const { choices, awayShare } = choicesOf(visits, timing, featuresAt);
  const fitted = fitChoices(choices, {
    weights: featureNames.map((name) => priorWeights[name]),
    strength: parameters.shrinkage,
    pulls: pullsOf(attractionIds.length),
  });
  const weights = Object.fromEntries(featureNames.map((name, f) => [name, fitted.weights[f]])) as Record<
    FeatureName,
    number
  >;
  const tablesAt = (time: number) => {
    const day = dayOf(time);
    return tablesOf(visits, featuresOn(day), { ...fitted, asOf: day * MS_PER_DAY, timing, weights, awayShare });
  };
  return { visits, weights, tablesAt };
}

const always =
  <T>(value: T) =>
  (): T =>
    value;

interface Fit {
  readonly asOf: number;
  readonly timing: Timing;
  readonly weights: Weights;
  readonly corrections: Float64Array;
  readonly awayShare: number;
}

/** The features of a day as tables, with the weights multiplied in and the corrections added. What the times of the park cannot say is 0 everywhere. */
function tablesOf({ park, attractionIds }: ParkVisits, features: Features, fit: Fit): ParkTables {
  const { asOf, timing, weights, corrections, awayShare } = fit;
  const n = attractionIds.length;
  const rows = circumstanceRows(n);
  const corrected = (row: number) => corrections.subarray(row * n, (row + 1) * n);
  const none = new Float64Array(n);
  const paired = (row: number) => (rows.isPaired ? corrected(row) : none);
  // A loop, since a replay makes the tables of every day; plus 0, since JSON has no -0.
  const row = (valueOf: (k: number) => number) => {
    const made = new Array<number>(n);
    for (let k = 0; k < n; k++) made[k] = valueOf(k) + 0;
    return made;
  };
  const nothing = row(() => 0);
  const at = (values: Float64Array, k: number) => values[k] as number;

  const [bias, away, seasoned] = [rows.always, rows.away, rows.seasoned].map(corrected) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const hourRow = (hour: number) => {
    const preferred = features.hour(hour);
    const waves = harmonicsAt(hour);
    return row((k) =>
      waves.reduce((sum, wave, n) => sum + wave * at(corrected(rows.hour + n), k), weights.hour * at(preferred, k)),
    );
  };
  const onwardRow = (last: number) => {
    const [near, followed, after] = [features.near(last), features.followed(last), paired(rows.after + last)];
    return row((k) => weights.near * at(near, k) + weights.followed * at(followed, k) + at(after, k));
  };
  const togetherRow = (visited: number) => {
    const [together, knowing] = [features.together(visited), paired(rows.knowing + visited)];
    return row((k) => weights.together * at(together, k) + at(knowing, k));
  };
  const aroundRow = (last: number) => {
    const near = features.near(last);
    return row((k) => weights.around * at(near, k));
  };
  const isPlaced = timing !== 'days';
  return {
    park,
    attractionIds,
    popular: row((k) => weights.popular * at(features.popular, k) + at(bias, k)),
    lately: row((k) => weights.lately * at(features.lately, k)),
    byHour: Array.from({ length: 24 }, (_, hour) => (timing === 'clock' ? hourRow(hour) : nothing)),
    onward: attractionIds.map((_, last) => (isPlaced ? onwardRow(last) : nothing)),
    together: attractionIds.map((_, visited) => togetherRow(visited)),
    seasoned: row((k) => at(seasoned, k)),
    ...(isPlaced && {
      around: attractionIds.map((_, last) => aroundRow(last)),
      lingerHours: parameters.lingerHours,
      here: row((k) => -awayShare * at(away, k)),
      away: row((k) => (1 - awayShare) * at(away, k)),
      awayHours: parameters.longestStepHours,
    }),
    asOf,
    halfLifeDays: parameters.halfLifeDays,
    patienceHours: parameters.patienceHours,
    weights,
  };
}
