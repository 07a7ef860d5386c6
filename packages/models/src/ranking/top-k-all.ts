import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { checkRanking } from './top-k.js';
import type { Ranked } from './top-k.js';

/** How to rank for many users. */
export interface TopKAllOptions {
  /** Threads that rank: 1 to 256, by default as many as the process may use. */
  readonly threads?: number;
  /** Items never to return, by user: those of user `u` are `items[offsets[u]]` to `items[offsets[u + 1] - 1]`; for example a model's `seen`. */
  readonly skip?: { readonly offsets: Uint32Array; readonly items: Uint32Array };
}

/** The best items of many users. */
export interface RankedAll {
  /** Users ranked. */
  readonly userCount: number;
  /** The list of one user, as `topK` gives it: views, not copies. */
  of(user: number): Ranked;
}

/** What a thread ranks, in memory that all share. */
export interface RankingJob {
  readonly factors: Float32Array;
  readonly users: Float32Array;
  readonly rank: number;
  readonly k: number;
  readonly skip: TopKAllOptions['skip'];
  /** The next user that no thread has taken. */
  readonly next: Int32Array;
  readonly items: Uint32Array;
  readonly scores: Float32Array;
  readonly counts: Uint32Array;
}

/**
 * {@link topK} for many users at once, on threads: the same lists for any number of them. A thread takes about 50 ms to start, and memory for its own
 * quantized index, a little more than a quarter of that of the factors; factors and users are copied once for all threads.
 *
 * @param factors row-major, items x rank
 * @param users row-major, users x rank
 * @throws RangeError where `factors`, `rank`, `users`, `k` and the options do not fit together
 */
export async function topKAll(
  factors: Float32Array,
  rank: number,
  users: Float32Array,
  k: number,
  { threads = availableParallelism(), skip }: TopKAllOptions = {},
): Promise<RankedAll> {
  checkRanking(factors, rank, k);
  if (users.length % rank !== 0)
    throw new RangeError(`The users have ${users.length} values, which is not a multiple of rank ${rank}.`);
  if (!(Number.isInteger(threads) && threads >= 1 && threads <= 256))
    throw new RangeError(`threads is ${threads}; give a whole number, 1 to 256.`);
  const userCount = users.length / rank;
  if (skip && skip.offsets.length !== userCount + 1)
    throw new RangeError(`skip has ${skip.offsets.length} offsets for ${userCount} users; give one more than users.`);
  const width = Math.min(k, factors.length / rank);
  const job: RankingJob = {
    factors: sharedFloats(factors),
    users: sharedFloats(users),
    rank,
    k: width,
    skip,
    next: new Int32Array(new SharedArrayBuffer(4)),
    items: new Uint32Array(new SharedArrayBuffer(4 * userCount * width)),
    scores: new Float32Array(new SharedArrayBuffer(4 * userCount * width)),
    counts: new Uint32Array(new SharedArrayBuffer(4 * userCount)),
  };
  await Promise.all(Array.from({ length: Math.min(threads, userCount) }, () => ranking(job)));
  return {
    userCount,
    of(user) {
      const from = user * width;
      const to = from + (job.counts[user] ?? 0);
      return { items: job.items.subarray(from, to), scores: job.scores.subarray(from, to) };
    },
  };
}

function ranking(job: RankingJob): Promise<void> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(program, { workerData: job });
    thread.once('error', reject).once('exit', () => resolve());
  });
}

// The built program, also for tests, which run the sources.
const program = new URL('../../dist/ranking/top-k-thread.js', import.meta.url);

function sharedFloats(values: Float32Array): Float32Array {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const shared = new Float32Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}
