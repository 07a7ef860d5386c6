import { setTimeout as delay } from 'node:timers/promises';

import { connectS3 } from './s3.js';
import { MAX_ATTEMPTS, PATIENCE, answerOf, isPassing, s3Failure } from './s3-failure.js';
import type { S3Patience } from './s3-failure.js';

/** An object of a bucket, as a listing tells of it. */
export interface S3Object {
  readonly key: string;
  readonly bytes: number;
  /** Changes whenever the content does. */
  readonly etag: string;
}

/** How much of an object is read. */
export interface S3ReadOptions {
  /** So many bytes at its beginning; default: all. */
  readonly length?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Objects that others have written, to be read. */
export interface S3Objects {
  /** The objects whose keys begin with `prefix`, in order of their keys. */
  list(prefix: string, signal?: AbortSignal): AsyncIterable<S3Object>;
  /**
   * The bytes of an object as it was when it was listed. Where a connection is lost, it goes on behind the last byte that came.
   *
   * @throws FeedsError with the answer of the server as its cause: 412 where the object is another one by now
   */
  read(object: S3Object, options?: S3ReadOptions): AsyncIterable<Uint8Array>;
}

/**
 * Opens a bucket for reading, with credentials, region and endpoint as for feeds in S3. Nothing is connected or loaded before the first call.
 *
 * @param pathStyle whether the bucket is in the path of a request, as most servers other than Amazon's want it
 */
export function openS3Objects(bucket: string, pathStyle: boolean, patience: S3Patience = PATIENCE): S3Objects {
  let connection: ReturnType<typeof connectS3> | undefined;
  const connect = () => (connection ??= connectS3({ bucket, prefix: '', pathStyle }, patience.timeoutMs));

  /** Waits before another attempt; throws where there is none. */
  async function again(
    tried: number,
    action: string,
    key: string,
    cause: unknown,
    signal?: AbortSignal,
  ): Promise<void> {
    signal?.throwIfAborted();
    if (tried >= MAX_ATTEMPTS || !isPassing(answerOf(cause))) throw s3Failure(action, `s3://${bucket}/${key}`, cause);
    await delay(Math.random() * patience.delayMs * 2 ** tried);
  }

  return {
    async *list(prefix, signal) {
      for (let page: string | undefined, isLast = false, tried = 0; !isLast;) {
        const token = page === undefined ? {} : { ContinuationToken: page };
        let found;
        try {
          const { sdk, client } = await connect();
          const request = new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...token });
          found = await client.send(request, signal ? { abortSignal: signal } : {});
        } catch (cause) {
          await again(++tried, 'list', prefix, cause, signal);
          continue;
        }
        for (const { Key = '', Size = 0, ETag = '' } of found.Contents ?? [])
          yield { key: Key, bytes: Size, etag: ETag };
        page = found.NextContinuationToken;
        isLast = !found.IsTruncated || page === undefined;
        tried = 0;
      }
    },
    async *read({ key, bytes, etag }, { length = bytes, signal } = {}) {
      const end = Math.min(length, bytes);
      for (let at = 0, tried = 0; at < end;) {
        try {
          const { sdk, client } = await connect();
          const request = { Bucket: bucket, Key: key, IfMatch: etag, Range: `bytes=${at}-${end - 1}` };
          const { Body } = await client.send(new sdk.GetObjectCommand(request), signal ? { abortSignal: signal } : {});
          for await (const chunk of Body as unknown as AsyncIterable<Uint8Array>) {
            at += chunk.length;
            tried = 0;
            yield chunk;
          }
          if (at < end) throw Object.assign(new Error('The answer ended early.'), { code: 'ECONNRESET' });
        } catch (cause) {
          await again(++tried, 'read', key, cause, signal);
        }
      }
    },
  };
}
