import type { AlsGeneration, VisitsTable } from '@attractions/contracts';
import { indexVisits } from '../training/indexed-visits.js';
import { pairsByItem, pairsByUser } from '../training/pairs.js';

/** An ALS model without training: vocabulary, seen sets and visitors of visits, and factors of 0. For tests and evaluation of other kinds. */
export function untrainedModel(visits: VisitsTable): AlsGeneration {
  const index = indexVisits(visits);
  const { userIds, attractionIds } = index;
  const { offsets, columns } = pairsByUser(index);
  const byItem = pairsByItem(index).offsets;
  return {
    rank: 1,
    userIds,
    attractionIds,
    userFactors: new Float32Array(userIds.length),
    itemFactors: new Float32Array(attractionIds.length),
    seen: { offsets, items: columns },
    visitors: Uint32Array.from(attractionIds, (_, item) => (byItem[item + 1] as number) - (byItem[item] as number)),
    options: { implicitFeedback: true, alpha: 1, unobservedWeight: 1, regularization: 1, regularizationExponent: 0 },
    history: [],
  };
}
