import { randomUUID } from 'node:crypto';
import { watch } from 'node:fs';
import { link, mkdir, open, readFile, readdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import type { BlobStore } from './blob-store.js';
import { errnoOf, noFolderSync, noHardLinks, storeFailure } from './failure.js';

/**
 * Feeds in a plain folder. Put-if-absent writes to a temporary name, then fsync, `link()`, and fsync of the directory: a reader sees the
 * whole file or none, and of several writers the file system lets one link. Reading never creates anything.
 */
export function folderStore(root: string): BlobStore {
  const at = (path: string) => join(root, path);

  async function attempt<R>(action: string, path: string, run: () => Promise<R>): Promise<R> {
    try {
      return await run();
    } catch (cause) {
      throw storeFailure(action, at(path), cause);
    }
  }

  /** Runs `action`; if the folder is missing, makes it and runs `action` again. */
  async function inFolderOf<R>(path: string, action: () => Promise<R>): Promise<R> {
    try {
      return await action();
    } catch (cause) {
      if (errnoOf(cause) !== 'ENOENT') throw cause;
      await makeFolder(dirname(at(path)));
      return action();
    }
  }

  /** Writes to a temporary file beside `path`, calls `place` with its name, and removes it. */
  async function throughTemporary<R>(path: string, bytes: Uint8Array, place: (temporary: string) => Promise<R>) {
    const temporary = join(dirname(at(path)), `.tmp-${randomUUID()}`);
    try {
      await inFolderOf(path, () => writeNew(temporary, bytes));
      return await place(temporary);
    } finally {
      await unlink(temporary).catch(() => undefined);
    }
  }

  return {
    root,
    read: (path) => attempt('read', path, () => unlessAbsent(readFile(at(path)))),
    stat: (path) =>
      attempt('read', path, async () => {
        const found = await unlessAbsent(stat(at(path)));
        return found?.isFile() ? { bytes: found.size, modifiedMs: found.mtimeMs } : undefined;
      }),
    write: (path, bytes) =>
      attempt('write', path, async () => {
        await inFolderOf(path, () => writeNew(at(path), bytes));
        await syncFolder(dirname(at(path)));
      }),
    localFolder: (folder) =>
      attempt('write', folder, async () => {
        await makeFolder(at(folder));
        return resolve(at(folder));
      }),
    settle: (path) =>
      attempt('write', path, async () => {
        const file = await open(at(path), 'r+');
        try {
          await file.sync();
        } finally {
          await file.close();
        }
        await syncFolder(dirname(at(path)));
      }),
    putIfAbsent: (path, bytes) =>
      attempt('write', path, () =>
        throughTemporary(path, bytes, async (temporary) => {
          const won = await linkUnlessPresent(temporary, at(path));
          if (won) await syncFolder(dirname(at(path)));
          return won;
        }),
      ),
    overwrite: (path, bytes) =>
      attempt('write', path, () => throughTemporary(path, bytes, (temporary) => rename(temporary, at(path)))),
    remove: (path) => attempt('remove', path, async () => void (await unlessAbsent(unlink(at(path))))),
    children: (folder) =>
      attempt('list', folder, async () => {
        const entries = (await unlessAbsent(readdir(at(folder), { withFileTypes: true }))) ?? [];
        return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
      }),
    onChange: (folder, ring, ended) => {
      try {
        const watcher = watch(at(folder), { persistent: false }, ring);
        watcher.once('error', () => watcher.close()).once('close', ended);
        return () => watcher.close();
      } catch {
        // There is no such folder yet, or the system has no watchers left.
        return undefined;
      }
    },
  };
}

async function unlessAbsent<R>(found: Promise<R>): Promise<R | undefined> {
  try {
    return await found;
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined;
    throw cause;
  }
}

async function linkUnlessPresent(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (cause) {
    const errno = errnoOf(cause) ?? '';
    if (errno === 'EEXIST') return false;
    if (NO_LINKS.has(errno)) throw noHardLinks(to, cause);
    throw cause;
  }
}

/** The codes of file systems without hard links; FAT and some network mounts give EPERM, FAT on Windows EISDIR. */
const NO_LINKS = new Set(['EPERM', 'EISDIR', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV']);

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (cause) {
    await unlink(path).catch(() => undefined);
    throw cause;
  } finally {
    await file.close();
  }
}

/**
 * A new name is durable only when its directory is synced. Windows cannot sync a directory (EPERM): NTFS writes names into its journal, in
 * order, and there is no call that waits for it.
 */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (cause) {
    if (NO_FOLDER_SYNC.has(errnoOf(cause) ?? '')) throw noFolderSync(path, cause);
    throw cause;
  } finally {
    await folder.close();
  }
}

/** The codes of file systems that cannot sync a directory, such as some network and FUSE mounts. */
const NO_FOLDER_SYNC = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Makes a folder and its parents, and syncs the parent of every new one. Node's recursive `mkdir` never ends if the system gives ENOENT for a
 * folder whose parent exists, as below /proc.
 */
async function makeFolder(path: string): Promise<void> {
  if (await madeFolder(path)) return;
  await makeFolder(dirname(path));
  if (await madeFolder(path)) return;
  throw Object.assign(new Error(`${dirname(path)} cannot hold a folder.`), { code: 'ENOENT' });
}

/** Makes a folder unless it exists; false if its parent does not exist. */
async function madeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
  } catch (cause) {
    if (errnoOf(cause) === 'EEXIST') return true;
    if (errnoOf(cause) === 'ENOENT') return false;
    throw cause;
  }
  await syncFolder(dirname(path));
  return true;
}
