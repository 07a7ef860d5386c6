import { setTimeout as delay } from 'node:timers/promises';

import type * as s3 from '@aws-sdk/client-s3';

import { FeedsError } from '../errors.js';
import type { BlobStore } from './blob-store.js';
import { unanswered } from './failure.js';
import { MAX_ATTEMPTS, PATIENCE, answerOf, isAbsent, isPassing, isTaken, s3Failure } from './s3-failure.js';
import type { S3Patience } from './s3-failure.js';

/**
 * Feeds in a bucket. Put-if-absent is one single-part PUT with `If-None-Match: *`. If its answer is lost (time-out, reset, 5xx), the object
 * that is there decides: it is ours if it has our bytes, since a record has a UUID of its attempt. No connection is made, and no package
 * loaded, before the first call.
 */
export function s3Store(root: string, patience: S3Patience = PATIENCE): BlobStore {
  const location = s3Location(root);
  const { bucket: Bucket, prefix } = location;
  const shown = `s3://${Bucket}/${prefix}`.replace(/\/$/, '');
  let connection: Promise<S3Sdk> | undefined;

  const target = (path: string) => ({ Bucket, Key: `${prefix}${path}` });
  const backOff = (attempt: number) => delay(Math.random() * patience.delayMs * 2 ** attempt);

  /** Runs `request` until it is answered; it may be carried out more than once. */
  async function attempt<R>(action: string, path: string, request: (s3: S3Sdk) => Promise<R>): Promise<R> {
    const where = `${shown}/${path}`;
    for (let tried = 1; ; tried++) {
      try {
        return await request(await (connection ??= connectS3(location, patience.timeoutMs)));
      } catch (cause) {
        if (cause instanceof FeedsError || tried === MAX_ATTEMPTS || !isPassing(answerOf(cause))) {
          throw s3Failure(action, where, cause);
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
    /** Whether an earlier PUT may have been carried out and its answer lost: then a 412 may mean that we succeeded. */
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
      const problem = `Cannot write ${shown}/${path}: it exists already; move it away.`;
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

/** Where in S3 the feeds are. */
export interface S3Location {
  readonly bucket: string;
  /** The beginning of every key: empty, or ends in `/`. */
  readonly prefix: string;
  /** Whether the bucket is in the path of a request, as most servers other than Amazon's want it, instead of the host name. */
  readonly pathStyle: boolean;
}

/**
 * The location of a root such as `s3://bucket/prefix` or `s3://bucket/prefix?path-style=true`.
 *
 * @throws FeedsError FEEDS_ROOT_INVALID
 */
export function s3Location(root: string): S3Location {
  const invalid = (problem: string) =>
    new FeedsError('FEEDS_ROOT_INVALID', `${JSON.stringify(root)} ${problem}; give s3://bucket/prefix.`);
  const [, bucket = '', path = '', query = ''] = /^s3:\/\/([^/?]*)\/?([^?]*)\??(.*)$/i.exec(root) ?? [];
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    throw invalid(`has ${JSON.stringify(bucket)}, which is not a name for a bucket`);
  const parts = path.split('/').filter((part) => part !== '');
  const bad = parts.find((part) => !/^[\w.-]+$/.test(part) || /^\.+$/.test(part));
  if (bad !== undefined)
    throw invalid(`has ${JSON.stringify(bad)} in its prefix, and not every tool can read such keys`);
  const [[name, value] = ['path-style', 'false'], ...more] = new URLSearchParams(query);
  if (name !== 'path-style' || !/^(true|false)$/.test(value) || more.length > 0) {
    throw invalid(`has the option ${query}, but the only option is path-style=true or false`);
  }
  return { bucket, prefix: parts.map((part) => `${part}/`).join(''), pathStyle: value === 'true' };
}

/** The SDK, and a client made with it. */
interface S3Sdk {
  readonly sdk: typeof s3;
  readonly client: s3.S3Client;
}

/**
 * Loads the SDK, which must be installed only for feeds in S3, and makes a client. Credentials, region and endpoint are those that the SDK
 * finds by itself: `AWS_ACCESS_KEY_ID`, `AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL_S3` and the rest. The client does not retry: only the
 * store knows what a lost answer means.
 *
 * @throws FeedsError FEEDS_STORE_MODULE_MISSING if the SDK is not installed
 */
export async function connectS3({ pathStyle }: S3Location, timeoutMs: number): Promise<S3Sdk> {
  const sdk = await import('@aws-sdk/client-s3').catch((cause: unknown) => {
    const fix = 'install it beside @attractions/feeds: npm install @aws-sdk/client-s3';
    throw new FeedsError('FEEDS_STORE_MODULE_MISSING', `Feeds in S3 need @aws-sdk/client-s3; ${fix}.`, { cause });
  });
  const config: s3.S3ClientConfig = {
    maxAttempts: 1,
    forcePathStyle: pathStyle,
    // Records have a SHA-256 of every file, and not every server supports the checksums of newer clients.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: timeoutMs, socketTimeout: timeoutMs },
  };
  return { sdk, client: new sdk.S3Client(config) };
}
