import { workerData } from 'node:worker_threads';
import { placed } from './placed.js';
import type { RankingJob } from './top-k-all.js';
import { topK } from './top-k.js';

/** Users taken at once: few enough that threads end together. */
const USERS_A_TURN = 16;

const { factors, users, rank, k, skip, next, items, scores, counts } = workerData as RankingJob;
const fast = placed(factors, rank);
const userCount = users.length / rank;

for (let from = 0; (from = Atomics.add(next, 0, USERS_A_TURN)) < userCount;) {
  for (let user = from; user < Math.min(from + USERS_A_TURN, userCount); user++) {
    const seen = skip?.items.subarray(skip.offsets[user], skip.offsets[user + 1]);
    const best = topK(fast, rank, users.subarray(user * rank, (user + 1) * rank), k, seen);
    items.set(best.items, user * k);
    scores.set(best.scores, user * k);
    counts[user] = best.items.length;
  }
}
