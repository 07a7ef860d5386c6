const ln2 = 0.6931471805599453;

/** Natural logarithm of a finite number above 0, to about 1e-15. */
export function log(value: number): number {
  let exponent = 0;
  let mantissa = value;
  for (; mantissa >= 1.4142135623730951; mantissa /= 2) exponent++;
  for (; mantissa < 0.7071067811865476; mantissa *= 2) exponent--;
  // ln m = 2 atanh((m - 1) / (m + 1)); the ratio is below 0.172, so twelve terms reach the last bit.
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let sum = 0;
  for (let k = 25; k >= 1; k -= 2) sum = sum * square + 1 / k;
  return 2 * ratio * sum + exponent * ln2;
}

/** e to the power `value`, to about 1e-15 relative for the range that histories reach. */
function exp(value: number): number {
  const doublings = Math.round(value / ln2);
  const rest = value - doublings * ln2;
  let sum = 1;
  for (let k = 20; k >= 1; k--) sum = 1 + (sum * rest) / k;
  let scaled = sum;
  for (let k = 0; k < doublings; k++) scaled *= 2;
  for (let k = 0; k > doublings; k--) scaled /= 2;
  return scaled;
}

/** 2 to the power `-halvings`, for 0 or more halvings. */
export const halved = (halvings: number): number => exp(-ln2 * halvings);

/**
 * `base` to the power `exponent`, for a base of 0 or more and an exponent of 0 to 1; 0 to the power 0 is 1.
 *
 * Built from + - * / alone: engines may differ in the last bits of `Math.pow`, and those bits would reach the factors.
 */
export function power(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  if (exponent === 1 || base === 0) return base;
  return exp(exponent * log(base));
}
