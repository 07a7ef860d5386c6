import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { visits } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';

import { attractions, emptyFolder, quick } from './support/command-line.js';
import { SAMPLE_DATA } from './support/paths.js';

const without = async () => ({ ...quick(await emptyFolder()), rawDataPath: undefined });

test.each(['run', 'etl'])('%s without RAW_DATA_PATH: exit code 2, and what to do', async (command) => {
  const config = await without();
  const { exitCode, stdout } = await attractions(config, command, '--json');
  expect(exitCode).toBe(2);
  const { error } = JSON.parse(stdout);
  expect(error.code).toBe('ETL_NO_SOURCE');
  expect(error.message).toContain('set RAW_DATA_PATH to the folder of your raw files');
  expect(error.message).toContain('attractions run --sample');
  expect(await openFeeds(config.feedsRoot ?? '').list()).toEqual([]);
});

test('--sample reads the sample data, through feeds again and again, and in memory', async () => {
  const config = await without();
  const counts = JSON.parse(await readFile(join(SAMPLE_DATA, 'counts.json'), 'utf8'));
  for (const argv of [['run'], ['etl'], ['run', '--in-memory']]) {
    const { exitCode, stdout } = await attractions(config, ...argv, '--sample', '--json');
    expect({ exitCode, rows: JSON.parse(stdout).rows }).toEqual({ exitCode: 0, rows: counts.rows });
  }
});

test('--sample wins over RAW_DATA_PATH, which a .env file may set, and says so', async () => {
  const config = { ...quick(await emptyFolder()), rawDataPath: '/nowhere/own', logLevel: 'info' as const };
  const { exitCode, stderr } = await attractions(config, 'etl', '--sample');
  expect(exitCode).toBe(0);
  const { sources } = (
    await openFeeds(config.feedsRoot ?? '')
      .feed(visits)
      .latest()
  ).record;
  expect(sources.map(({ path }) => path)).toContain('userVisits-sample/userVisits-EmberIsle-allPOI.csv');
  expect(stderr).toContain("Reading the sample data because of --sample, not RAW_DATA_PATH, which is '/nowhere/own'.");
});

test('--sample beside sources in a configuration file is wrong usage', async () => {
  const config = await without();
  const file = join(await emptyFolder(), 'attractions.config.json');
  await writeFile(file, JSON.stringify({ sources: { visits: { type: 'sigir17', folder: '.' } } }));
  const { exitCode, stdout } = await attractions(config, 'etl', '--sample', '--config', file, '--json');
  expect({ exitCode, ...JSON.parse(stdout).error }).toEqual({
    exitCode: 2,
    code: 'PIPELINE_USAGE',
    message: `${file} has sources, and --sample reads the sample data instead; leave out --sample, or name another file with --config.`,
  });
});

test('--sample never goes into feeds of other visits', async () => {
  const config = await without();
  const store = openFeeds(config.feedsRoot ?? '');
  await attractions(config, 'etl', '--sample');
  const { record, read } = await store.feed(visits).latest();
  const producer = { id: 'test', package: 'test', version: '0.0.0' };
  const sources = [{ path: 'userVisits-own.csv', bytes: 1, sha256: '0'.repeat(64) }];
  await store.feed(visits).put(await read(), { producer, sources, parents: record.parents });
  const { exitCode, stdout } = await attractions(config, 'run', '--sample', '--json');
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'PIPELINE_OTHER_VISITS',
    message: expect.stringContaining('set FEEDS_ROOT to another folder'),
  });
  expect((await store.feed(visits).head())?.seq).toBe(2);
});
