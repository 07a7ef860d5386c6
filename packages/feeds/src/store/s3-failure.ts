import { FeedsError } from '../errors.js';
import type { FeedsErrorCode } from '../errors.js';

/** How patient the store is with a server. */
export interface S3Patience {
  /** How long a connection may be silent before a request counts as lost. */
  readonly timeoutMs: number;
  /** Longest wait before the first retry; it doubles with each. */
  readonly delayMs: number;
}

export const PATIENCE: S3Patience = { timeoutMs: 30_000, delayMs: 100 };

/** Attempts at a request before it fails for good. */
export const MAX_ATTEMPTS = 6;

/** The outcome of a request to an S3 server: its answer, or the lack of one. */
export interface S3Answer {
  /** The server's code, such as `NoSuchKey`, or the system's, such as `ECONNRESET`. */
  readonly name: string;
  /** HTTP status; undefined if no answer came. */
  readonly status: number | undefined;
}

/** The answer in an error of the SDK. */
export function answerOf(cause: unknown): S3Answer {
  if (typeof cause !== 'object' || cause === null) return { name: String(cause), status: undefined };
  const { name, code, $metadata } = cause as {
    name?: unknown;
    code?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  const word = status === undefined && typeof code === 'string' ? code : name;
  return { name: typeof word === 'string' ? word : 'Error', status };
}

/** There is no object at the key. A missing bucket does not count: that is a wrong configuration. */
export function isAbsent({ name, status }: S3Answer): boolean {
  return status === 404 && name !== 'NoSuchBucket';
}

/** There is an object at the key of a conditional PUT. */
export function isTaken({ status }: S3Answer): boolean {
  return status === 412;
}

/**
 * The request may succeed if it is tried again: no answer came, the server failed or is busy, or another conditional PUT of the same key
 * was in progress (409). It is not known whether the request was carried out.
 */
export function isPassing({ name, status }: S3Answer): boolean {
  if (LASTING.has(name)) return false;
  if (status === undefined || status === 409 || status === 429) return true;
  return (status >= 500 && status !== 501 && status !== 507) || PASSING.has(name);
}

/** Codes of failures without an answer that will not pass. */
const LASTING = new Set(['CredentialsProviderError', 'TypeError', 'ENOTFOUND', 'ECONNREFUSED']);
const PASSING = new Set(['RequestTimeout', 'RequestTimeTooSkewed', 'TimeoutError']);

type Meaning = readonly [code: FeedsErrorCode, fix: string];

const MEANINGS: Readonly<Record<string, Meaning>> = {
  NoSuchBucket: ['FEEDS_STORE_FAILED', 'Create the bucket first, or correct the root.'],
  CredentialsProviderError: ['FEEDS_STORE_DENIED', 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.'],
  ENOTFOUND: ['FEEDS_STORE_FAILED', 'Correct AWS_ENDPOINT_URL_S3, or give the root ?path-style=true.'],
  ECONNREFUSED: ['FEEDS_STORE_FAILED', 'No server listens there; start it, or correct AWS_ENDPOINT_URL_S3.'],
  QuotaExceeded: ['FEEDS_STORE_FULL', 'Raise the quota and put again; nothing was committed.'],
};

/** The error for a request that failed for good: a sentence with the path, and the fix. */
export function s3Failure(action: string, path: string, cause: unknown): FeedsError {
  if (cause instanceof FeedsError) return cause;
  const answer = answerOf(cause);
  const [code, fix] = MEANINGS[answer.name] ?? meaningOf(answer, cause);
  const said = [answer.status, answer.name].filter((part) => part !== undefined).join(' ');
  return new FeedsError(code, `Cannot ${action} ${path} (${said}). ${fix}`, { cause });
}

function meaningOf({ status }: S3Answer, cause: unknown): Meaning {
  if (status === 401 || status === 403) return ['FEEDS_STORE_DENIED', 'Give these credentials the permission.'];
  if (status === 507) return ['FEEDS_STORE_FULL', 'Free some space and put again; nothing was committed.'];
  if (status === 501) return ['FEEDS_STORE_UNFIT', 'The server does not support If-None-Match; use one that does.'];
  if (String(cause).includes('Region is missing')) return ['FEEDS_STORE_FAILED', 'Set AWS_REGION.'];
  return ['FEEDS_STORE_FAILED', 'See the cause attached.'];
}
