import type { Contender } from '../judge/contender.js';
import { visitorsOf } from '../visit-log.js';

/** Popularity over all parks: the most distinct visitors first. */
export const popular: Contender = {
  name: 'popular',
  description: 'Most visitors first, over all parks.',
  learn(training) {
    const visitors = visitorsOf(training);
    return () => visitors;
  },
};
