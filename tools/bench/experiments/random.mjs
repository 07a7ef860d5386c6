/** Seeded random numbers: sfc32 (Doty-Humphrey), which passes PractRand, and the distributions that users are drawn from. */
export function randomFrom(seed) {
  let [a, b, c, counter] = [0, seed | 0, 0x9e3779b9, 1];
  function uniform() {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 2 ** 32;
  }
  for (let turn = 0; turn < 20; turn++) uniform();

  /** Box and Muller, two at a time. */
  let spare;
  function normal() {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Knuth's product, for small means. */
  function poisson(mean) {
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = uniform(); product > limit; product *= uniform()) count++;
    return count;
  }

  function binomial(trials, share) {
    let count = 0;
    for (let trial = 0; trial < trials; trial++) count += uniform() < share ? 1 : 0;
    return count;
  }

  return { uniform, normal, poisson, binomial };
}
