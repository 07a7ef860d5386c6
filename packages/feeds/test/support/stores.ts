import { systemClock } from '../../src/log/append.js';
import type { Clock } from '../../src/log/append.js';
import { feedStore } from '../../src/open.js';
import type { FeedStore } from '../../src/open.js';
import type { BlobStore } from '../../src/store/blob-store.js';
import { folderStore } from '../../src/store/folder.js';
import { memoryStore } from '../../src/store/memory.js';
import { temporaryFolder } from './folders.js';
import { newS3Store, NO_S3 } from './s3.js';

/** Every store, by name, each new: what all of them must do is tested on all of them. */
export const STORES: readonly (readonly [name: string, open: () => BlobStore])[] = [
  ['memory', memoryStore],
  ['folder', () => folderStore(temporaryFolder())],
  ...(NO_S3 === undefined ? ([['S3', newS3Store]] as const) : []),
];

/** A clock that stands until it is set, and on which sleeping takes no time. */
export function clockAt(time: string): Clock & { set(time: string): void } {
  let now = Date.parse(time);
  return { now: () => now, sleep: async () => undefined, set: (next) => void (now = Date.parse(next)) };
}

/** Feeds over any store, seen by a process that has read nothing yet. */
export function freshFeeds(store: BlobStore, clock: Clock = systemClock): FeedStore {
  return feedStore(store.root, store, clock);
}

/** A store that counts its calls. */
export function counting(store: BlobStore): { store: BlobStore; calls: () => number } {
  let calls = 0;
  const counted = new Proxy(store, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) => {
        calls++;
        return Reflect.apply(member, target, given);
      };
    },
  });
  return { store: counted, calls: () => calls };
}

/** Copies everything in a store under `folder`, by path. */
export async function contentOf(store: BlobStore, folder = ''): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for (const name of await store.children(folder)) {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (name.endsWith('/')) Object.assign(content, await contentOf(store, path.slice(0, -1)));
    else content[path] = Buffer.from((await store.read(path)) ?? []).toString('latin1');
  }
  return content;
}
