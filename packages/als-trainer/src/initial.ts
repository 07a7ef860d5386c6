import { mix } from '@attractions/models';

/**
 * Number `index` of the random stream `stream`, 0 to 2^32 - 1: a hash of both, so any number can be computed without those before it.
 */
export function randomAt(stream: number, index: number): number {
  return mix(mix(stream + Math.imul(index, 0x9e3779b9)) ^ index);
}

/**
 * A nearly normal number of mean 0 and variance 1: the sum of four 16-bit uniform ones (Irwin-Hall), within ±3.5.
 * Integer arithmetic until the last step, since `Math.log` and `Math.sin` may differ between engines.
 */
export function normalAt(stream: number, index: number): number {
  const a = randomAt(stream, 2 * index);
  const b = randomAt(stream, 2 * index + 1);
  const sum = (a & 0xffff) + (a >>> 16) + (b & 0xffff) + (b >>> 16);
  return (sum - 131070) / 37837.22;
}

/** Different streams, so that user 7 and item 7 do not start with the same factors. */
const SIDE_STREAM = { users: 0x75736572, items: 0x6974656d } as const;

/** What the first factors depend on. */
export interface InitialFactors {
  readonly seed: number;
  readonly side: keyof typeof SIDE_STREAM;
  readonly rank: number;
  /** One key per row; default: the row index. */
  readonly keys?: Uint32Array | undefined;
  /** Keep factors at zero or above. */
  readonly nonNegative?: boolean;
}

/**
 * Fills rows `from` and after of `factors` (row-major) with nearly normal numbers of deviation 0.1 / sqrt(rank) (Rendle et al. 2021).
 * A row depends only on seed, side and key: not on other rows, nor on how many there are.
 */
export function fillInitial(factors: Float32Array, from: number, plan: InitialFactors): void {
  const { seed, side, rank, keys, nonNegative } = plan;
  const scale = 0.1 / Math.sqrt(rank);
  const base = mix(seed ^ SIDE_STREAM[side]);
  for (let row = from, at = from * rank; at < factors.length; row++) {
    const stream = mix(base ^ mix(keys ? (keys[row] as number) : row));
    for (let f = 0; f < rank; f++, at++) {
      const value = normalAt(stream, f) * scale;
      factors[at] = nonNegative ? Math.abs(value) : value;
    }
  }
}
