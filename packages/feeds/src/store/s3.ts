import { setTimeout as delay } from 'node:timers/promises';

import type * as s3 from '@aws-sdk/client-s3';

import { FeedsError } from '../errors.js';
import type { BlobStore } from './blob-store.js';
import { unanswered } from './failure.js';
import { answerOf, isAbsent, isPassing, isTaken, s3Failure } from './s3-failure.js';

/** How patient the store is with a server. */
export interface S3Patience {
  /** Longest silence of a connection before a request counts as lost. */
  readonly timeoutMs: number;
  /** Longest wait before the first request that is tried again; it doubles with each. */
  readonly delayMs: number;
}

const PATIENCE: S3Patience = { timeoutMs: 30_000, delayMs: 100 };

/** A request that fails this often in a row fails. */
const MAX_ATTEMPTS = 6;

/**
 * Feeds in a bucket. Put-if-absent is one single-part PUT with `If-None-Match: *`. Where its answer was lost (time-out, reset,
 * 5xx) the object that is there decides: it is ours if it has our bytes, since a record holds a UUID of its attempt.
 * Nothing is connected, and no package loaded, before the first call.
 */
export function s3Store(root: string, patience: S3Patience = PATIENCE): BlobStore {
  const location = s3Location(root);
  const { bucket: Bucket, prefix } = location;
  const shown = `s3://${Bucket}/${prefix}`.replace(/\/$/, '');
  let connection: Promise<S3Sdk> | undefined;

  const target = (path: string) => ({ Bucket, Key: `${prefix}${path}` });
  const backOff = (attempt: number) => delay(Math.random() * patience.delayMs * 2 ** attempt);

  /** Runs `request` until it is answered, which may carry it out more than once. */
  async function attempt<R>(deed: string, path: string, request: (s3: S3Sdk) => Promise<R>): Promise<R> {
    const where = `${shown}/${path}`;
    for (let tried = 1; ; tried++) {
      try {
        return await request(await (connection ??= connectS3(location, patience.timeoutMs)));
      } catch (cause) {
        if (cause instanceof FeedsError || tried === MAX_ATTEMPTS || !isPassing(answerOf(cause))) {
          throw s3Failure(deed, where, cause);
        }
        await backOff(tried);
      }
    }
  }

  async function read(path: string): Promise<Uint8Array | undefined> {
    return attempt('read', path, ({ sdk, client }) =>
      unlessAbsent(async () => {
        const { Body } = await client.send(new sdk.GetObjectCommand(target(path)));
        return Body?.transformToByteArray();
      }),
    );
  }

  async function putIfAbsent(path: string, bytes: Uint8Array): Promise<boolean> {
    /** Whether a PUT whose answer was lost may have been carried out: then a 412 may tell of our own success. */
    let lost = false;
    const put = attempt('write', path, async ({ sdk, client }) => {
      try {
        await client.send(new sdk.PutObjectCommand({ ...target(path), Body: bytes, IfNoneMatch: '*' }));
        return true;
      } catch (cause) {
        const answer = answerOf(cause);
        if (isTaken(answer) && !lost) return false;
        if (!isTaken(answer) && !isPassing(answer)) throw cause;
        lost ||= answer.status !== 409;
        const there = await read(path);
        if (there === undefined) throw cause;
        return Buffer.compare(there, bytes) === 0;
      }
    });
    return put.catch((cause: unknown) => {
      throw lost ? unanswered(`${shown}/${path}`, cause) : cause;
    });
  }

  return {
    root: shown,
    read,
    putIfAbsent,
    stat: (path) =>
      attempt('read', path, ({ sdk, client }) =>
        unlessAbsent(async () => {
          const found = await client.send(new sdk.HeadObjectCommand(target(path)));
          return { bytes: found.ContentLength ?? 0, modifiedMs: found.LastModified?.getTime() ?? 0 };
        }),
      ),
    write: async (path, bytes) => {
      if (await putIfAbsent(path, bytes)) return;
      const problem = `Cannot write ${shown}/${path}: it is there already; move it away.`;
      throw new FeedsError('FEEDS_STORE_FAILED', problem);
    },
    overwrite: (path, bytes) =>
      attempt('write', path, async ({ sdk, client }) => {
        await client.send(new sdk.PutObjectCommand({ ...target(path), Body: bytes }));
      }),
    remove: (path) =>
      attempt('remove', path, async ({ sdk, client }) => {
        await client.send(new sdk.DeleteObjectCommand(target(path)));
      }),
    children: (folder) =>
      attempt('list', folder, async ({ sdk, client }) => {
        const Prefix = folder === '' ? prefix : `${prefix}${folder}/`;
        const names: string[] = [];
        for (let page: string | undefined; ;) {
          const request = { Bucket, Prefix, Delimiter: '/', ...(page !== undefined && { ContinuationToken: page }) };
          const found = await client.send(new sdk.ListObjectsV2Command(request));
          for (const { Key = '' } of found.Contents ?? []) names.push(Key.slice(Prefix.length));
          for (const { Prefix: below = '' } of found.CommonPrefixes ?? []) names.push(below.slice(Prefix.length));
          page = found.NextContinuationToken;
          if (!found.IsTruncated || page === undefined) return names.filter((name) => name !== '').sort();
        }
      }),
  };
}

async function unlessAbsent<R>(find: () => Promise<R>): Promise<R | undefined> {
  try {
    return await find();
  } catch (cause) {
    if (isAbsent(answerOf(cause))) return undefined;
    throw cause;
  }
}

/** Where in S3 feeds lie. */
export interface S3Location {
  readonly bucket: string;
  /** Begins every key: empty, or with a `/` at its end. */
  readonly prefix: string;
  /** Whether the bucket stands in the path of a request, as most servers other than Amazon's want it, and not in the host. */
  readonly pathStyle: boolean;
}

/**
 * The location of a root such as `s3://bucket/prefix` or `s3://bucket/prefix?path-style=true`. Throws FEEDS_ROOT_INVALID with
 * what is wrong with it.
 */
export function s3Location(root: string): S3Location {
  const invalid = (problem: string) =>
    new FeedsError('FEEDS_ROOT_INVALID', `${JSON.stringify(root)} ${problem}; give s3://bucket/prefix.`);
  const [, bucket = '', path = '', query = ''] = /^s3:\/\/([^/?]*)\/?([^?]*)\??(.*)$/i.exec(root) ?? [];
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) throw invalid(`names the bucket ${JSON.stringify(bucket)}`);
  const parts = path.split('/').filter((part) => part !== '');
  const bad = parts.find((part) => !/^[\w.-]+$/.test(part) || /^\.+$/.test(part));
  if (bad !== undefined)
    throw invalid(`has ${JSON.stringify(bad)} in its prefix, of which not every tool finds the key`);
  const [[name, value] = ['path-style', 'false'], ...more] = new URLSearchParams(query);
  if (name !== 'path-style' || !/^(true|false)$/.test(value) || more.length > 0) {
    throw invalid(`has the option ${query}, where only path-style=true or false may stand`);
  }
  return { bucket, prefix: parts.map((part) => `${part}/`).join(''), pathStyle: value === 'true' };
}

/** The SDK with a client of its own. */
export interface S3Sdk {
  readonly sdk: typeof s3;
  readonly client: s3.S3Client;
}

/**
 * Loads the SDK, which only those who keep feeds in S3 need to install, and makes a client. Credentials, region and endpoint are
 * those that the SDK finds by itself: `AWS_ACCESS_KEY_ID`, `AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL_S3` and the rest.
 * It tries nothing twice: only the store knows what an answer that was lost means.
 *
 * @throws FEEDS_STORE_MODULE_MISSING where the SDK is not installed
 */
export async function connectS3({ pathStyle }: S3Location, timeoutMs: number): Promise<S3Sdk> {
  const sdk = await import('@aws-sdk/client-s3').catch((cause: unknown) => {
    const mend = 'install it beside @attractions/feeds: npm install @aws-sdk/client-s3';
    throw new FeedsError('FEEDS_STORE_MODULE_MISSING', `Feeds in S3 need @aws-sdk/client-s3; ${mend}.`, { cause });
  });
  const config: s3.S3ClientConfig = {
    maxAttempts: 1,
    forcePathStyle: pathStyle,
    // Records hold a SHA-256 of every byte, and not every server knows the checksums of newer clients.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: timeoutMs, socketTimeout: timeoutMs },
  };
  return { sdk, client: new sdk.S3Client(config) };
}
