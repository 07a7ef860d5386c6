import { trainAls } from '@attractions/als-trainer';
import { evaluate } from '@attractions/evaluation';
import type { Measured, PlannedTrial } from '@attractions/evaluation';
import { placed, topK } from '@attractions/models';

import type { TuningQuestion } from './question.js';

/**
 * NDCG@k of ALS with the options of a trial. One thread: trials share the cores among themselves.
 * @throws the signal's reason
 */
export async function measureTrial(
  { training, users, skip, heldOut, k }: TuningQuestion,
  { options, budget }: PlannedTrial,
  signal?: AbortSignal,
): Promise<Measured> {
  const { rank, userFactors, ...model } = await trainAls(
    training,
    { ...options, iterations: budget },
    { threads: 1, ...(signal && { signal }) },
  );
  const itemFactors = placed(model.itemFactors, rank);
  const list = (request: number): Uint32Array => {
    const user = users[request] as number;
    return topK(itemFactors, rank, userFactors.subarray(user * rank, (user + 1) * rank), k, skip[request]).items;
  };
  const { metrics, perUser } = evaluate(list, heldOut, { k, metrics: ['ndcg'] });
  const value = metrics.ndcg ?? 0;
  return { value, standardError: standardErrorOf(perUser.ndcg ?? new Float64Array(), value) };
}

/** The standard error of a mean. */
function standardErrorOf(values: Float64Array, mean: number): number {
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1) / values.length);
}
