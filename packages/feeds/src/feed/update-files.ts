import { randomUUID } from 'node:crypto';

import { sha256 } from '../canonical.js';
import type { EncodedFile, StoredFile } from '../codec/codec.js';
import { FeedsError } from '../errors.js';
import type { DataFile } from '../log/record.js';
import type { BlobStore } from '../store/blob-store.js';

/** The data files of one feed, written once and read checked. */
export interface UpdateFiles {
  /** Writes files under names never used before, one after the other. If one fails, those written are removed. */
  write(folder: string, files: AsyncIterable<EncodedFile>): Promise<readonly DataFile[]>;
  /**
   * The files that a record names. Sizes are checked at every read, hashes at the first read by this process. A file that is not what the
   * record says throws FEEDS_DATA_CORRUPT with its path, what was expected and what was found, or the error that `explain` gives instead.
   */
  open(files: readonly DataFile[], explain?: Explain): readonly StoredFile[];
  /** Throws FEEDS_DATA_CORRUPT if a file is missing or has another size. Reads none. */
  find(files: readonly DataFile[]): Promise<void>;
  /** Removes files that no record names; failures are ignored. */
  discard(files: readonly DataFile[]): Promise<void>;
}

/** Gives a better error for a file that is not what its record says, or the same. */
type Explain = (found: FeedsError) => Promise<FeedsError>;

/** The data files of a feed; `verified` holds the paths whose hash this process has checked. */
export function updateFiles(store: BlobStore, feed: string, verified: Set<string>): UpdateFiles {
  const discard = async (files: readonly DataFile[]) => {
    await Promise.allSettled(files.map(({ path }) => store.remove(`${feed}/${path}`)));
  };
  return {
    discard,
    find: async (files) => {
      await Promise.all(
        files.map(async (file) => {
          const path = `${feed}/${file.path}`;
          const found = await store.stat(path);
          const problem = found ? sizeProblem(found.bytes, file) : 'is missing';
          if (problem) throw new FeedsError('FEEDS_DATA_CORRUPT', `${store.root}/${path} ${problem}. ${RESTORE}`);
        }),
      );
    },
    write: async (folder, files) => {
      const written: DataFile[] = [];
      try {
        for await (const { name, bytes, rows } of files) {
          const path = `${folder}/${uniqueName(name)}`;
          written.push({ path, bytes: bytes.length, rows, sha256: sha256(bytes) });
          await store.write(`${feed}/${path}`, bytes);
        }
        return written;
      } catch (cause) {
        await discard(written);
        throw cause;
      }
    },
    open: (files, explain = async (found) => found) =>
      files.map((file) => {
        const path = `${feed}/${file.path}`;
        const where = `${store.root}/${path}`;
        const bytes = async () => {
          const found = await store.read(path);
          const problem = found ? mismatch(found, file, verified.has(path)) : 'is missing';
          if (!found || problem) {
            throw await explain(new FeedsError('FEEDS_DATA_CORRUPT', `${where} ${problem}. ${RESTORE}`));
          }
          verified.add(path);
          return found;
        };
        return { name: plainName(file.path), path: where, rows: file.rows, bytes };
      }),
  };
}

const RESTORE = 'Restore it from a copy, or read another update.';

/** How the content of a file differs from what its record says; undefined if it does not. */
export function mismatch(found: Uint8Array, file: DataFile, verified: boolean): string | undefined {
  const size = sizeProblem(found.length, file);
  if (size !== undefined) return size;
  const hash = verified ? file.sha256 : sha256(found);
  return hash === file.sha256 ? undefined : `has the SHA-256 ${hash}; its record says ${file.sha256}`;
}

function sizeProblem(bytes: number, file: DataFile): string | undefined {
  return bytes === file.bytes ? undefined : `has ${bytes} bytes; its record says ${file.bytes}`;
}

/** `users.parquet` -> `users-<uuid>.parquet` */
function uniqueName(name: string): string {
  return name.replace(/(\.[^.]*)?$/, (extension) => `-${randomUUID()}${extension}`);
}

/** `20261122T220311123Z/users-<uuid>.parquet` -> `users.parquet` */
function plainName(path: string): string {
  return path.replace(/^.*\//, '').replace(/-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\.|$)/, '');
}
