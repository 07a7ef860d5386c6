/** What a chi-square test of counts against shares found. */
export interface ChiSquare {
  readonly statistic: number;
  readonly degrees: number;
  /** Probability of counts that differ at least this much, if the shares are right. */
  readonly p: number;
}

/**
 * Pearson's test (1900) of how well counts fit expected shares.
 *
 * @param shares as many as counts, in any unit, each above 0.
 */
export function chiSquareTest(counts: readonly number[], shares: readonly number[]): ChiSquare {
  const [total, whole] = [sum(counts), sum(shares)];
  const expected = shares.map((share) => (total * share) / whole);
  const statistic = sum(
    counts.map((count, k) => (count - (expected[k] as number)) ** 2 / ((expected[k] as number) || 1)),
  );
  const degrees = counts.length - 1;
  return { statistic, degrees, p: degrees < 1 ? 1 : upperTail(degrees / 2, statistic / 2) };
}

/**
 * The regularised upper incomplete gamma function Q(a, x), a half of a whole number: from Q(1/2, x) or Q(1, x) by
 * Q(a + 1, x) = Q(a, x) + x^a e^-x / gamma(a + 1).
 */
function upperTail(a: number, x: number): number {
  const isWhole = Number.isInteger(a);
  let value = isWhole ? Math.exp(-x) : complementaryError(Math.sqrt(x));
  let step = isWhole ? x * Math.exp(-x) : Math.sqrt(x) * Math.exp(-x) * (2 / Math.sqrt(Math.PI));
  for (let at = isWhole ? 1 : 0.5; at < a; at++) {
    value += step;
    step *= x / (at + 1);
  }
  return Math.min(1, value);
}

/** erfc of 0 or more: the power series of erf while it is exact, and Laplace's continued fraction from there on. */
function complementaryError(z: number): number {
  if (z < 2.5) {
    let term = z;
    let erf = z;
    for (let n = 1; Math.abs(term) > 1e-17 * erf; n++) {
      term *= (-z * z) / n;
      erf += term / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * erf;
  }
  let fraction = z;
  for (let n = 60; n > 0; n--) fraction = z + n / 2 / fraction;
  return Math.exp(-z * z) / Math.sqrt(Math.PI) / fraction;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
