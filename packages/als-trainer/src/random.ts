import { mix } from '@attractions/models';

/**
 * Number `index` of the random stream `stream`, 0 to 2^32 - 1: a hash of both, so that any number is had without those before it.
 */
export function randomAt(stream: number, index: number): number {
  return mix(mix(stream + Math.imul(index, 0x9e3779b9)) ^ index);
}

/**
 * A nearly normal number of mean 0 and variance 1: the sum of four 16-bit uniform ones (Irwin-Hall), within ±3.5.
 * Exact integer arithmetic until the last step; `Math.log` and `Math.sin` may differ between engines, this cannot.
 */
export function normalAt(stream: number, index: number): number {
  const a = randomAt(stream, 2 * index);
  const b = randomAt(stream, 2 * index + 1);
  const sum = (a & 0xffff) + (a >>> 16) + (b & 0xffff) + (b >>> 16);
  return (sum - 131070) / 37837.22;
}
