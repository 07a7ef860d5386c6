import { ease as contract, visitWeights } from '@attractions/contracts';
import type { Attraction, EaseModel } from '@attractions/contracts';
import { checkEaseSize, easeWeights } from '../items/ease-weights.js';
import { itemsNamed, likedIn } from '../kind.js';
import type { ModelKind } from '../kind.js';
import { rankScores } from '../ranking/top-k.js';
import { indexVisits } from '../training/indexed-visits.js';
import { likedByUser } from '../training/pairs.js';

/**
 * Embarrassingly shallow autoencoders (Steck 2019), for each park by itself: one linear model of all its attractions, by how much those that the visitor went
 * to speak for each. It has no answer for an unknown visitor without visits, and never lists attractions of parks where the visitor has not been. Where visits have weights, a visitor whose
 * visits to an attraction weigh 0 or less in sum is not one of its visitors, neither in training nor in an answer; how much above 0 makes no difference.
 */
export const ease: ModelKind<EaseModel> = {
  name: 'ease',
  contract,

  /** @throws ModelsError MODELS_TOO_LARGE where a park has more than 10,000 attractions that were visited */
  train(visits, { attractions, signal }) {
    const index = indexVisits(visits);
    const { offsets, columns } = likedByUser(index, visitWeights(visits));
    const places = placesByPark(index.attractionIds, attractions);
    for (const [park, { rows }] of places)
      checkEaseSize(rows.length, `They are the attractions of the park '${park}'; leave 'ease' out of the models.`);
    const parks = [...places].map(([park, { rows, placeOf }]) => {
      signal?.throwIfAborted();
      const seen = index.userIds.map((_, user) =>
        Array.from(columns.subarray(offsets[user], offsets[user + 1])).flatMap((row) => placeOf.get(row) ?? []),
      );
      return {
        park,
        attractionIds: rows.map((row) => index.attractionIds[row] as string),
        weights: Float32Array.from(easeWeights(seen, rows.length)),
      };
    });
    return { parks };
  },

  scorer({ parks }, snapshot) {
    const { attractions } = snapshot;
    const itemsOf = parks.map(({ attractionIds }) => Array.from(itemsNamed(ease, attractionIds, snapshot)));
    const at = new Map(itemsOf.flatMap((items, park) => items.map((item, place) => [item, { park, place }])));
    const sums = new Float64Array(attractions.length);

    return ({ history, park: asked }) => {
      const been = Array.from(likedIn(history), (item) => at.get(item)).filter(
        (place) => place !== undefined && (asked === undefined || parks[place.park]?.park === asked),
      ) as { park: number; place: number }[];
      if (been.length === 0) return undefined;
      return {
        source: 'ease',
        best(pool, limit) {
          sums.fill(NaN);
          for (const { park, place } of been) {
            const items = itemsOf[park] as number[];
            const weights = parks[park]?.weights as Float32Array;
            for (let k = 0, from = place * items.length; k < items.length; k++, from++) {
              const item = items[k] as number;
              sums[item] = (sums[item] || 0) + (weights[from] as number);
            }
          }
          return rankScores(sums, limit, pool);
        },
        reason(item) {
          const to = at.get(item);
          let [most, cause] = [0, -1];
          for (const { park, place } of been) {
            if (to?.park !== park) continue;
            const items = itemsOf[park] as number[];
            const weight = parks[park]?.weights[place * items.length + to.place] as number;
            if (weight > most) [most, cause] = [weight, items[place] as number];
          }
          const name = attractions[cause]?.name;
          return name === undefined ? undefined : `because you visited ${name}`;
        },
      };
    };
  },
};

/** The rows of each park, ascending, parks by name. An attraction that is not listed belongs to the park that its id names: `park:poi`. */
function placesByPark(ids: readonly string[], attractions: readonly Attraction[]) {
  const parkOf = new Map(attractions.map(({ attractionId, park }) => [attractionId, park]));
  const parks = new Map<string, { readonly rows: number[]; readonly placeOf: Map<number, number> }>();
  ids.forEach((id, row) => {
    const park = parkOf.get(id) ?? id.slice(0, Math.max(0, id.indexOf(':')));
    const places = parks.get(park) ?? { rows: [] as number[], placeOf: new Map<number, number>() };
    places.placeOf.set(row, places.rows.length);
    places.rows.push(row);
    parks.set(park, places);
  });
  return new Map([...parks].sort(([a], [b]) => (a < b ? -1 : 1)));
}
