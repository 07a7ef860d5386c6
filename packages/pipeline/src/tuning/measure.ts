import { trainAls } from '@attractions/als-trainer';
import { evaluate } from '@attractions/evaluation';
import type { PlannedTrial } from '@attractions/evaluation';
import { topK } from '@attractions/recommender';

import type { TuningQuestion } from './question.js';

/** NDCG@k of ALS with the options of a trial. One thread: trials share the cores among themselves. */
export async function measureTrial(
  { training, users, skip, heldOut, k }: TuningQuestion,
  { options, budget }: PlannedTrial,
): Promise<number> {
  const { rank, userFactors, itemFactors } = await trainAls(
    training,
    { ...options, iterations: budget },
    { threads: 1 },
  );
  const list = (request: number): Uint32Array => {
    const user = users[request] as number;
    return topK(itemFactors, rank, userFactors.subarray(user * rank, (user + 1) * rank), k, skip[request]).items;
  };
  return evaluate(list, heldOut, { k, metrics: ['ndcg'] }).metrics.ndcg ?? 0;
}
