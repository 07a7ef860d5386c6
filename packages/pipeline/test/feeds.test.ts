import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { attractions as attractionsFeed, experiments } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';

import { attractions, emptyFolder, quick } from './support/command-line.js';
import { PROGRAM } from './support/paths.js';

const producer = { id: 'by-hand', package: 'test', version: '1.0.0' };
const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ attractionId: `p:${i}`, park: 'p', name: `Ride ${i}`, themes: [] }));
/** The same by the names of the feed's schema. */
const rowsRead = (count: number) =>
  rows(count).map(({ attractionId, ...row }) => ({ attraction_id: attractionId, ...row }));

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
    expect(stdout.split('\n').map((line) => line && JSON.parse(line))).toEqual([...rowsRead(2), '']);
    expect(await asked('cat', 'etl/attractions#2')).toEqual(rowsRead(2));
  });

  test('head, schema and diff say what is in updates and between them', async () => {
    expect(await asked('head', 'etl/attractions', '--rows', '2')).toEqual(rowsRead(2));
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

describe('a feed of JSON documents', () => {
  const experiment = {
    experiment: 'demo',
    version: 1,
    layerSalt: 'layer',
    layerBuckets: [0, 10_000] as const,
    salt: 'salt',
    panels: [{ name: 'model', recommender: 'als', buckets: [[0, 5_000]] as const }],
  };
  const widened = {
    ...experiment,
    version: 2,
    panels: [{ name: 'model', recommender: 'als', buckets: [[0, 6_000]] as const }],
  };

  beforeEach(async () => {
    feedsRoot = await emptyFolder();
    const feed = openFeeds(feedsRoot).feed(experiments);
    for (const value of [experiment, widened]) await feed.put(value, { producer });
  });

  test('cat gives the document as one row', async () => {
    expect(JSON.parse((await feeds('cat', 'experiments/config#1')).stdout)).toEqual(experiment);
    expect(await asked('cat', 'experiments/config')).toEqual([widened]);
  });

  test('head gives its properties, lists without objects in one piece', async () => {
    const { stdout } = await feeds('head', 'experiments/config', '--rows', '3');
    expect(stdout).toBe('property      value\nexperiment    demo\nlayerBuckets  [0,10000]\nlayerSalt     layer\n');
    expect(await asked('head', 'experiments/config')).toEqual([
      { property: 'experiment', value: 'demo' },
      { property: 'layerBuckets', value: [0, 10_000] },
      { property: 'layerSalt', value: 'layer' },
      { property: 'panels[0].buckets', value: [[0, 6_000]] },
      { property: 'panels[0].name', value: 'model' },
      { property: 'panels[0].recommender', value: 'als' },
      { property: 'salt', value: 'salt' },
      { property: 'version', value: 2 },
    ]);
  });

  test('diff names each value that differs', async () => {
    const found = await asked('diff', 'experiments/config#1', 'experiments/config');
    expect(found.values).toEqual([
      { property: 'panels[0].buckets[0][1]', before: 5_000, after: 6_000 },
      { property: 'version', before: 1, after: 2 },
    ]);
    expect(found.sameValues).toBe(8);
    expect((await feeds('diff', 'experiments/config#1', 'experiments/config')).stdout).toMatch(
      /- panels\[0\]\.buckets\[0\]\[1\]: 5000\n\+ panels\[0\]\.buckets\[0\]\[1\]: 6000\n[^]*values: 2 differ, 8 in both\n$/,
    );
  });
});

test('every feed that a run, its evaluation and its gate fill can be looked at: the first rows, all rows, and a difference', async () => {
  feedsRoot = await emptyFolder();
  const config = { ...quick(feedsRoot), reportFolder: await emptyFolder(), reportResamples: 100 };
  for (const stage of ['etl', 'train', 'evaluate', 'validate']) await attractions(config, stage);
  const heads: { feed: string; totals: { rows: number } }[] = await asked('ls');
  expect(heads.map(({ feed }) => feed)).toEqual(
    expect.arrayContaining(['evaluation/report/v1.0', 'training/next-attraction/v1.0', 'training/als/v1.0']),
  );
  for (const { feed, totals } of heads) {
    const lines = (await feeds('cat', feed)).stdout.trim().split('\n');
    // The options and the loss of a factor model are a document beside its rows.
    expect([feed, lines.length]).toEqual([feed, totals.rows + (feed === 'training/als/v1.0' ? 1 : 0)]);
    expect((await feeds('head', feed, '--rows', '2')).stdout.split('\n').length).toBe(4);
    expect((await feeds('diff', feed, feed)).stdout).toMatch(
      /^(rows: 0 removed, 0 added|values: 0 differ), [\d,]+ in both$/m,
    );
  }
  expect((await asked('head', 'training/als'))[0]).toMatchObject({ file: 'users', factors: expect.any(Array) });
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
