import { hash } from 'node:crypto';

/** How many buckets users are spread over; one is 0.01 %. */
export const BUCKETS = 10_000;

/**
 * The bucket of a user under a salt: `floor(h * 10000 / 2^32)`, h the first 32 bits, big-endian, of SHA-256 of `v1|salt|userId` in UTF-8.
 * Exact in doubles, so SQL and Python give the same from the same text (the README has both). A lone surrogate in an id hashes as
 * U+FFFD, since UTF-8 has no other word for it.
 *
 * @returns 0 to 9999
 */
export function bucketOf(salt: string, userId: string): number {
  const h = hash('sha256', `v1|${salt}|${userId}`, 'buffer').readUInt32BE(0);
  return Math.floor((h * BUCKETS) / 2 ** 32);
}
