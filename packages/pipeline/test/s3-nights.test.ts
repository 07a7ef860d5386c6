import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { als, visits } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import { loadGeneration } from '@attractions/models';

import { attractions, emptyFolder } from './support/command-line.js';
import { startS3 } from './support/servers.js';
import { tracesOf } from './support/traces.js';

const ANN = 'ann.4711@example.org';

/** 20 visitors and Ann, who each visit six of nine rides; one of Ann's lines cannot be read. */
function eventsCsv(seed: number): string {
  const users = [...Array.from({ length: 20 }, (_, n) => `user-${n}`), ANN];
  const lines = users.flatMap((user, u) =>
    Array.from({ length: 6 }, (_, n) => {
      const time = new Date(Date.UTC(2026, 4, 1 + u, 10, 2 * n)).toISOString();
      return `${user},ride-${(u * seed + n * (1 + (u % 2))) % 9},${time}`;
    }),
  );
  return ['user,item,ts', ...lines, `${ANN},ride-1,yesterday`, ''].join('\n');
}

const s3 = await startS3();

(s3 ? describe : describe.skip)('feeds in a bucket', () => {
  /** Two runs on an empty root in the bucket, the first of them champion; `feedsRoot` without its options. */
  async function site(name: string) {
    const cwd = await emptyFolder();
    const feedsRoot = `${s3?.address}/${name}?path-style=true`;
    const columns = { user: 'user', attraction: 'item', time: 'ts' };
    const configFile = join(cwd, 'attractions.config.json');
    const sources = { visits: { type: 'csv', files: 'events.csv', columns } };
    await writeFile(configFile, JSON.stringify({ sources, keep: { last: 1 } }));
    const command = async (...argv: string[]) => {
      const config = { feedsRoot, logLevel: 'silent' as const, rank: 2, iterations: 1, threads: 1 };
      const { exitCode, stdout, stderr } = await attractions(config, ...argv, '--json', '--config', configFile);
      if (exitCode !== 0) throw new Error(`${argv.join(' ')}: exit ${exitCode}: ${stderr}`);
      return JSON.parse(stdout);
    };
    const run = async (seed: number) => {
      await writeFile(join(cwd, 'events.csv'), eventsCsv(seed));
      await command('run');
    };
    await run(1);
    await command('feeds', 'alias', 'champion', 'training/als#1');
    await run(2);
    /** The objects as files, where they can be searched. */
    const copied = async () => {
      const folder = await emptyFolder();
      await s3?.download(name, folder);
      return folder;
    };
    return { store: openFeeds(feedsRoot), command, run, copied };
  }

  test('who is forgotten is in no byte of any object, and what is named stays readable', async () => {
    const { store, command, copied } = await site('forget');
    await command('recommend', '--all');
    const before = await loadGeneration(store);
    expect((await tracesOf(ANN, await copied())).length).toBeGreaterThan(5);

    const done = await command('forget', ANN, '--yes');
    expect(done).toMatchObject({ dryRun: false, users: 1, remaining: [], waiting: [] });
    expect(await tracesOf(ANN, await copied())).toEqual([]);

    const after = await loadGeneration(store);
    expect(after.model.userIds).toEqual(before.model.userIds.filter((id) => id !== ANN));
    expect((await (await store.feed(visits).latest()).read()).numRows).toBe(20 * 6);
    const verified: { findings: object[] }[] = await command('feeds', 'verify');
    expect(verified.flatMap(({ findings }) => findings)).toEqual([]);

    // Later data leave the visitor out.
    expect(await command('etl', '--full')).toMatchObject({ users: 20, rejected: 0 });
    expect(await tracesOf(ANN, await copied())).toEqual([]);
  }, 240_000);

  test('only what is kept stays, with the champion; the feeds verify', async () => {
    const { store, command, run } = await site('keep');
    await run(3);
    const said = await command('keep', '--dry-run');
    const kept = await command('keep');
    // Sequence number 2 gave the name.
    const given = expect.objectContaining({ feed: als.path, expired: [3] });
    expect(said).toMatchObject({ dryRun: true, feeds: expect.arrayContaining([given]) });
    expect(kept).toMatchObject({ dryRun: false, feeds: expect.arrayContaining([given]) });
    const { model } = await loadGeneration(store);
    expect(model.userIds).toHaveLength(21);
    const verified: { findings: object[] }[] = await command('feeds', 'verify');
    expect(verified.flatMap(({ findings }) => findings)).toEqual([]);
  }, 240_000);
});
