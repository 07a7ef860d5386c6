// Read once: in a realm of its own, such as that of a test, reading a global is slow, and this runs millions of times.
const { imul } = Math;

/** A seeded stream of numbers, each 0 (included) to 1 (excluded) in steps of 2^-32. It computes with integers only, so it is the same on every machine. */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return mix(state) / 2 ** 32;
  };
}

/** A well mixed 32-bit hash of a 32-bit number (the finalizer of MurmurHash3). */
function mix(value: number): number {
  let h = value;
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
