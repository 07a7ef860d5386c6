import type { Contender } from '../judge/contender.js';
import { visitorsOf } from '../visit-log.js';

/**
 * Popularity in the park, which a recommender has to beat: the most distinct visitors first, attractions of other parks after
 * all of the park's own. Where only the park's attractions are candidates, it is the same as `popular`.
 */
export const popularInPark: Contender = {
  name: 'popular in park',
  description: 'Most visitors first, those of the park the visitor is in before all others.',
  learn(training) {
    const { parkOf, parks } = training.names;
    const visitors = visitorsOf(training);
    const within = parks.map((_, park) =>
      Float64Array.from(visitors, (count, attraction) => (parkOf[attraction] === park ? count : -1 / (1 + count))),
    );
    return ({ park }) => within[park] as Float64Array;
  },
};
