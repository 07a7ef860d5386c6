import { chiSquareAbove, chiSquareTail, noncentralTail, rootOf } from './distributions.js';

/** What a chi-square test found. */
export interface ChiSquare {
  readonly statistic: number;
  readonly degrees: number;
  /** Probability of counts that differ at least this much, if the shares are right. */
  readonly p: number;
}

/**
 * Pearson's test (1900) of how well the numbers of users in the panels fit the shares that the panels were given. Below .001 the users are not those
 * that were assigned, and no result can be trusted (Fabijan et al. 2019).
 *
 * @param shares as many as counts, in any unit, each above 0.
 */
export function sampleRatio(counts: readonly number[], shares: readonly number[]): ChiSquare {
  const [total, whole] = [sum(counts), sum(shares)];
  return chiSquareOf(
    counts,
    shares.map((share) => (total * share) / whole),
    counts.length - 1,
  );
}

/** Whether the panels were filled in the same ratio at all times. */
export interface RatioOverTime extends ChiSquare {
  /** How many groups of days were compared: days with few users are joined with the next ones. */
  readonly groups: number;
}

/**
 * Pearson's test of homogeneity over the days: the shares of the panels may be any, but must be the same each day. It finds a fault that came or went
 * on some day and that the sum hides, such as a panel that failed for a night.
 *
 * @param days users by the day of their first exposure, in the order of days, each with as many counts as there are panels. Days are joined
 * until every panel expects at least 5 users, the usual limit of the test.
 */
export function sampleRatioOverTime(days: readonly (readonly number[])[]): RatioOverTime {
  const panels = days[0]?.length ?? 0;
  const totals = Array.from({ length: panels }, (_, panel) => sum(days.map((day) => day[panel] as number)));
  const total = sum(totals);
  const needed = (5 * total) / Math.min(...totals.filter((count) => count > 0));
  const groups: number[][] = [];
  let open = new Array<number>(panels).fill(0);
  for (const day of days) {
    open = open.map((count, panel) => count + (day[panel] as number));
    if (sum(open) < needed) continue;
    groups.push(open);
    open = new Array<number>(panels).fill(0);
  }
  const last = groups.pop() ?? open.map(() => 0);
  groups.push(last.map((count, panel) => count + (open[panel] as number)));
  const filled = totals.filter((count) => count > 0).length;
  const expected = groups.flatMap((group) => totals.map((count) => (count * sum(group)) / total));
  return { groups: groups.length, ...chiSquareOf(groups.flat(), expected, (groups.length - 1) * (filled - 1)) };
}

/** A fault that loses some users of one panel. */
export interface RatioFault {
  /** Share of the panel's users that is lost: .02 is 2 %. */
  readonly lost: number;
  /** Users of all panels, before any is lost. */
  readonly users: number;
  /** As for `sampleRatio`. */
  readonly shares: readonly number[];
  /** Which panel loses them, by its place in `shares`. Default 0. */
  readonly panel?: number;
  /** The p value below which the test refuses. Default .001. */
  readonly alpha?: number;
}

/** The probability that `sampleRatio` finds such a fault: the tail of the noncentral chi-square distribution (Cohen 1988, chapter 7). */
export function sampleRatioPower({ lost, users, shares, panel = 0, alpha = 0.001 }: RatioFault): number {
  const whole = sum(shares);
  const left = shares.map((share, at) => (share / whole) * (at === panel ? 1 - lost : 1));
  const kept = sum(left);
  const distance = sum(
    left.map((share, at) => (share / kept - (shares[at] as number) / whole) ** 2 / ((shares[at] as number) / whole)),
  );
  const degrees = shares.length - 1;
  return noncentralTail(chiSquareAbove(alpha, degrees), degrees, users * kept * distance);
}

/** The smallest share of a panel's users whose loss is found with this power; 1 where even the loss of all is not. */
export function sampleRatioFaultSeen(power: number, fault: Omit<RatioFault, 'lost'>): number {
  const found = (lost: number) => sampleRatioPower({ ...fault, lost }) - power;
  return found(1) < 0 ? 1 : rootOf(found, 0, 1);
}

function chiSquareOf(counts: readonly number[], expected: readonly number[], degrees: number): ChiSquare {
  const statistic = sum(
    counts.map((count, k) => (count - (expected[k] as number)) ** 2 / ((expected[k] as number) || 1)),
  );
  return { statistic, degrees, p: chiSquareTail(statistic, degrees) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
