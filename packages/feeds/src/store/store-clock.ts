import { randomUUID } from 'node:crypto';

import type { BlobStore } from './blob-store.js';

/**
 * The store's own clock, in milliseconds since 1970, as it stamps a new file below `folder`: this machine's may differ from those
 * that wrote the others.
 */
export async function storeNow(store: BlobStore, folder: string): Promise<number> {
  const path = `${folder}/.tmp-${randomUUID()}`;
  await store.write(path, new Uint8Array());
  const written = await store.stat(path);
  await store.remove(path);
  return written?.modifiedMs ?? 0;
}
