/** Who may use the service: its keys and access settings, each parsed from the text of its environment variable. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { ServiceError } from '../errors.js';

/** What a key gives access to: `read` to lists and the catalogue, `events` to sending events, `history` to what is known of one user, `admin` to the administration. */
const SCOPES = ['read', 'events', 'history', 'admin'] as const;

export type Scope = (typeof SCOPES)[number];

/** A key as the service stores it. */
export interface ApiKey {
  /** SHA-256 of the key, 32 bytes. */
  readonly digest: Buffer;
  readonly scopes: ReadonlySet<Scope>;
}

/** The key of a secret. */
export function keyOf(secret: string, ...scopes: readonly Scope[]): ApiKey {
  return { digest: digestOf(secret), scopes: new Set(scopes) };
}

/**
 * Parses `API_KEY_HASHES`, a list separated by commas: `<sha256 in hex>` has the scope `read`, `<sha256 in hex>:read+history` has the scopes that it names. A
 * setting without a key is refused, because the service would be open to everybody.
 * @param variable where the text is from, for messages
 * @throws ServiceError SERVICE_SETTING_INVALID
 */
export function keysIn(list: string | undefined, variable = 'API_KEY_HASHES'): readonly ApiKey[] {
  return list === undefined ? [] : list.split(',').map((part) => keyIn(part.trim(), variable));
}

function keyIn(part: string, variable: string): ApiKey {
  const [hash = '', words = 'read', ...more] = part.split(':');
  if (!/^[0-9a-f]{64}$/i.test(hash) || more.length > 0)
    throw invalid(variable, 'a hash that is not a SHA-256 in hex; make each with: printf %s KEY | sha256sum');
  const scopes = words.split('+').map((word) => {
    const scope = SCOPES.find((known) => known === word.trim());
    if (scope === undefined) throw invalid(variable, `the scope '${word}'; give some of ${SCOPES.join('+')}`);
    return scope;
  });
  return { digest: Buffer.from(hash, 'hex'), scopes: new Set(scopes) };
}

/** The key that a request sends, as `authorization: Bearer …` (RFC 6750) or `x-api-key`; undefined where it sends no known key. */
export function keyFor(headers: IncomingHttpHeaders, keys: readonly ApiKey[]): ApiKey | undefined {
  const secret = secretIn(headers);
  if (secret === undefined) return undefined;
  const given = digestOf(secret);
  // Compares with every key, so that the time taken does not show which one it is.
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

/** Groups of paths that `OPEN_PATHS` can open to everybody: the demo page, the API description, the metrics. */
export const PATH_GROUPS = ['page', 'docs', 'metrics'] as const;

/**
 * Who may see each group of paths. Groups that `OPEN_PATHS` names are public. The others need a key with the scope `read`, and do not exist where no key has
 * that scope.
 * @throws ServiceError SERVICE_SETTING_INVALID
 */
export function visibilityOf(
  list: string,
  keys: readonly ApiKey[],
): Readonly<Partial<Record<PathGroup, Scope | 'public'>>> {
  const open = list === 'none' ? [] : list.split(',').map((word) => word.trim());
  const unknown = open.find((word) => !PATH_GROUPS.some((group) => group === word));
  if (unknown !== undefined)
    throw invalid('OPEN_PATHS', `'${unknown}'; give some of ${PATH_GROUPS.join(',')}, or none`);
  const closed = keys.some(({ scopes }) => scopes.has('read')) ? ('read' as const) : undefined;
  return Object.fromEntries(
    PATH_GROUPS.flatMap((group) => {
      const scope = open.includes(group) ? ('public' as const) : closed;
      return scope === undefined ? [] : [[group, scope]];
    }),
  );
}

export type PathGroup = (typeof PATH_GROUPS)[number];

/**
 * Parses `CORS_ORIGINS`: origins such as `https://park.example`, separated by commas, or `*`.
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

/** Addresses and networks; or a test of an address and its distance in hops, where 0 is the nearest. */
export type TrustedProxies = string[] | ((address: string, hop: number) => boolean) | false;

/**
 * Parses `TRUST_PROXY`: the number of proxies in front of the service, or their addresses and networks, separated by commas. The address of a client
 * is then taken from `x-forwarded-for`.
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

/** What is wrong with a text that `read` throws on, for the check of a setting; undefined where it is valid. */
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
