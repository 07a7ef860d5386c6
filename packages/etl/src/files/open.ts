import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { EtlError } from '../errors.js';
import type { Fingerprint } from '../source/source.js';
import type { FoundFile } from './found.js';
import { BLOCK_BYTES } from './records.js';

/** The text of a file, and whether it is made: decompressed, decoded, or without its byte order mark. */
export interface OpenedText {
  readonly text: AsyncIterable<Buffer>;
  readonly isMade: boolean;
}

/**
 * Opens a file as text in UTF-8. gzip and Zstandard are known by their first bytes, UTF-8 and UTF-16 by a byte order mark; `onBytes` sees the bytes
 * of the file itself.
 * @throws EtlError ETL_FILE_UNREADABLE, or while it is read ETL_FILE_BROKEN where compressed data are damaged or end early, or the text is
 * not in its encoding.
 */
export async function openText(
  file: FoundFile,
  encoding: string | undefined,
  onBytes: (bytes: Buffer) => void = () => undefined,
): Promise<OpenedText> {
  const compression = compressionOf(await beginning(rawBytes(file)));
  const bytes = (seen?: (bytes: Buffer) => void): AsyncIterable<Buffer> =>
    compression === undefined ? rawBytes(file, seen) : DECOMPRESS[compression](file, rawBytes(file, seen));
  const [mark, markBytes] = markOf(await beginning(bytes()));
  const label = mark ?? encoding ?? 'utf-8';
  const isUtf8 = /^utf-?8$/i.test(label);
  const isMade = compression !== undefined || markBytes > 0 || !isUtf8;
  const text = isUtf8 ? without(markBytes, bytes(onBytes)) : decoded(file, label, without(markBytes, bytes(onBytes)));
  return { text, isMade };
}

type Compression = 'gzip' | 'zstd';

function compressionOf(first: Buffer): Compression | undefined {
  if (first[0] === 0x1f && first[1] === 0x8b) return 'gzip';
  if (first.length >= 4 && first.readUInt32LE(0) === 0xfd2fb528) return 'zstd';
  return undefined;
}

function markOf(first: Buffer): readonly [string | undefined, number] {
  if (first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf) return ['utf-8', 3];
  if (first[0] === 0xff && first[1] === 0xfe) return ['utf-16le', 2];
  if (first[0] === 0xfe && first[1] === 0xff) return ['utf-16be', 2];
  return [undefined, 0];
}

const DECOMPRESS: Readonly<
  Record<Compression, (file: FoundFile, bytes: AsyncIterable<Buffer>) => AsyncIterable<Buffer>>
> = {
  async *gzip(file, bytes) {
    const gunzip = createGunzip({ chunkSize: BLOCK_BYTES });
    // An error of the source must end the pipe too; `compose` of streams would hide which of the two failed.
    const fed = feed(bytes, gunzip);
    try {
      for await (const chunk of gunzip) yield chunk as Buffer;
    } catch (cause) {
      throw cause instanceof EtlError ? cause : damaged(file, 'gzip', cause);
    }
    await fed;
  },
  async *zstd(file, bytes) {
    const { Decompress } = await import('fzstd');
    let ready: Buffer[] = [];
    const stream = new Decompress((chunk) => ready.push(Buffer.from(chunk)));
    const given = async function* (): AsyncGenerator<readonly [Uint8Array, boolean]> {
      for await (const chunk of bytes) yield [chunk, false];
      yield [new Uint8Array(), true];
    };
    for await (const [chunk, isLast] of given()) {
      try {
        stream.push(Uint8Array.from(chunk), isLast);
      } catch (cause) {
        throw damaged(file, 'Zstandard', cause);
      }
      yield* ready;
      ready = [];
    }
  },
};

async function feed(
  bytes: AsyncIterable<Buffer>,
  into: NodeJS.WritableStream & { destroy(cause: Error): void },
): Promise<void> {
  try {
    for await (const chunk of bytes) {
      if (!into.write(chunk)) await new Promise((resolve) => into.once('drain', resolve));
    }
    into.end();
  } catch (cause) {
    into.destroy(cause instanceof Error ? cause : new Error(String(cause)));
  }
}

async function* decoded(file: FoundFile, label: string, bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(label, { fatal: true });
  let done = 0;
  const decode = (chunk: Buffer | undefined): Buffer => {
    try {
      return Buffer.from(decoder.decode(chunk, { stream: chunk !== undefined }));
    } catch (cause) {
      throw broken(file, `is not ${label} text after byte ${done}; correct \`encoding\``, cause);
    }
  };
  for await (const chunk of bytes) {
    yield decode(chunk);
    done += chunk.length;
  }
  yield decode(undefined);
}

async function* without(count: number, bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let left = count;
  for await (const chunk of bytes) {
    const cut = Math.min(left, chunk.length);
    left -= cut;
    if (cut < chunk.length) yield chunk.subarray(cut);
  }
}

async function* rawBytes(
  file: Pick<FoundFile, 'path'>,
  seen: (bytes: Buffer) => void = () => undefined,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(file.path, { highWaterMark: BLOCK_BYTES })) {
      seen(chunk as Buffer);
      yield chunk as Buffer;
    }
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

async function beginning(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  for await (const chunk of bytes) return chunk;
  return Buffer.alloc(0);
}

/**
 * Looks at a file, and returns what looks again later: it throws ETL_FILE_CHANGED where the file is another one, or was written to.
 * @throws EtlError ETL_FILE_UNREADABLE.
 */
export async function unchanged(file: FoundFile): Promise<() => Promise<void>> {
  const stamp = async (): Promise<string> => {
    const { size, mtimeMs, ino } = await stat(file.path).catch((cause: unknown) => {
      throw unreadable(file, cause);
    });
    return `${size} ${mtimeMs} ${ino}`;
  };
  const first = await stamp();
  return async () => {
    if ((await stamp()) === first) return;
    const advice = 'run again when nothing writes to it, or let new files be written under another name and renamed';
    throw new EtlError('ETL_FILE_CHANGED', `'${file.name}' changed while it was read; ${advice}.`);
  };
}

/** File systems keep times in steps of up to two seconds. */
const TIME_STEP_MS = 2_000;

/**
 * A file told from what it was before by its times: of its content and, since a copy may keep that one, of its entry.
 * @throws EtlError ETL_FILE_UNREADABLE.
 */
export async function fingerprintOf(file: Pick<FoundFile, 'path' | 'name' | 'remote'>): Promise<Fingerprint> {
  const { object } = file.remote ?? {};
  if (object) return { path: file.name, bytes: object.bytes, version: object.etag };
  const { size, mtimeMs, mtimeNs, ctimeNs } = await stat(file.path, { bigint: true }).catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
  return {
    path: file.name,
    bytes: Number(size),
    version: `${mtimeNs} ${ctimeNs}`,
    isFresh: Date.now() - Number(mtimeMs) < TIME_STEP_MS,
    hash: async () => (await hashOf(file)).sha256,
  };
}

/** The size of a file, and its SHA-256 in 64 hex digits. */
export async function hashOf(
  file: Pick<FoundFile, 'path'>,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of rawBytes(file)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

function unreadable(file: Pick<FoundFile, 'path'>, cause: unknown): EtlError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EtlError(
    'ETL_FILE_UNREADABLE',
    `'${file.path}' cannot be read (${reason}); check that it is a file and that you may read it.`,
    {
      cause,
    },
  );
}

/** A file that is of no use as a whole. */
export function broken(file: FoundFile, problem: string, cause?: unknown): EtlError {
  return new EtlError('ETL_FILE_BROKEN', `'${file.name}' ${problem}.`, { cause });
}

function damaged(file: FoundFile, kind: string, cause: unknown): EtlError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return broken(file, `is ${kind} data that are damaged or end early (${reason}); fetch it again`, cause);
}
