import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openS3Objects } from '@attractions/feeds';
import picomatch from 'picomatch';
import { EtlError } from '../errors.js';
import { partitionsOf } from './found.js';
import type { FoundFile } from './found.js';

/** Objects that are fetched at the same time. */
const FETCHED_AT_ONCE = 4;

/** Whether a path or pattern is of a bucket. */
export const isS3 = (pattern: string): boolean => /^s3:\/\//i.test(pattern);

/**
 * The objects that `s3://bucket/prefix/*.csv` matches, in order of their keys; with `?path-style=true` behind it for servers that want that.
 * @throws EtlError ETL_NO_FILES, ETL_FILE_UNREADABLE.
 */
export async function findObjects(pattern: string, signal?: AbortSignal): Promise<readonly FoundFile[]> {
  const [, bucket = '', path = '', query] =
    /^s3:\/\/([^/]+)\/(.+?)(?:\?path-style=(true|false))?$/i.exec(pattern) ?? [];
  if (bucket === '')
    throw new EtlError('ETL_NO_FILES', `'${pattern}' does not name objects; give s3://bucket/prefix/*.csv.`);
  const objects = openS3Objects(bucket, query === 'true');
  const isDynamic = picomatch.scan(path).isGlob;
  const prefix = isDynamic ? path.slice(0, path.search(/[*?[{(!]/)) : path;
  const matches = picomatch(path);
  const found: FoundFile[] = [];
  try {
    for await (const object of objects.list(prefix, signal)) {
      const { key } = object;
      const isHidden = key.split('/').some((part) => /^[._]/.test(part));
      if (key !== path && (!isDynamic || isHidden || key.endsWith('/') || !matches(key))) continue;
      found.push({
        path: '',
        name: `s3://${bucket}/${key}`,
        partitions: partitionsOf(key),
        remote: { objects, object },
      });
    }
  } catch (cause) {
    throw unreachable(pattern, cause, signal);
  }
  if (found.length > 0) return found;
  const fix = isDynamic ? 'correct `files`' : 'correct `files`, or give a pattern such as s3://bucket/prefix/*.csv';
  throw new EtlError('ETL_NO_FILES', `No object matches '${pattern}'; ${fix}.`);
}

/**
 * Fetches objects into a folder, whole or so many bytes of each; files that are here already are passed on.
 * @throws EtlError ETL_FILE_UNREADABLE where the folder has no room for them, or ETL_FILE_CHANGED where an object changed since it was listed.
 */
export async function fetched(
  files: readonly FoundFile[],
  folder: () => Promise<string>,
  { length, signal }: { readonly length?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly FoundFile[]> {
  const sizes = files.map(({ remote }) => (remote ? Math.min(remote.object.bytes, length ?? Infinity) : 0));
  const needed = sizes.reduce((sum, bytes) => sum + bytes, 0);
  if (needed === 0)
    return files.every(({ remote }) => !remote) ? files : fetchAll(files, await folder(), length, signal);
  const place = await folder();
  const { bavail, bsize } = await statfs(place);
  if (needed > bavail * bsize)
    throw new EtlError(
      'ETL_FILE_UNREADABLE',
      `The objects have ${gigabytes(needed)} GB, but the temporary folder '${place}' has room for ${gigabytes(bavail * bsize)} GB; set TMPDIR to a larger one, or name fewer objects.`,
    );
  return fetchAll(files, place, length, signal);
}

async function fetchAll(
  files: readonly FoundFile[],
  place: string,
  length: number | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly FoundFile[]> {
  const local: FoundFile[] = [...files];
  const waiting = [...files.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [i, file] = next;
      const { remote } = file;
      if (!remote) continue;
      const path = join(place, `object-${randomUUID()}`);
      const bytes = remote.objects.read(remote.object, { ...(length !== undefined && { length }), signal });
      await pipeline(bytes, createWriteStream(path)).catch((cause: unknown) => {
        throw unreachable(file.name, cause, signal);
      });
      local[i] = { ...file, path };
    }
  };
  await Promise.all(Array.from({ length: FETCHED_AT_ONCE }, work));
  return local;
}

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);

/** What the server's answer means for somebody who reads. */
function unreachable(what: string, cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  const { message, cause: answer } = cause as { message: string; cause?: { name?: string; $metadata?: { httpStatusCode?: number } } }; // prettier-ignore
  const status = answer?.$metadata?.httpStatusCode;
  if (status === 412 || (status === 404 && answer?.name === 'NoSuchKey'))
    return new EtlError('ETL_FILE_CHANGED', `'${what}' changed while it was read; run again when nothing writes to it.`, { cause }); // prettier-ignore
  if (answer?.name === 'NoSuchBucket')
    return new EtlError('ETL_NO_FILES', `There is no bucket for '${what}'; correct \`files\`, or AWS_ENDPOINT_URL_S3.`, { cause }); // prettier-ignore
  return new EtlError('ETL_FILE_UNREADABLE', message, { cause });
}
