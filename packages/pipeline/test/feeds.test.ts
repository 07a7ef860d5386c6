import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { attractions as attractionsFeed, openFeeds } from '@attractions/feeds';

import { attractions, emptyFolder, quick } from './support/command-line.js';
import { PROGRAM } from './support/paths.js';

const producer = { id: 'by-hand', package: 'test', version: '1.0.0' };
const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ attractionId: `p:${i}`, park: 'p', name: `Ride ${i}`, themes: [] }));

let feedsRoot: string;
const feeds = (...argv: string[]) => attractions({ feedsRoot, logLevel: 'silent' }, 'feeds', ...argv);
const asked = async (...argv: string[]) => JSON.parse((await feeds(...argv, '--json')).stdout);

describe('a feed of three updates', () => {
  beforeEach(async () => {
    feedsRoot = await emptyFolder();
    const feed = openFeeds(feedsRoot).feed(attractionsFeed);
    for (const count of [1, 2, 3]) await feed.put(rows(count), { producer });
  });

  test('cat gives a line of JSON a row, or one array', async () => {
    const { stdout } = await feeds('cat', 'etl/attractions#2');
    expect(stdout.split('\n').map((line) => line && JSON.parse(line))).toEqual([...rows(2), '']);
    expect(await asked('cat', 'etl/attractions#2')).toEqual(rows(2));
  });

  test('head, schema and diff say what is in updates and between them', async () => {
    expect(await asked('head', 'etl/attractions', '--rows', '2')).toEqual(rows(2));
    expect((await feeds('schema', 'etl/attractions')).stdout).toMatch(/^column.*\nattraction_id +utf8 /);
    const { rows: counts } = await asked('diff', 'etl/attractions#1', 'etl/attractions#3');
    expect(counts).toEqual({ removed: 0, added: 2, same: 1 });
  });

  test('an alias moves and is rolled back, and stands wherever an update is named', async () => {
    await feeds('alias', 'champion', 'etl/attractions#1', '--reason', 'the first');
    await feeds('alias', 'champion', 'etl/attractions#2');
    expect((await asked('show', 'etl/attractions#champion')).seq).toBe(2);
    expect((await feeds('rollback', 'etl/attractions', 'champion')).stdout).toContain('#1 again');
    expect((await asked('show', 'etl/attractions#champion')).seq).toBe(1);
  });

  test('expire says what it would do, and does it with --yes; what is pinned stays', async () => {
    await feeds('pin', 'audit', 'etl/attractions#1', '--days', '2');
    const dry = await asked('expire', 'etl/attractions', '--keep-last', '1');
    expect(dry).toMatchObject({ dryRun: true, expiry: { expired: [2] } });
    expect((await feeds('cat', 'etl/attractions#2')).exitCode).toBe(0);
    const done = ['expire', 'etl/attractions', '--keep-last', '1', '--grace', '0', '--yes'];
    expect(await asked(...done)).toMatchObject({ expiry: { expired: [2] }, purge: { purged: [2], files: 1 } });
    expect(await feeds('cat', 'etl/attractions#2')).toMatchObject({ stdout: '', exitCode: 2 });
    expect((await feeds('cat', 'etl/attractions#1')).exitCode).toBe(0);
  });

  test('verify tells a flipped byte with exit code 3, and repair then touches nothing', async () => {
    expect((await feeds('verify')).stdout).toContain('all well');
    const [path] = (await asked('show', 'etl/attractions#2')).files.map((file: { path: string }) => file.path);
    await appendFile(join(feedsRoot, 'etl/attractions/v1.0', path), 'x');
    const found = await feeds('verify');
    expect(found.exitCode).toBe(3);
    expect(found.stdout).toContain(path);
    expect((await feeds('repair', '--yes', '--min-age', '0')).exitCode).toBe(3);
  });

  test('repair removes what no record names, once it is old enough and --yes is given', async () => {
    const folder = join(feedsRoot, 'etl/attractions/v1.0');
    const [update = ''] = (await readdir(folder)).filter((name) => name !== '_log');
    const left = join(folder, update, 'left.csv');
    await writeFile(left, '');
    const there = async () => (await readdir(join(folder, update))).includes('left.csv');
    const dry = await feeds('repair', 'etl/attractions', '--min-age', '0');
    expect(dry.stdout).toMatch(/leftover .*left\.csv[^]*Nothing was done/);
    await feeds('repair', 'etl/attractions', '--yes');
    expect(await there()).toBe(true);
    const [{ removed }] = await asked('repair', 'etl/attractions', '--yes', '--min-age', '0');
    expect(removed).toEqual([expect.stringMatching(/left\.csv$/)]);
    expect(await there()).toBe(false);
  });

  test.each([
    [['show', 'etl/attractions#4'], 'no update 4'],
    [['show', 'etl/attractions#champion'], 'no update champion'],
    [['show', 'etl/attractions', '-1'], "'-1'"],
    [['show', '../../etc'], "'../../etc'"],
    [['alias', 'Not A Name', 'etl/attractions'], 'Not A Name'],
    [['alias', 'latest', 'etl/attractions'], 'latest'],
    [['rollback', 'etl/attractions', 'champion'], 'champion'],
    [['pin', 'audit', 'etl/attractions', '--days', 'soon'], "'soon'"],
    [['expire', 'etl/attractions'], 'keep'],
    [['expire', 'etl/attractions', '--keep-last', '0'], "'0'"],
    [['head', 'etl/attractions', '--rows', '1e9'], "'1e9'"],
    [['repair', '--min-age', '-1'], '-1'],
    [['diff', 'etl/attractions'], 'after'],
  ])('%j is refused with a sentence that names it, and nothing changes', async (argv, offence) => {
    const { exitCode, stdout, stderr } = await feeds(...argv);
    expect(exitCode).toBeGreaterThan(0);
    expect(stdout).toBe('');
    expect(stderr).toContain(offence);
    expect(stderr).not.toMatch(/\n +at /);
    expect(await asked('history', 'etl/attractions')).toHaveLength(3);
  });
});

test('lineage goes back to the raw files, as a tree and as OpenLineage events', async () => {
  feedsRoot = await emptyFolder();
  for (const stage of ['etl', 'train']) await attractions(quick(feedsRoot), stage);
  const { stdout } = await feeds('lineage', 'training/als');
  expect(stdout).toMatch(/^training\/als\/v1\.0#1 [^]*├─ etl\/visits\/v1\.0#1 [^]*userVisits-/);
  const events = (await feeds('lineage', 'training/als', '--openlineage')).stdout.trim().split('\n');
  const completed = events.map((line) => JSON.parse(line)).filter(({ eventType }) => eventType === 'COMPLETE');
  expect(completed.map(({ outputs }) => outputs[0].name)).toEqual(
    ['etl/attractions', 'etl/rejects', 'etl/visits', 'training/als'].map((feed) => `${feedsRoot}/${feed}/v1.0`),
  );
});

test('a reader that has enough ends cat without a complaint', async () => {
  feedsRoot = await emptyFolder();
  await openFeeds(feedsRoot).feed(attractionsFeed).put(rows(20_000), { producer });
  const environment = { ...process.env, FEEDS_ROOT: feedsRoot };
  const child = spawn(process.execPath, [PROGRAM, 'feeds', 'cat', 'etl/attractions'], { env: environment });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  child.stdout.once('data', () => child.stdout.destroy());
  const [code] = await once(child, 'exit');
  expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
});
