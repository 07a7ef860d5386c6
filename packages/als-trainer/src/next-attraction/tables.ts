import type { ParkTables } from '@attractions/contracts';

import type { Weights } from './feature-names.js';
import type { Features } from './features.js';
import { parameters } from './parameters.js';
import type { ParkVisits } from './park-visits.js';

/** The features of a day as tables, with the weights multiplied in. */
export function tablesOf(
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
