/** Who may reach the service: the keys, and the settings that say so, each read from the text that an operator writes. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { ServiceError } from './errors.js';

/** What a key may open: lists and the catalogue, what is known of one user, or the administration. */
export const SCOPES = ['read', 'history', 'admin'] as const;

export type Scope = (typeof SCOPES)[number];

/** A key as the service knows it. */
export interface ApiKey {
  /** SHA-256 of the key, 32 bytes. */
  readonly digest: Buffer;
  readonly scopes: ReadonlySet<Scope>;
}

/** A key made of a secret. */
export function keyOf(secret: string, ...scopes: readonly Scope[]): ApiKey {
  return { digest: digestOf(secret), scopes: new Set(scopes) };
}

/**
 * Reads the setting `API_KEY_HASHES`: `<sha256 in hex>` opens what is read, `<sha256 in hex>:read+history` what it names; commas between. A setting
 * that is there but names no key is refused: its service would be open to everybody.
 * @throws ServiceError SERVICE_SETTING_INVALID
 */
export function keysIn(list: string | undefined): readonly ApiKey[] {
  return list === undefined ? [] : list.split(',').map((part) => keyIn(part.trim()));
}

function keyIn(part: string): ApiKey {
  const [hash = '', words = 'read', ...more] = part.split(':');
  if (!/^[0-9a-f]{64}$/i.test(hash) || more.length > 0)
    throw invalid('API_KEY_HASHES', 'a hash that is not a SHA-256 in hex; make each with: printf %s KEY | sha256sum');
  const scopes = words.split('+').map((word) => {
    const scope = SCOPES.find((known) => known === word.trim());
    if (scope === undefined) throw invalid('API_KEY_HASHES', `the scope '${word}'; give some of ${SCOPES.join('+')}`);
    return scope;
  });
  return { digest: Buffer.from(hash, 'hex'), scopes: new Set(scopes) };
}

/** The key that a request brings, as `authorization: Bearer …` (RFC 6750) or `x-api-key`; undefined where it brings none of these. */
export function keyFor(headers: IncomingHttpHeaders, keys: readonly ApiKey[]): ApiKey | undefined {
  const secret = secretIn(headers);
  if (secret === undefined) return undefined;
  const given = digestOf(secret);
  // Looks at every key, so that the time taken does not tell which one it is.
  return keys.reduce<ApiKey | undefined>((found, key) => (timingSafeEqual(given, key.digest) ? key : found), undefined);
}

function secretIn(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  const key = headers['x-api-key'];
  return bearer ?? (typeof key === 'string' ? key : undefined);
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

/** What may be closed by a setting: the page for people, the description of the interface, the metrics. */
export const FACES = ['page', 'docs', 'metrics'] as const;

/**
 * Who may see each face. Those that `OPEN_PATHS` names are open to everybody; the others ask for a key that may read, and are not there where no
 * key may.
 * @throws ServiceError SERVICE_SETTING_INVALID
 */
export function facesIn(list: string, keys: readonly ApiKey[]): Readonly<Partial<Record<Face, Scope | 'public'>>> {
  const open = list === 'none' ? [] : list.split(',').map((word) => word.trim());
  const unknown = open.find((word) => !FACES.some((face) => face === word));
  if (unknown !== undefined) throw invalid('OPEN_PATHS', `'${unknown}'; give some of ${FACES.join(',')}, or none`);
  const closed = keys.some(({ scopes }) => scopes.has('read')) ? ('read' as const) : undefined;
  return Object.fromEntries(
    FACES.flatMap((face) => {
      const scope = open.includes(face) ? ('public' as const) : closed;
      return scope === undefined ? [] : [[face, scope]];
    }),
  );
}

export type Face = (typeof FACES)[number];

/**
 * Reads `CORS_ORIGINS`: origins such as `https://park.example`, commas between, or `*`.
 * @throws ServiceError SERVICE_SETTING_INVALID
 */
export function originsIn(list: string | undefined): readonly string[] {
  const origins = (list ?? '').split(',').map((origin) => origin.trim());
  return origins
    .filter((origin) => origin !== '')
    .map((origin) => {
      if (origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin)) return origin;
      throw invalid('CORS_ORIGINS', `'${origin}'; give origins without a path, such as https://park.example, or *`);
    });
}

/** Addresses and networks, or a test of an address and how many hops away it is, 0 the nearest. */
export type TrustedProxies = string[] | ((address: string, hop: number) => boolean) | false;

/**
 * Reads `TRUST_PROXY`: how many proxies stand before the service, or their addresses and networks, commas between. The address of an asker is
 * then taken from `x-forwarded-for`.
 * @throws ServiceError SERVICE_SETTING_INVALID
 */
export function proxiesIn(text: string | undefined): TrustedProxies {
  if (text === undefined) return false;
  if (/^[1-9]\d?$/.test(text)) return (_address, hop) => hop < Number(text);
  return text.split(',').map((part) => {
    const [address = '', bits, ...more] = part.trim().split('/');
    const most = isIP(address) === 6 ? 128 : 32;
    const isNetwork = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most);
    if (NAMED_NETWORKS.includes(part.trim()) || (isIP(address) !== 0 && isNetwork && more.length === 0))
      return part.trim();
    throw invalid(
      'TRUST_PROXY',
      `'${part.trim()}'; give the number of proxies, or addresses and networks such as 10.0.0.0/8, or some of ${NAMED_NETWORKS.join(',')}`,
    );
  });
}

const NAMED_NETWORKS = ['loopback', 'linklocal', 'uniquelocal'];

/** What is wrong with a text that `read` refuses, for a setting's check; undefined where it is taken. */
export function faultOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^[A-Z_]+ holds |\.$/g, '') : String(error);
  }
}

function invalid(variable: string, fault: string): ServiceError {
  return new ServiceError('SERVICE_SETTING_INVALID', `${variable} holds ${fault}.`);
}
