import { createHash } from 'node:crypto';

/** What a record may hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * A JSON value in its canonical form of RFC 8785 (JCS): keys sorted by UTF-16 code units, no white space, numbers and escapes as in
 * ECMAScript. Properties that are undefined are left out.
 *
 * @throws TypeError for what JSON cannot hold: NaN, infinities, lone surrogates, functions
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (typeof value === 'string') return canonicalString(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && isPlain(value)) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${canonicalString(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  throw new TypeError(`${describe(value)} cannot be written as JSON`);
}

/** SHA-256 in lower-case hex. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function canonicalString(text: string): string {
  if (/\p{Surrogate}/u.test(text))
    throw new TypeError(`${JSON.stringify(text)} has a lone surrogate and cannot be written as JSON`);
  return JSON.stringify(text);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null ? `an object of class ${value.constructor.name}` : String(value);
}
