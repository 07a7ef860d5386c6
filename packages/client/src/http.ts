import { ClientError } from './errors.js';

/** Where and how requests go. */
export interface Connection {
  /** Of the service, without `/v1`: `https://parks.example`, or in a page `''` for its own origin. */
  readonly url: string;
  /** Sent as `authorization: Bearer KEY`. */
  readonly key?: string;
  /** Sends requests to `/v1/t/TENANT/…`. */
  readonly tenant?: string;
  /** Longest time of one try. Default: 5,000. */
  readonly timeoutMs?: number;
  /** Most tries after the first one. Default: 2. */
  readonly retries?: number;
}

/** One request. The service changes nothing for it that counts twice, so it may be sent again. */
interface Call {
  readonly method: 'GET' | 'POST';
  /** Below `/v1`, such as `parks`. */
  readonly path: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** The same on every try. */
  readonly requestId: string;
}

/** Requests to one service. */
export interface Http {
  /** Gives the JSON of an answer 2xx. @throws ClientError; the reason of `signal` once that is aborted */
  send(call: Call): Promise<unknown>;
  /** Sends a body that must leave though the page may be gone before the answer; false: the browser does not take it. */
  sendAway(path: string, body: unknown): boolean;
}

/** The wait before the first retry is at most this; before each further one, at most twice the one before. */
const FIRST_WAIT_MS = 200;
const MAX_WAIT_MS = 10_000;

/** A service that asks for more patience than this gets the error at once. */
const MAX_RETRY_AFTER_MS = 30_000;

/** @throws ClientError CLIENT_OPTION_INVALID */
export function httpOf({ url, key, tenant, timeoutMs = 5_000, retries = 2 }: Connection): Http {
  const base = `${originOf(url)}/v1/${tenant === undefined ? '' : `t/${encodeURIComponent(tenant)}/`}`;
  if (!(timeoutMs > 0)) throw invalid('timeoutMs', timeoutMs, 'give milliseconds above 0');
  if (!(Number.isInteger(retries) && retries >= 0)) throw invalid('retries', retries, 'give a whole number from 0');
  const authorization: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };

  return {
    async send(call) {
      for (let failures = 1; ; failures++) {
        call.signal?.throwIfAborted();
        try {
          return await once(base, authorization, timeoutMs, call);
        } catch (error) {
          call.signal?.throwIfAborted();
          if (failures > retries || !isTransient(error) || (error.retryAfterMs ?? 0) > MAX_RETRY_AFTER_MS) throw error;
          await pause(waitMs(failures, error.retryAfterMs), call.signal);
        }
      }
    },
    sendAway(path, body) {
      const text = JSON.stringify(body);
      const type = 'application/json';
      // A beacon can carry no key, and other origins would have to allow credentials.
      if (key === undefined && new URL(base, location.href).origin === location.origin)
        return navigator.sendBeacon(base + path, new Blob([text], { type }));
      const headers = { 'content-type': type, ...authorization };
      fetch(base + path, { method: 'POST', headers, body: text, keepalive: true }).catch(() => undefined);
      return true;
    },
  };
}

/** Whether the same request may succeed later. */
function isTransient(error: unknown): error is ClientError {
  if (!(error instanceof ClientError)) return false;
  const { code, status } = error;
  return (
    code === 'CLIENT_UNREACHABLE' || code === 'CLIENT_TIMED_OUT' || [408, 429, 502, 503, 504].includes(status ?? 0)
  );
}

/**
 * The wait after a number of failures: full jitter, evenly from 0 to a bound that doubles, so that clients that failed together do not come back together. It
 * begins when the service asks for (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 */
export function waitMs(failures: number, retryAfterMs = 0, firstMs = FIRST_WAIT_MS, maxMs = MAX_WAIT_MS): number {
  return retryAfterMs + Math.random() * Math.min(maxMs, firstMs * 2 ** (failures - 1));
}

/** An id that no other client makes: `crypto.randomUUID` is missing in pages that came without TLS. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function once(
  base: string,
  authorization: Readonly<Record<string, string>>,
  timeoutMs: number,
  { method, path, body, signal, requestId }: Call,
): Promise<unknown> {
  const ended = new AbortController();
  const end = () => ended.abort();
  const timer = setTimeout(end, timeoutMs);
  signal?.addEventListener('abort', end);
  const place = `${method} ${base}${path.split('?', 1)[0]}`;
  try {
    const answer = await fetch(base + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...authorization,
        'x-request-id': requestId,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: ended.signal,
    });
    return read(place, answer, await answer.text(), requestId);
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    if (ended.signal.aborted)
      throw new ClientError('CLIENT_TIMED_OUT', `${place} took longer than ${timeoutMs} ms.`, { cause, requestId });
    const text = `${place} got no answer; look whether the service runs there and, in a page, whether its CORS_ORIGINS name this one.`;
    throw new ClientError('CLIENT_UNREACHABLE', text, { cause, requestId });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}

function read(place: string, { ok, status, headers }: Response, text: string, requestId: string): unknown {
  const document = parsed(text);
  if (ok && document !== undefined) return document;
  const { code, detail } = (document ?? {}) as { readonly code?: unknown; readonly detail?: unknown };
  const retryAfterMs = retryAfterOf(headers.get('retry-after'));
  const more = { status, requestId, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  if (typeof code === 'string' && typeof detail === 'string') throw new ClientError(code, detail, more);
  const sentence = `${place} was answered ${status} with ${JSON.stringify(text.slice(0, 80))}, which is not of the service; look at the address and at proxies.`;
  throw new ClientError('CLIENT_ANSWER_INVALID', sentence, more);
}

/** The object in a text; undefined where there is none. */
function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfterOf(value: string | null): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** The address without a slash at its end; in a page it may be relative. */
function originOf(url: string): string {
  const here = globalThis.location?.href;
  if (!URL.canParse(url, here) || !/^https?:$/.test(new URL(url, here).protocol))
    throw invalid('url', url, 'give the address of the service, such as https://parks.example');
  return url.replace(/\/+$/, '');
}

function invalid(name: string, value: unknown, fix: string): ClientError {
  return new ClientError('CLIENT_OPTION_INVALID', `'${name}' is ${JSON.stringify(value)}; ${fix}.`);
}
