import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { als, visits } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';

import { emptyFolder } from './support/command-line.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const attractions = 'packages/pipeline/bin/attractions.js';

/** The built commands on feeds of their own, and what the stages have put there. */
async function site() {
  const feedsRoot = await emptyFolder();
  const env = {
    ...{ PATH: process.env['PATH'] ?? '', FORCE_COLOR: '0', LOG_LEVEL: 'error', FEEDS_ROOT: feedsRoot },
    ...{ RAW_DATA_PATH: join(root, 'tools/sample-data'), ALS_RANK: '4', ALS_ITERATIONS: '2' },
  };
  const command = (argv: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
      const options = { cwd: feedsRoot, env: { ...env, ...more } };
      execFile(process.execPath, [join(root, argv[0] ?? ''), ...argv.slice(1)], options, (error, stdout, stderr) =>
        resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  const done = async (argv: readonly string[], more?: Readonly<Record<string, string>>) => {
    const { exitCode, stdout, stderr } = await command([...argv, '--json'], more);
    expect([argv, exitCode, stderr]).toEqual([argv, 0, '']);
    return JSON.parse(stdout);
  };
  const store = openFeeds(feedsRoot);
  const heads = async () => {
    const put = (await store.list()).filter((feed) => /^(etl|training)\//.test(feed)).sort();
    return Promise.all(put.map(async (feed) => [feed, (await store.log(feed).head())?.seq]));
  };
  return { feedsRoot, command, done, store, heads };
}

test('a second run finds nothing new: no update of any feed of etl and training, and the same answer', async () => {
  const { feedsRoot, command, done, heads } = await site();
  const first = await done([attractions, 'run']);
  const before = await heads();
  expect(before.map(([, seq]) => seq)).toEqual(before.map(() => 1));

  const second = await done([attractions, 'run']);
  const visitors = ({ recommendations }: typeof first) =>
    recommendations.map(({ userId }: { userId: string }) => userId);
  expect(visitors(second)).toEqual(visitors(first));
  expect(second).toEqual({
    ...first,
    // Lists are for the time of the run.
    ...{ read: 'nothing', feeds: [], seconds: second.seconds, recommendations: second.recommendations },
    ...{ unchanged: { feed: visits.path, seq: 1 }, unchangedModel: { feed: als.path, seq: 1 } },
  });
  const { stdout } = await command([attractions, 'run']);
  expect(stdout).toMatch(/^Nothing is new since update 1 of etl\/visits\/v1\.0, so nothing was read or put\.$/m);
  expect(stdout).toMatch(/^Nothing is new since model 1: .*--full trains again\.$/m);
  expect(await heads()).toEqual(before);
  const runs = (await command([attractions, 'runs'])).stdout.split('\n');
  expect(runs[1]).toMatch(/run +done .* nothing new$/);
  expect(runs[3]).toMatch(/run +done .* training\/als#1$/);

  const other = await done([attractions, 'run'], { ALS_RANK: '5' });
  expect(other).toMatchObject({
    rank: 5,
    read: 'nothing',
    feeds: expect.arrayContaining([{ feed: als.path, seq: 2 }]),
  });
  expect(other.unchangedModel).toBeUndefined();
  const full = await done([attractions, 'run', '--full'], { ALS_RANK: '5' });
  expect(full.feeds).toEqual(
    expect.arrayContaining([
      { feed: visits.path, seq: 2 },
      { feed: als.path, seq: 3 },
    ]),
  );

  // A model whose files are gone is not one to keep.
  const folder = join(feedsRoot, als.path);
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.parquet'));
  for (const file of files) await rm(join(folder, file));
  expect((await done([attractions, 'run'], { ALS_RANK: '5' })).feeds).toContainEqual({ feed: als.path, seq: 4 });
}, 240_000);

test('the commands of the stages: nothing twice, and --full does it again', async () => {
  const { command, done, store } = await site();
  const [etl, train] = ['packages/etl/dist/cli.js', 'packages/als-trainer/dist/cli.js'];
  await done([etl]);
  expect(await done([etl])).toMatchObject({ read: 'nothing', feeds: [] });
  expect(await done([etl, '--full'])).toMatchObject({ read: 'all' });
  await done([train]);
  expect(await done([train])).toMatchObject({ feeds: [], unchanged: { feed: als.path, seq: 1 } });
  expect((await command([train])).stdout).toMatch(/^Nothing is new since model 1: .*\n$/);
  expect((await done([attractions, 'train'])).unchanged).toEqual({ feed: als.path, seq: 1 });
  await done([train, '--full']);
  await done([attractions, 'train', '--full']);
  expect((await store.feed(als).head())?.seq).toBe(3);
  for (const stage of [etl, train])
    expect((await command([stage, '--help'])).stdout).toMatch(/\[--full\].*\n[^]*^ {2}--full {10}\S/m);
  expect(await command(['packages/recommender/dist/cli.js', '--full'])).toMatchObject({ exitCode: 2 });
}, 240_000);
