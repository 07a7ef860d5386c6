import { setTimeout as delay } from 'node:timers/promises';

import { FeedsError } from '../errors.js';
import type { BlobStore } from './blob-store.js';
import { unanswered } from './failure.js';
import { connectS3 } from './s3-client.js';
import type { S3Sdk } from './s3-client.js';
import { answerOf, isAbsent, isPassing, isTaken, s3Failure } from './s3-failure.js';
import { s3Location } from './s3-location.js';

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
