import { MAX_ROWS, placementOf } from './placed.js';
import type { Near } from './placed.js';

/** The best items of one ranking, best first; both arrays have the same length. */
export interface Ranked {
  /** Item indices (rows of the factors). */
  readonly items: Uint32Array;
  /** Dot products, summed in double precision in factor order, then rounded to single. Never NaN, never rising. */
  readonly scores: Float32Array;
}

/** Which items a ranking may return. `passes` is called only for items that would enter the list, so it may be slow. */
export interface Pool {
  /** The items to consider, ascending; default: all. Those that fail `passes` are left out too. */
  readonly items?: Uint32Array | undefined;
  readonly passes?: ((item: number) => boolean) | undefined;
}

/**
 * The exact `k` best items of one user by dot product: what a full sort would give, without sorting.
 *
 * The order is strict: higher score first, equal scores by lower item index (`-0` equals `0`). An item whose score is NaN is never
 * returned, so one broken row cannot spoil a list. `k` above the number of items returns them all; `k` of 0 returns none.
 *
 * @param factors row-major, items x rank
 * @param user `rank` values
 * @param k a whole number, 0 or more
 * @param skip items never to return: in any order, repeats and indices out of range allowed
 * @throws RangeError where `factors`, `rank`, `user` and `k` do not fit together
 */
export function topK(factors: Float32Array, rank: number, user: Float32Array, k: number, skip?: Uint32Array): Ranked {
  checkRanking(factors, rank, k);
  if (user.length !== rank) throw new RangeError(`The user has ${user.length} values where rank is ${rank}.`);
  if (skip === undefined || skip.length === 0) return rankPool(factors, rank, user, k, {});
  const skipped = new Set(skip);
  return rankPool(factors, rank, user, k, { passes: (item) => !skipped.has(item) });
}

/** Refuses arguments that do not fit together. */
export function checkRanking(factors: Float32Array, rank: number, k: number): void {
  if (!Number.isInteger(rank) || rank < 1) throw new RangeError(`rank is ${rank}; give a whole number, 1 or more.`);
  if (!Number.isInteger(k) || k < 0) throw new RangeError(`k is ${k}; give a whole number, 0 or more.`);
  if (factors.length % rank !== 0)
    throw new RangeError(`The factors have ${factors.length} values, which is not a multiple of rank ${rank}.`);
}

/** {@link topK} over a pool: the same order and scores. Arguments are not checked. */
export function rankPool(factors: Float32Array, rank: number, user: Float32Array, k: number, pool: Pool): Ranked {
  const { items, passes } = pool;
  const count = items?.length ?? factors.length / rank;
  const best = boundedBest(Math.min(k, count));
  if (best.capacity === 0) return best.drain();
  const near = items === undefined ? nearIn(factors, rank, user) : undefined;
  if (near !== undefined) return rankNear(factors, rank, user, near, best, passes);
  for (let n = 0; n < count; n++) {
    const item = items === undefined ? n : (items[n] as number);
    const score = dot(factors, item * rank, user, rank);
    if (best.admits(score) && (passes === undefined || passes(item))) best.push(item, score);
  }
  return best.drain();
}

/**
 * The best `k` of items that have a score each: the same order, scores rounded to single precision. An item whose score is NaN is never returned.
 *
 * @param scores by item
 */
export function rankScores(scores: ArrayLike<number>, k: number, { items, passes }: Pool = {}): Ranked {
  const count = items?.length ?? scores.length;
  const best = boundedBest(Math.min(k, count));
  if (best.capacity === 0) return best.drain();
  for (let n = 0; n < count; n++) {
    const item = items === undefined ? n : (items[n] as number);
    const score = Math.fround(scores[item] as number);
    if (best.admits(score) && (passes === undefined || passes(item))) best.push(item, score);
  }
  return best.drain();
}

/** The shortlist of the fast path, where the factors were `placed`. */
function nearIn(factors: Float32Array, rank: number, user: Float32Array): Near | undefined {
  const placement = placementOf(factors);
  return placement?.rank === rank ? placement.near(user) : undefined;
}

/** A shortlist of thousands of rows at a time, of which the exact scores are computed, four at a time, in double precision. */
function rankNear(
  factors: Float32Array,
  rank: number,
  user: Float32Array,
  { rows, find }: Near,
  best: BoundedBest,
  passes: Pool['passes'],
): Ranked {
  const count = factors.length / rank;
  // Small steps first: until the list is full, every row is on the shortlist.
  const first = Math.min(4 * Math.ceil(Math.max(best.capacity, LEAST_STEP) / 4), MAX_ROWS);
  for (let from = 0, step = first; from < count; from += step, step = Math.min(2 * step, MAX_ROWS)) {
    const found = find(from, Math.min(from + step, count), best.least());
    for (let n = 0; n < found; n += 4) {
      dotFour(factors, rank, user, rows, n);
      for (let m = 0; m < 4 && n + m < found; m++) {
        const item = rows[n + m] as number;
        const score = Math.fround(fourScores[m] as number);
        if (best.admits(score) && (passes === undefined || passes(item))) best.push(item, score);
      }
    }
  }
  return best.drain();
}

/** At least so many rows in the first step of the fast path. */
const LEAST_STEP = 16;

/** The result of `dotFour`. */
const fourScores = new Float64Array(4);

/** Dot products of the rows that `rows` names from `n` on, in double precision: four at once, since the sums of one wait for each other. */
function dotFour(factors: Float32Array, rank: number, user: Float32Array, rows: Uint32Array, n: number): void {
  const a = (rows[n] as number) * rank;
  const b = (rows[n + 1] as number) * rank;
  const c = (rows[n + 2] as number) * rank;
  const d = (rows[n + 3] as number) * rank;
  let [first, second, third, fourth] = [0, 0, 0, 0];
  for (let f = 0; f < rank; f++) {
    const u = user[f] as number;
    first += (factors[a + f] as number) * u;
    second += (factors[b + f] as number) * u;
    third += (factors[c + f] as number) * u;
    fourth += (factors[d + f] as number) * u;
  }
  fourScores[0] = first;
  fourScores[1] = second;
  fourScores[2] = third;
  fourScores[3] = fourth;
}

/** Dot product of one row with the user, in double precision, rounded once. */
export function dot(factors: Float32Array, offset: number, user: Float32Array, rank: number): number {
  let sum = 0;
  for (let f = 0; f < rank; f++) sum += (factors[offset + f] as number) * (user[f] as number);
  return Math.fround(sum);
}

interface BoundedBest {
  readonly capacity: number;
  /** Whether an item of this score would enter now. Never for NaN; minus infinity enters while there is room. */
  admits(score: number): boolean;
  push(item: number, score: number): void;
  /** The score that the next item must exceed; minus infinity while there is room. */
  least(): number;
  drain(): Ranked;
}

/**
 * The best `capacity` of a stream that arrives by rising item index: a binary heap with the worst entry on top. Since each new item has
 * the highest index so far, an item with the same score as the worst does not enter; no other tie-break is needed.
 */
function boundedBest(capacity: number): BoundedBest {
  const items = new Uint32Array(capacity);
  const scores = new Float32Array(capacity);
  let size = 0;

  const worse = (a: number, b: number) =>
    (scores[a] as number) < (scores[b] as number) ||
    ((scores[a] as number) === (scores[b] as number) && (items[a] as number) > (items[b] as number));

  const swap = (a: number, b: number) => {
    const item = items[a] as number;
    const score = scores[a] as number;
    items[a] = items[b] as number;
    scores[a] = scores[b] as number;
    items[b] = item;
    scores[b] = score;
  };

  const sinkRoot = (length: number) => {
    for (let parent = 0; ;) {
      let child = 2 * parent + 1;
      if (child >= length) return;
      if (child + 1 < length && worse(child + 1, child)) child++;
      if (!worse(child, parent)) return;
      swap(child, parent);
      parent = child;
    }
  };

  const rise = (from: number) => {
    for (let child = from; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!worse(child, parent)) return;
      swap(child, parent);
      child = parent;
    }
  };

  return {
    capacity,
    admits: (score) => (size < capacity ? !Number.isNaN(score) : score > (scores[0] as number)),
    least: () => (size < capacity ? -Infinity : (scores[0] as number)),
    push(item, score) {
      if (size < capacity) {
        items[size] = item;
        scores[size] = score;
        rise(size++);
      } else {
        items[0] = item;
        scores[0] = score;
        sinkRoot(size);
      }
    },
    drain() {
      // Heap sort in place: the worst goes to the end each time, which leaves the best first.
      for (let end = size - 1; end > 0; end--) {
        swap(0, end);
        sinkRoot(end);
      }
      return { items: items.subarray(0, size), scores: scores.subarray(0, size) };
    },
  };
}
