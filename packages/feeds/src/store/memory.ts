import { FeedsError } from '../errors.js';
import type { BlobStore } from './blob-store.js';

interface Blob {
  readonly content: Uint8Array;
  readonly modifiedMs: number;
}

/** A store that lives as long as the process holds it. Bytes are copied in and out, as a disk does. */
export function memoryStore(): BlobStore {
  const blobs = new Map<string, Blob>();
  const set = (path: string, bytes: Uint8Array) => {
    blobs.set(path, { content: bytes.slice(), modifiedMs: Date.now() });
  };
  return {
    root: 'memory:',
    read: async (path) => blobs.get(path)?.content.slice(),
    stat: async (path) => {
      const blob = blobs.get(path);
      return blob && { bytes: blob.content.length, modifiedMs: blob.modifiedMs };
    },
    write: async (path, bytes) => {
      if (blobs.has(path)) {
        throw new FeedsError('FEEDS_STORE_FAILED', `Cannot write ${path}: it exists already; move it away.`);
      }
      set(path, bytes);
    },
    putIfAbsent: async (path, bytes) => {
      if (blobs.has(path)) return false;
      set(path, bytes);
      return true;
    },
    overwrite: async (path, bytes) => set(path, bytes),
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
