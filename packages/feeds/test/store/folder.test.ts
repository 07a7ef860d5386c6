import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { FeedsError } from '../../src/errors.js';
import { attractions } from '../support/contracts.js';
import { openFeeds } from '../../src/open.js';
import { storeFailure } from '../../src/store/failure.js';
import { folderStore } from '../../src/store/folder.js';
import { temporaryFolder } from '../support/folders.js';
import { attraction, producer } from '../support/samples.js';

/** Puts from another process, as nobody where this one is root: root may write anywhere. */
function putAsNobody(root: string): unknown {
  const script = fileURLToPath(new URL('put-once.mjs', import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

describe('a folder', () => {
  test('that does not exist is empty, and is not made by reading', async () => {
    const root = join(temporaryFolder(), 'not', 'yet');
    const feeds = openFeeds(root);
    expect(await feeds.list()).toEqual([]);
    await expect(feeds.feed(attractions).latest()).rejects.toMatchObject({ code: 'FEEDS_EMPTY' });
    expect(existsSync(root)).toBe(false);
    await feeds.feed(attractions).put([attraction(1)], { producer });
    expect(await feeds.list()).toEqual(['etl/attractions/v1.0']);
  });

  test('holds what the format says, and no temporary files', async () => {
    const root = temporaryFolder();
    const record = await openFeeds(root)
      .feed(attractions)
      .put([attraction(1)], { producer, runId: 'r' });
    const [folder, file] = record.files[0]?.path.split('/') ?? [];
    const at = join(root, 'etl/attractions/v1.0');
    expect(readdirSync(root)).toEqual(['etl']);
    expect(readdirSync(at).sort()).toEqual([folder, '_log'].sort());
    expect(readdirSync(join(at, folder ?? ''))).toEqual([file]);
    expect(readdirSync(join(at, '_log')).sort()).toEqual(['00000000000000000001.json', '_head', 'runs']);
    expect(readdirSync(join(at, '_log/runs'))).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.json$/)]);
  });

  test('that may not be written is refused by code, and stays readable', async () => {
    const root = temporaryFolder();
    await openFeeds(root)
      .feed(attractions)
      .put([attraction(1)], { producer });
    const closed = [root, join(root, 'etl/attractions/v1.0'), join(root, 'etl/attractions/v1.0/_log')];
    for (const path of closed) chmodSync(path, 0o555);
    expect(putAsNobody(root)).toMatchObject({
      code: 'FEEDS_STORE_DENIED',
      message: expect.stringMatching(/^Cannot write .* \(EACCES\)\. Give this user the permission\.$/),
    });
    expect(await (await openFeeds(root).feed(attractions).latest()).read()).toEqual([attraction(1)]);
    // Only root removes what lies in a closed folder.
    for (const path of closed) chmodSync(path, 0o755);
  });

  test('with a file in its place, or in the place of a feed, is refused', async () => {
    const root = temporaryFolder();
    writeFileSync(join(root, 'file'), '');
    writeFileSync(join(root, 'etl'), '');
    for (const path of [join(root, 'file'), root]) {
      await expect(openFeeds(path).feed(attractions).put([], { producer })).rejects.toMatchObject({
        code: 'FEEDS_STORE_FAILED',
        message: expect.stringContaining('There is a file where a folder should be'),
      });
    }
    await expect(openFeeds(root).feed(attractions).latest()).rejects.toMatchObject({ code: 'FEEDS_STORE_FAILED' });
  });

  test.each(existsSync('/proc/self') ? ['/proc/feeds', '/proc/self/feeds/deep'] : [])(
    'where no folder can be made is refused, and at once: %s',
    async (root) => {
      const put = openFeeds(root)
        .feed(attractions)
        .put([attraction(1)], { producer });
      await expect(put).rejects.toMatchObject({
        code: 'FEEDS_STORE_FAILED',
        message: expect.stringContaining('choose another root'),
      });
    },
  );

  test('that vanished under a process that knows it is not begun anew', async () => {
    const root = temporaryFolder();
    const feed = openFeeds(root).feed(attractions);
    await feed.put([attraction(1)], { producer });
    await feed.latest();
    rmSync(join(root, 'etl'), { recursive: true });
    const lost = {
      code: 'FEEDS_LOG_LOST',
      message: expect.stringContaining('_log ends at 0; this process has seen 1'),
    };
    await expect(feed.put([attraction(2)], { producer })).rejects.toMatchObject(lost);
    await expect(feed.latest()).rejects.toMatchObject(lost);
    expect(existsSync(join(root, 'etl'))).toBe(false);
    await expect(openFeeds(root).feed(attractions).latest()).rejects.toMatchObject({ code: 'FEEDS_EMPTY' });
  });

  test('that is full loses nothing, and takes the next put when there is room', async () => {
    const root = join(temporaryFolder(), 'small');
    mkdirSync(root);
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', root], { encoding: 'utf8' });
    if (mount.status !== 0) {
      process.stderr.write(
        `Skipped the full disk: this user may not mount one (${mount.stderr ?? String(mount.error)}).\n`,
      );
      return;
    }
    try {
      const feed = openFeeds(root).feed(attractions);
      await feed.put([attraction(1)], { producer });
      const free = 'x'.repeat(4_096);
      // At every fill level the put either succeeds or fails whole: data, record and marker are tried in turn.
      let full = 0;
      for (let n = 0; n < 60; n++) {
        const before = (await feed.latest()).seq;
        const outcome = await feed.put([attraction(n)], { producer, runId: `run-${n}` }).then(
          ({ seq }) => seq,
          (error: FeedsError) => error.code,
        );
        const { seq } = await openFeeds(root).feed(attractions).latest();
        if (outcome === 'FEEDS_STORE_FULL') full++;
        expect(outcome).toBe(outcome === 'FEEDS_STORE_FULL' ? 'FEEDS_STORE_FULL' : before + 1);
        expect(seq).toBe(outcome === 'FEEDS_STORE_FULL' ? before : before + 1);
        if (full === 0) writeFileSync(join(root, `filler-${n}`), free, { flag: 'a' });
      }
      expect(full).toBeGreaterThan(0);
      await (await openFeeds(root).feed(attractions).latest()).read();
      for (const name of readdirSync(root)) if (name.startsWith('filler')) rmSync(join(root, name));
      await expect(feed.put([attraction(2)], { producer })).resolves.toMatchObject({ type: 'update' });
    } finally {
      spawnSync('umount', [root]);
    }
  });

  test('lists only feeds', async () => {
    const root = temporaryFolder();
    await openFeeds(root).feed(attractions).put([], { producer });
    mkdirSync(join(root, '.cache/x/_log'), { recursive: true });
    mkdirSync(join(root, 'other/thing'), { recursive: true });
    writeFileSync(join(root, 'notes.txt'), '');
    expect(await openFeeds(root).list()).toEqual(['etl/attractions/v1.0']);
  });
});

test.each([
  ['EACCES', 'FEEDS_STORE_DENIED'],
  ['EROFS', 'FEEDS_STORE_DENIED'],
  ['ENOSPC', 'FEEDS_STORE_FULL'],
  ['EDQUOT', 'FEEDS_STORE_FULL'],
  ['EIO', 'FEEDS_STORE_FAILED'],
  ['EMFILE', 'FEEDS_STORE_FAILED'],
])('%s is %s, with the path and the cause', (errno, code) => {
  const cause = Object.assign(new Error('no'), { code: errno });
  const failure = storeFailure('write', '/feeds/x', cause);
  expect(failure).toMatchObject({ code, cause });
  expect(failure.message).toMatch(new RegExp(`^Cannot write /feeds/x \\(${errno}\\)\\. .*\\.$`));
});

test('a folder store names its root as it was given', () => {
  expect(folderStore('/a/b').root).toBe('/a/b');
});
