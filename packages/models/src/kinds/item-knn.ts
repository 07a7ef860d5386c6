import { itemKnn as contract, visitWeights } from '@attractions/contracts';
import type { ItemKnnModel } from '@attractions/contracts';
import { neighboursOf } from '../items/neighbours.js';
import { itemsNamed, likedIn } from '../kind.js';
import type { ModelKind } from '../kind.js';
import { rankScores } from '../ranking/top-k.js';
import { indexVisits } from '../training/indexed-visits.js';
import { likedByUser } from '../training/pairs.js';

/**
 * Item-based collaborative filtering (Sarwar et al. 2001): attractions that the same people visit, by the sum of their cosines with those that the visitor
 * went to, however often. It has no answer for an unknown visitor without visits, and never lists an attraction that none of these people went to. Where visits have weights, a visitor
 * whose visits to an attraction weigh 0 or less in sum is not one of its visitors, neither in training nor in an answer; how much above 0 makes no difference.
 */
export const itemKnn: ModelKind<ItemKnnModel> = {
  name: 'item-knn',
  contract,

  /** @throws ModelsError MODELS_TOO_LARGE where more than 300 million pairs of attractions share a visitor */
  train(visits) {
    const index = indexVisits(visits);
    const { offsets: from, columns } = likedByUser(index, visitWeights(visits));
    const seen = index.userIds.map((_, user) => columns.subarray(from[user], from[user + 1]));
    const { offsets, items, cosines } = neighboursOf(seen, index.attractionIds.length);
    return {
      attractionIds: index.attractionIds,
      offsets,
      neighbours: items,
      cosines: Float32Array.from(cosines),
    };
  },

  scorer({ attractionIds, offsets, neighbours, cosines }, snapshot) {
    const { attractions } = snapshot;
    const items = itemsNamed(itemKnn, attractionIds, snapshot);
    const rowOf = new Int32Array(attractions.length).fill(-1);
    items.forEach((item, row) => (rowOf[item] = row));
    const sums = new Float64Array(attractions.length);

    return ({ history }) => {
      const rows = Int32Array.from(likedIn(history), (item) => rowOf[item] as number).filter((row) => row >= 0);
      if (rows.length === 0) return undefined;
      return {
        source: 'item-knn',
        best(pool, limit) {
          // Attractions without a neighbour among the rows stay NaN, which is never listed.
          sums.fill(NaN);
          for (const row of rows)
            for (let at = offsets[row] as number; at < (offsets[row + 1] as number); at++) {
              const item = items[neighbours[at] as number] as number;
              sums[item] = (sums[item] || 0) + (cosines[at] as number);
            }
          return rankScores(sums, limit, pool);
        },
        reason(item) {
          let [most, nearest] = [0, -1];
          for (const row of rows)
            for (let at = offsets[row] as number; at < (offsets[row + 1] as number); at++)
              if (items[neighbours[at] as number] === item && (cosines[at] as number) > most)
                [most, nearest] = [cosines[at] as number, items[row] as number];
          const name = attractions[nearest]?.name;
          return name === undefined ? undefined : `visited by the same people as ${name}`;
        },
      };
    };
  },
};
