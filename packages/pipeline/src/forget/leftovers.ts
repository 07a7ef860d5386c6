/** Data files that no record names, from a run that died or from one that is still working. They may contain users too. */
import { readFile, readdir, stat, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FeedStore } from '@attractions/feeds';

import { cleaned, mentioning } from './clean.js';

/** Age from which a file must be of a run that died: a living writer would have committed it. */
const DEAD_MS = 3_600_000;

/** A file that is incomplete and does not grow for this long is of a writer that died. */
const STILL_MS = 10_000;

/**
 * Removes such files where they hold the users, or cannot be read as a whole; returns those that hold them and may yet be committed. Without the file, their writer
 * refuses to commit. A store that is not a folder is cleaned up by age alone.
 *
 * @param named by feed, the paths of the files that records name
 */
export async function leftoversIn(
  store: FeedStore,
  named: ReadonlyMap<string, ReadonlySet<string>>,
  users: ReadonlySet<string>,
): Promise<readonly string[]> {
  const waiting: string[] = [];
  const root = folderOf(store);
  for (const [feed, known] of named) {
    if (root === undefined) {
      await store.log(feed).repair({ minAgeMs: DEAD_MS });
      continue;
    }
    for (const path of await filesIn(join(root, feed))) {
      if (known.has(path)) continue;
      const held = await removeIfHeld(feed, join(root, feed, path), users);
      if (held) waiting.push(`${feed}/${path}`);
    }
  }
  return waiting;
}

function folderOf({ root }: FeedStore): string | undefined {
  if (/^(memory:|s3:)/.test(root)) return undefined;
  return root.startsWith('file:') ? fileURLToPath(root) : root;
}

/** Files of the data folders of a feed, relative to it. */
async function filesIn(folder: string): Promise<string[]> {
  const folders = (await readdir(folder)).filter((name) => /^\d{8}T\d{9}Z$/.test(name));
  const files = await Promise.all(
    folders.map(async (name) => (await readdir(join(folder, name)).catch(() => [])).map((file) => `${name}/${file}`)),
  );
  return files.flat();
}

/** Whether the file holds the users and stays, since it may be committed at any moment. */
async function removeIfHeld(feed: string, path: string, users: ReadonlySet<string>): Promise<boolean> {
  for (;;) {
    const before = await stat(path).catch(() => undefined);
    if (before === undefined) return false;
    const ageMs = Date.now() - before.mtimeMs;
    try {
      if (!(await isOfUsers(feed, path, users))) return false;
      if (ageMs < DEAD_MS) return true;
    } catch {
      if (ageMs < STILL_MS) {
        await delay(STILL_MS - ageMs);
        continue;
      }
    }
    const after = await stat(path).catch(() => undefined);
    if (after?.mtimeMs !== before.mtimeMs) continue;
    await unlink(path).catch(() => undefined);
    return false;
  }
}

/** @throws Error where it is not whole */
async function isOfUsers(feed: string, path: string, users: ReadonlySet<string>): Promise<boolean> {
  const bytes = await readFile(path);
  if (!path.endsWith('.parquet')) return new TextDecoder().decode(bytes).search(mentioning(users)) >= 0;
  const file = { name: basename(path), path, rows: 0, bytes: async () => bytes };
  return (await cleaned(feed, file, users)) !== undefined;
}
