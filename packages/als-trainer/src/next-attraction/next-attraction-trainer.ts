import type { Attraction, NextAttractionModel, VisitsTable } from '@attractions/contracts';

import type { TrainRun } from '../model.js';
import type { AttractionsRecommenderTrainer } from '../trainer.js';
import { dayOf } from './evidence.js';
import { learnPark } from './learn.js';
import type { LearntPark } from './learn.js';
import { parkVisitsOf } from './park-visits.js';

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
