import { FeedsError } from '../errors.js';
import type { BlobStore } from './blob-store.js';

/** A store that lives as long as the process holds it. Bytes are copied in and out, as a disk would. */
export function memoryStore(): BlobStore {
  const blobs = new Map<string, Uint8Array>();
  return {
    root: 'memory:',
    read: async (path) => blobs.get(path)?.slice(),
    stat: async (path) => {
      const bytes = blobs.get(path)?.length;
      return bytes === undefined ? undefined : { bytes };
    },
    write: async (path, bytes) => {
      if (blobs.has(path)) {
        throw new FeedsError('FEEDS_STORE_FAILED', `${path} exists in memory: already; data files are never replaced.`);
      }
      blobs.set(path, bytes.slice());
    },
    putIfAbsent: async (path, bytes) => {
      if (blobs.has(path)) return false;
      blobs.set(path, bytes.slice());
      return true;
    },
    overwrite: async (path, bytes) => void blobs.set(path, bytes.slice()),
    remove: async (path) => void blobs.delete(path),
    children: async (folder) => {
      const prefix = folder === '' ? '' : `${folder}/`;
      const names = new Set<string>();
      for (const path of blobs.keys()) {
        if (path.startsWith(prefix)) names.add(path.slice(prefix.length).replace(/\/.*$/s, '/'));
      }
      return [...names].sort();
    },
  };
}
