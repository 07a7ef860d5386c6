/**
 * A seeded source of chance: the same seed gives the same draws on every machine. It uses integer and basic float
 * arithmetic only; `Math.log` and its like may differ in the last bit between engines.
 * The generator is mulberry32 (Tommy Ettinger, public domain).
 *
 * @param {number} seed a 32-bit integer
 */
export function seededRandom(seed) {
  let state = seed | 0;

  /** A float from 0 to below 1. */
  function next() {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from `min` to `max`, both inclusive. */
  const between = (min, max) => min + Math.floor(next() * (max - min + 1));

  /** How often in a row a coin that lands well with probability `again` does so, at most `max` times. */
  function streak(again, max) {
    let count = 0;
    while (count < max && next() < again) count++;
    return count;
  }

  /** An index of `weights`, with a chance proportional to its weight. */
  function weighted(weights) {
    let rest = next() * weights.reduce((sum, weight) => sum + weight, 0);
    for (let index = 0; index < weights.length; index++) {
      rest -= weights[index];
      if (rest < 0) return index;
    }
    return weights.length - 1;
  }

  /** A shuffled copy (Fisher-Yates). */
  function shuffled(items) {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last--) {
      const other = between(0, last);
      [result[last], result[other]] = [result[other], result[last]];
    }
    return result;
  }

  return { next, between, streak, weighted, shuffled, pick: (items) => items[between(0, items.length - 1)] };
}
