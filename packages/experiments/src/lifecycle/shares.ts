import { ExperimentsError } from '../errors.js';
import { BUCKETS, shown } from '../experiment.js';

/** A range of buckets, `[from, to)`. */
export type Range = readonly [from: number, to: number];

/**
 * The number of buckets that a share in percent has; 0.01 is one.
 *
 * @param what names the share in a message: `the share of panel 'als'`
 * @throws ExperimentsError EXPERIMENTS_SHARES_INVALID unless it is above 0, at most 100, with at most two decimals
 */
export function bucketCount(percent: number, what: string): number {
  const count = Math.round((percent * BUCKETS) / 100);
  if (count >= 1 && count <= BUCKETS && Math.abs(count - (percent * BUCKETS) / 100) < 1e-6) return count;
  throw new ExperimentsError(
    'EXPERIMENTS_SHARES_INVALID',
    `${what} is ${shown(percent)} %; give a number above 0 and at most 100, with at most two decimals.`,
  );
}

/** The share in percent that some ranges have. */
export function shareOf(ranges: readonly Range[]): number {
  return (countIn(ranges) * 100) / BUCKETS;
}

/** A panel with its ranges before, and the number of buckets it is to have. */
export interface Resized {
  readonly before: readonly Range[];
  readonly count: number;
}

/**
 * New ranges for panels, in their order, so that as few users as possible change their panel: a panel that narrows keeps the first of its
 * buckets, one that widens keeps all and gets free ones, first those that no panel had before.
 *
 * @param panels with at most 10,000 buckets together
 */
export function resized(panels: readonly Resized[]): Range[][] {
  const kept = panels.map(({ before, count }) => firstOf(before, count));
  const unowned = complement(panels.flatMap(({ before }) => before));
  const released = complement([...unowned, ...kept.flat()]);
  let free: readonly Range[] = [...unowned, ...released];
  return panels.map(({ count }, n) => {
    const own = kept[n] as Range[];
    const added = firstOf(free, count - countIn(own));
    free = withoutFirst(free, countIn(added));
    return merged([...own, ...added]);
  });
}

/** The ranges between some ranges, in order. */
export function complement(ranges: readonly Range[]): Range[] {
  const gaps: Range[] = [];
  let end = 0;
  for (const [from, to] of merged(ranges)) {
    if (from > end) gaps.push([end, from]);
    end = to;
  }
  return end < BUCKETS ? [...gaps, [end, BUCKETS]] : gaps;
}

/** Whether two ranges share a bucket. */
export function overlaps(a: Range, b: Range): boolean {
  return a[0] < b[1] && b[0] < a[1];
}

/** How many buckets there are in some ranges. */
export function countIn(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from, 0);
}

function firstOf(ranges: readonly Range[], count: number): Range[] {
  let left = count;
  return ranges.flatMap(([from, to]): Range[] => {
    const taken = Math.min(to - from, Math.max(left, 0));
    left -= taken;
    return taken > 0 ? [[from, from + taken]] : [];
  });
}

function withoutFirst(ranges: readonly Range[], count: number): Range[] {
  let left = count;
  return ranges.flatMap(([from, to]): Range[] => {
    const taken = Math.min(to - from, left);
    left -= taken;
    return from + taken < to ? [[from + taken, to]] : [];
  });
}

function merged(ranges: readonly Range[]): Range[] {
  const joined: Range[] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1]) joined[joined.length - 1] = [last[0], Math.max(last[1], to)];
    else joined.push([from, to]);
  }
  return joined;
}
