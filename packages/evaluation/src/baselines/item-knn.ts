import { cosineScorer } from '@attractions/models';

import type { Contender } from '../judge/contender.js';
import { itemsOfUsers } from '../visit-log.js';

/** Item-based collaborative filtering (Sarwar et al. 2001) with all attractions as neighbours. Counts visitors, not visits. */
export const itemKnn: Contender = {
  name: 'item kNN',
  description: 'Attractions that the visitors of the same attractions went to: cosine of visitors, summed.',
  learn(training) {
    const score = cosineScorer(itemsOfUsers(training), training.names.attractionIds.length);
    return ({ visited }) => score(visited).slice();
  },
};
