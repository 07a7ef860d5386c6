import { addRows, checkEaseSize, cosineScorer, easeWeights } from '@attractions/models';

import type { Contender } from './judge/contender.js';
import { firstVisitsOf, itemsOfUsers, visitorsOf } from './visit-log.js';
import type { LogNames, VisitLog } from './visit-log.js';

/** Popularity over all parks: the most distinct visitors first. */
export const popular: Contender = {
  name: 'popular',
  description: 'Most visitors first, over all parks.',
  learn(training) {
    const visitors = visitorsOf(training);
    return () => visitors;
  },
};

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

/** The window of `latelyPopular`. */
const LATELY_DAYS = 365;

/** The most popular attractions at the time of the request: counts the visitors who went there for the first time in the year before it, and none who came later. */
export const latelyPopular: Contender = {
  name: 'popular lately',
  description: `Most new visitors in the ${LATELY_DAYS} days before the request first.`,
  learn(training) {
    const { attractions, times, names } = training;
    const firsts = firstVisitsOf(training);
    return ({ time }) => {
      const visitors = new Float64Array(names.attractionIds.length);
      for (const visit of firsts) {
        const visitedAt = times[visit] as number;
        if (visitedAt >= time) break;
        if (visitedAt >= time - LATELY_DAYS * 86_400_000) (visitors[attractions[visit] as number] as number) += 1;
      }
      return visitors;
    };
  },
};

/** Steps of `lastAttraction` that are assumed from every attraction, distributed as popularity is. */
const SMOOTHING = 10;

/**
 * A first-order Markov chain on the new attractions of a visitor in a park, times popularity: where people go from the one that was new
 * last. A visit to a known attraction is not a step.
 */
export const lastAttraction: Contender = {
  name: 'last attraction',
  description: 'The share of visitors who went on there from the attraction that was new last, times the share of all.',
  learn(training) {
    const n = training.names.attractionIds.length;
    const { steps, lastNew } = stepsOf(training);
    const visitors = visitorsOf(training);
    const total = visitors.reduce((sum, count) => sum + count, 0) || 1;
    const share = Float64Array.from(visitors, (count) => count / total);
    return ({ user, park }) => {
      const from = lastNew(user, park);
      if (from === undefined) return share;
      const row = steps.subarray(from * n, (from + 1) * n);
      const seen = row.reduce((sum, count) => sum + count, 0);
      return share.map((popular, to) => (popular * ((row[to] as number) + SMOOTHING * popular)) / (seen + SMOOTHING));
    };
  },
};

/** Steps from one new attraction to the next in the same park, row-major, and where each visitor's last one led in each park. */
function stepsOf(training: VisitLog) {
  const { users, attractions, names } = training;
  const n = names.attractionIds.length;
  const steps = new Float64Array(n * n);
  const last = new Map<number, number>();
  const keyOf = (user: number, park: number): number => user * names.parks.length + park;
  for (const visit of firstVisitsOf(training)) {
    const to = attractions[visit] as number;
    const key = keyOf(users[visit] as number, names.parkOf[to] as number);
    const from = last.get(key);
    if (from !== undefined) (steps[from * n + to] as number) += 1;
    last.set(key, to);
  }
  return { steps, lastNew: (user: number, park: number) => last.get(keyOf(user, park)) };
}

/** Item-based collaborative filtering (Sarwar et al. 2001) with all attractions as neighbours. Counts visitors, not visits. */
export const itemKnn: Contender = {
  name: 'item kNN',
  description: 'Attractions that the visitors of the same attractions went to: cosine of visitors, summed.',
  learn(training) {
    const score = cosineScorer(itemsOfUsers(training), training.names.attractionIds.length);
    return ({ visited }) => score(visited).slice();
  },
};

/** Embarrassingly shallow autoencoders (Steck 2019), for each park by itself. */
export const ease: Contender = {
  name: 'EASE',
  description: 'Attractions of the park that those visited predict best: one linear model of them all.',
  learn(training) {
    const { parks, parkOf, attractionIds } = training.names;
    const seen = itemsOfUsers(training);
    const models = parks.map((_, park) => parkModel(training.names, seen, park));
    return ({ park, visited }) => {
      const scores = new Float64Array(attractionIds.length);
      const { attractions, placeOf, weights } = models[park] as ParkModel;
      const places = Array.from(visited).flatMap((item) => (parkOf[item] === park ? [placeOf[item] as number] : []));
      const found = addRows(weights, attractions.length, places, new Float64Array(attractions.length));
      attractions.forEach((item, place) => (scores[item] = found[place] as number));
      return scores;
    };
  },
};

interface ParkModel {
  /** Numbers of the park's attractions, ascending. */
  readonly attractions: readonly number[];
  /** Place of each attraction of the log in `attractions`. */
  readonly placeOf: Uint32Array;
  readonly weights: Float64Array;
}

function parkModel({ parkOf, parks }: LogNames, seen: readonly (readonly number[])[], park: number): ParkModel {
  const attractions = Array.from(parkOf.keys()).filter((item) => parkOf[item] === park);
  checkEaseSize(attractions.length, `They are the attractions of the park '${parks[park]}'.`);
  const placeOf = new Uint32Array(parkOf.length);
  attractions.forEach((item, place) => (placeOf[item] = place));
  const seenHere = seen.map((items) =>
    items.filter((item) => parkOf[item] === park).map((item) => placeOf[item] as number),
  );
  return { attractions, placeOf, weights: easeWeights(seenHere, attractions.length) };
}
