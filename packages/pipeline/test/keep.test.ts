import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runs } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import { loadGeneration } from '@attractions/models';

import { ruleFor } from '../src/keep/keep.js';
import { attractions, emptyFolder, quick } from './support/command-line.js';

const DAY_MS = 86_400_000;

test('each feed has the rule that fits what its updates are', () => {
  const both = { last: 14, days: 90 };
  for (const feed of ['etl/visits/v1.0', 'training/als/v1.0', 'mine/models/v1.0'])
    expect(ruleFor(feed, both)).toEqual({ keepLast: 14, maxAgeMs: 90 * DAY_MS });
  for (const feed of [
    'serving/exposures/v1.0',
    'serving/events/v1.0',
    'pipeline/runs/v1.0',
    'evaluation/trials/v1.0',
  ]) {
    expect(ruleFor(feed, both)).toEqual({ maxAgeMs: 90 * DAY_MS });
    expect(ruleFor(feed, { last: 14 })).toBeUndefined();
  }
  for (const feed of ['experiments/config/v1.0', 'privacy/forgotten/v1.0']) expect(ruleFor(feed, both)).toBeUndefined();
});

test('a run only says what would go until keep was run by hand; from then on each run gives up what the rule does not keep, and never the champion', async () => {
  const feedsRoot = await emptyFolder();
  const store = openFeeds(feedsRoot);
  const config = join(feedsRoot, '..', `keep-${process.pid}.json`);
  await writeFile(config, JSON.stringify({ keep: { last: 1 } }));
  const command = async (...argv: string[]) => {
    const { exitCode, stdout, stderr } = await attractions(quick(feedsRoot), ...argv, '--json', '--config', config);
    expect([argv, exitCode, stderr]).toEqual([argv, 0, '']);
    return JSON.parse(stdout);
  };
  const living = async (feed: string) => {
    const { kept } = await store
      .log(feed)
      .expire({ keepLast: 1_000 }, { producer: { id: 'test', package: 'test', version: '0' } });
    return kept.map(({ seq }) => seq);
  };
  await command('run', '--full');
  await command('feeds', 'alias', 'champion', 'training/als#1');
  await command('run', '--full');
  const dry = await command('run', '--full');
  // Sequence number 2 gave the name.
  expect(dry.keep).toMatchObject({ dryRun: true, purged: 0 });
  expect(dry.keep.feeds).toContainEqual(expect.objectContaining({ feed: 'training/als/v1.0', expired: [3] }));
  expect(await living('training/als/v1.0')).toEqual([1, 3, 4]);

  const asked = await command('keep', '--dry-run');
  expect(asked).toEqual(dry.keep);
  expect(await living('training/als/v1.0')).toEqual([1, 3, 4]);

  const done = await command('keep');
  expect(done).toMatchObject({ dryRun: false, purged: 0 });
  expect(await living('training/als/v1.0')).toEqual([1, 4]);
  for (const feed of ['training/popularity', 'etl/visits', 'etl/attractions', 'etl/rejects'])
    expect([feed, await living(`${feed}/v1.0`)]).toEqual([feed, [1, 3]]);
  expect(await store.log(runs.path).refs()).toMatchObject({ 'keep-on': 4 });

  const later = await command('run', '--full');
  expect(later.keep).toMatchObject({ dryRun: false });
  expect(await living('training/als/v1.0')).toEqual([1, 6]);
  expect((await loadGeneration(openFeeds(feedsRoot))).seqs.model).toBe(1);
  const verified: { findings: object[] }[] = await command('feeds', 'verify');
  expect(verified.flatMap(({ findings }) => findings)).toEqual([]);
  expect((await command('runs')).map(({ command: name }: { command: string }) => name)).toEqual([
    ...['run', 'keep', 'run', 'run', 'run'],
  ]);
  expect(await readFile(config, 'utf8')).toContain('keep');
}, 240_000);

test('keep without a rule, and rules that nothing takes, are wrong configuration', async () => {
  const feedsRoot = await emptyFolder();
  expect(await attractions(quick(feedsRoot), 'keep')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('"keep": { "last": 14, "days": 90 }'),
  });
  const config = join(feedsRoot, 'keep.json');
  await writeFile(config, JSON.stringify({ keep: { last: 0, days: 'all', weeks: 1 } }));
  const { exitCode, stderr } = await attractions(quick(feedsRoot), 'keep', '--config', config);
  expect(exitCode).toBe(2);
  for (const key of ['keep.last is 0', 'keep.days is "all"', 'keep.weeks is unknown']) expect(stderr).toContain(key);
});
