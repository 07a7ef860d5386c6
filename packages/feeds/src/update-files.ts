import { randomUUID } from 'node:crypto';

import { sha256 } from './canonical.js';
import type { EncodedFile } from './contract.js';
import { FeedsError } from './errors.js';
import type { DataFile } from './log/record.js';
import type { BlobStore } from './store/blob-store.js';

/** Writes the files of an update under names never used before, and says what a record says of them. */
export async function writeFiles(
  store: BlobStore,
  feed: string,
  folder: string,
  files: readonly EncodedFile[],
): Promise<readonly DataFile[]> {
  return Promise.all(
    files.map(async ({ name, bytes, rows }) => {
      const path = `${folder}/${uniqueName(name)}`;
      await store.write(`${feed}/${path}`, bytes);
      return { path, bytes: bytes.length, rows, sha256: sha256(bytes) };
    }),
  );
}

/**
 * The files of an update as their codec made them. Sizes are always checked, hashes at the first reading by this process:
 * `verified` holds the paths that passed. Throws FEEDS_DATA_CORRUPT with the path, what was expected and what was found.
 */
export async function readFiles(
  store: BlobStore,
  feed: string,
  files: readonly DataFile[],
  verified: Set<string>,
): Promise<readonly EncodedFile[]> {
  return Promise.all(
    files.map(async (file) => {
      const path = `${feed}/${file.path}`;
      const bytes = await store.read(path);
      const problem = bytes ? mismatch(bytes, file, verified.has(path)) : 'is missing';
      if (!bytes || problem) {
        const mend = 'Restore it from a copy, or read another update.';
        throw new FeedsError('FEEDS_DATA_CORRUPT', `${store.root}/${path} ${problem}. ${mend}`);
      }
      verified.add(path);
      return { name: plainName(file.path), bytes, rows: file.rows };
    }),
  );
}

function mismatch(bytes: Uint8Array, file: DataFile, verified: boolean): string | undefined {
  if (bytes.length !== file.bytes) return `has ${bytes.length} bytes; its record says ${file.bytes}`;
  if (verified) return undefined;
  const found = sha256(bytes);
  return found === file.sha256 ? undefined : `has the SHA-256 ${found}; its record says ${file.sha256}`;
}

/** `users.parquet` -> `users-<uuid>.parquet` */
function uniqueName(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? `${name}-${randomUUID()}` : `${name.slice(0, dot)}-${randomUUID()}${name.slice(dot)}`;
}

/** `20261122T220311123Z/users-<uuid>.parquet` -> `users.parquet` */
function plainName(path: string): string {
  return path.slice(path.indexOf('/') + 1).replace(/-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\.|$)/, '');
}
