import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runs } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';

import { attractions, emptyFolder, quick } from './support/command-line.js';

const COMMANDS = [
  'run',
  'etl',
  'train',
  'evaluate',
  'validate',
  'serve',
  'recommend',
  'similar',
  'runs',
  'feeds',
  'feeds ls',
  'feeds history',
  'feeds show',
];

test.each(COMMANDS)('%s --help says what it is for and that --json is there', async (command) => {
  const { exitCode, stdout } = await attractions({}, ...command.split(' '), '--help');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('--json');
});

test('a run ends with named recommendations of both panels, in text and in JSON alike', async () => {
  const feedsRoot = await emptyFolder();
  const { exitCode, stdout } = await attractions(quick(feedsRoot), 'run', '--json');
  expect(exitCode).toBe(0);
  const summary = JSON.parse(stdout);
  expect(Object.keys(summary)).toEqual(
    expect.arrayContaining('rows kept rejected visits users attractions loss recommendations feeds seconds'.split(' ')),
  );
  expect(summary.loss).toHaveLength(3);
  expect(summary.recommendations.map(({ panel }: { panel: { panel: string } }) => panel.panel)).toEqual([
    'model',
    'popular',
  ]);

  const text = (await attractions(quick(feedsRoot), 'run')).stdout;
  for (const { userId, recommendations } of summary.recommendations) {
    expect(text).toContain(userId);
    for (const { name } of recommendations) expect(text).toContain(name);
  }
});

test('--in-memory finds the same without writing anything', async () => {
  const [feedsRoot, untouched] = [await emptyFolder(), await emptyFolder()];
  const through = JSON.parse((await attractions(quick(feedsRoot), 'run', '--json')).stdout);
  const within = JSON.parse((await attractions(quick(untouched), 'run', '--in-memory', '--json')).stdout);
  expect(await readdir(untouched)).toEqual([]);
  const found = ({ loss, visits, recommendations }: typeof through) => ({
    loss,
    visits,
    ids: recommendations.map((answer: { recommendations: { attractionId: string }[] }) =>
      answer.recommendations.map(({ attractionId }) => attractionId),
    ),
  });
  expect(found(within)).toEqual(found(through));
  expect(within.feeds).toEqual([]);
});

test('train alone trains on the latest visits; feeds and recommend look at what came of it', async () => {
  const feedsRoot = await emptyFolder();
  const config = quick(feedsRoot);
  expect((await attractions(config, 'etl', '--json')).exitCode).toBe(0);
  expect((await attractions(config, 'etl', '--full', '--json')).exitCode).toBe(0);
  expect((await attractions(config, 'train', '--json')).exitCode).toBe(0);

  const shown = JSON.parse((await attractions(config, 'feeds', 'show', 'training/als', '--json')).stdout);
  expect(shown.parents[0]).toMatchObject({ feed: 'etl/visits/v1.0', seq: 2 });
  const listed = JSON.parse((await attractions(config, 'feeds', '--json')).stdout);
  expect(listed.map(({ feed, seq }: { feed: string; seq: number }) => `${feed} ${seq}`)).toEqual([
    'etl/attractions/v1.0 2',
    'etl/rejects/v1.0 2',
    'etl/visits/v1.0 2',
    'pipeline/runs/v1.0 3',
    'training/als/v1.0 1',
    'training/next-attraction/v1.0 1',
    'training/popularity/v1.0 1',
  ]);
  const history = JSON.parse((await attractions(config, 'feeds', 'history', 'etl/visits/v1.0', '--json')).stdout);
  expect(history.map(({ seq }: { seq: number }) => seq)).toEqual([2, 1]);
  expect((await attractions(config, 'feeds', 'history', 'etl/visits', '--limit', '1')).stdout.split('\n')).toHaveLength(
    3,
  );

  const answer = JSON.parse(
    (await attractions(config, 'recommend', 'nobody@N99', '--park', 'EmberIsle', '--limit', '3', '--json')).stdout,
  );
  expect(answer).toMatchObject({ userId: 'nobody@N99', source: 'next-attraction' });
  expect(answer.recommendations).toHaveLength(3);

  const { attractionId } = answer.recommendations[0];
  const like = (...more: string[]) => attractions(config, 'similar', ...more);
  const near = JSON.parse((await like(attractionId, '--park', 'EmberIsle', '--limit', '3', '--json')).stdout);
  expect(near.attractionId).toBe(attractionId);
  expect(near.recommendations).toHaveLength(3);
  for (const entry of near.recommendations) {
    expect(entry.attractionId).toMatch(/^EmberIsle:/);
    expect(entry.attractionId).not.toBe(attractionId);
  }
  expect((await like(attractionId, '--limit', '3')).stdout).toContain(`Like ${attractionId}`);
  const unknown = await like('EmberIsle:999');
  expect(unknown).toMatchObject({ exitCode: 2, stdout: '' });
  expect(unknown.stderr).toContain("There is no attraction 'EmberIsle:999'");
});

test.each([
  [['recommend'], 'user'],
  [['recommend', 'a', '--limit', '0'], "'0'"],
  [['recommend', 'a', '--limit', 'ten'], "'ten'"],
  [['similar'], 'attraction'],
  [['similar', 'a', '--limit', '0'], "'0'"],
  [['feed'], 'feed'],
  [['run', '--inmemory'], '--inmemory'],
  [['run', 'twice'], 'arguments'],
  [['feeds', 'history', 'etl/visit'], "'etl/visit'"],
  [['feeds', 'history', 'etl/visits', '--limit', '-1'], '-1'],
])('wrong usage %j exits with 2 and names the offence', async (argv, offence) => {
  const { exitCode, stdout, stderr } = await attractions(
    { feedsRoot: await emptyFolder(), logLevel: 'silent' },
    ...argv,
  );
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(offence);
});

test('wrong usage with --json is one document on stdout too', async () => {
  const { exitCode, stdout } = await attractions({}, 'run', '--json', '--inmemory');
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout).error.code).toBe('USAGE');
});

test('raw data that are not there are wrong configuration; only that it was refused is recorded', async () => {
  const feedsRoot = await emptyFolder();
  const { exitCode, stderr } = await attractions({ ...quick(feedsRoot), rawDataPath: '/nowhere/at-all' }, 'run');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('/nowhere/at-all');
  expect(await openFeeds(feedsRoot).list()).toEqual([runs.path]);
});

test('too many rejects are refused data: exit code 3, and nothing is committed', async () => {
  const [raw, feedsRoot] = [await emptyFolder(), await emptyFolder()];
  await writeFile(join(raw, 'POI-Tiny.csv'), 'poiID;poiName;lat;long;rideDuration;theme\n1;Swing;1.0;2.0;3;Ride\n');
  const header = 'id;nsid;takenUnix;poiID;poiTheme;poiFreq;rideDuration;seqID';
  await writeFile(
    join(raw, 'userVisits-Tiny-allPOI.csv'),
    `${header}\n1;a;1500000000;1;Ride;1;180;1\n2;a;later;1;Ride;1;180;1\n`,
  );
  const { exitCode, stderr } = await attractions({ ...quick(feedsRoot), rawDataPath: raw }, 'run');
  expect(exitCode).toBe(3);
  expect(stderr).toContain('1 of 2');
  // That it was refused is recorded, without the values of a visitor.
  expect(await openFeeds(feedsRoot).list()).toEqual([runs.path]);
  const { code, message } = await (await openFeeds(feedsRoot).feed(runs).latest()).read();
  expect({ code, message }).toEqual({ code: 'ETL_TOO_MANY_REJECTS', message: expect.not.stringContaining('later') });
});

test('no model yet is a failure that says what to run', async () => {
  const { exitCode, stderr } = await attractions(
    { feedsRoot: await emptyFolder(), logLevel: 'silent' },
    'recommend',
    'a',
  );
  expect(exitCode).toBe(1);
  expect(stderr).toContain('attractions train');
});

test('help says what defaults are as they are typed, and what is served', async () => {
  expect((await attractions({}, 'evaluate', '--help')).stdout).toMatch(/\(default:\s+popular,item-knn,als\)/);
  expect((await attractions({}, 'serve', '--help')).stdout).toContain('champion');
});

test('a read-out without any experiment says where to put one', async () => {
  const config = { feedsRoot: await emptyFolder(), logLevel: 'silent' as const };
  const { exitCode, stderr } = await attractions(config, 'experiment', 'report');
  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr: "There is no experiment in the feeds yet; start one with 'attractions experiment start'.\n",
  });
});
