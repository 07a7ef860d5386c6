import { addRows, checkEaseSize, easeWeights } from '@attractions/models';

import type { Contender } from '../judge/contender.js';
import { itemsOfUsers } from '../visit-log.js';
import type { LogNames } from '../visit-log.js';

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
