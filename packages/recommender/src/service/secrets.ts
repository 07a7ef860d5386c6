import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A SHA-256, 32 bytes. */
export type Digest = Buffer;

export function digestOf(secret: string): Digest {
  return createHash('sha256').update(secret, 'utf8').digest();
}

/** Whether a secret has one of the digests; takes the same time whichever it is, and if it is none. */
export function matches(secret: string | undefined, digests: readonly Digest[]): boolean {
  const given = digestOf(secret ?? '');
  return digests.reduce((found, digest) => timingSafeEqual(given, digest) || found, false) && secret !== undefined;
}

/** The secret that a request brings: `authorization: Bearer …` (RFC 6750), or `x-api-key`. */
export function secretIn(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  const key = headers['x-api-key'];
  return bearer ?? (typeof key === 'string' ? key : undefined);
}
