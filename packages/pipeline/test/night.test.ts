import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { runs, visits } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';

import { emptyFolder } from './support/command-line.js';

const bin = fileURLToPath(new URL('../bin/attractions.js', import.meta.url));

const columns = { user: 'user', attraction: 'item', time: 'ts' };
const CONFIG = { sources: { visits: { type: 'csv', files: 'events/*.csv', columns } } };

/** A day's file: 40 users of which most come every day, each to five of nine rides. */
function dayCsv(day: number, { prefix = 'user', bad = 0 } = {}): string {
  const lines = Array.from({ length: 40 }, (_, n) =>
    Array.from({ length: 5 }, (_, step) => {
      const time = new Date(Date.UTC(2026, 4, day, 10, 2 * step)).toISOString();
      return `${prefix}-${n < 36 ? n : n + 4 * day},ride-${(n + step) % 9},${n * 5 + step < bad ? 'noon' : time}`;
    }),
  ).flat();
  return ['user,item,ts', ...lines, ''].join('\n');
}

/** A folder of four days, with its configuration, and the command line in it. */
async function site(config: object = CONFIG) {
  const cwd = await emptyFolder();
  await mkdir(join(cwd, 'events'));
  for (const day of [1, 2, 3, 4]) await writeFile(join(cwd, 'events', `day-${day}.csv`), dayCsv(day));
  await writeFile(join(cwd, 'attractions.config.json'), JSON.stringify(config));
  const env = { PATH: process.env['PATH'] ?? '', FORCE_COLOR: '0', ALS_RANK: '4', ALS_ITERATIONS: '2' };
  const command = (...argv: string[]) =>
    new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
      execFile(process.execPath, [bin, ...argv], { cwd, env }, (error, stdout, stderr) =>
        resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  return { cwd, command, store: openFeeds(join(cwd, 'feeds')) };
}

test('a folder of which half is not mounted is refused with figures and the fix; accepted once, it is what later runs are compared with', async () => {
  const { cwd, command, store } = await site();
  expect(await command('etl')).toMatchObject({ exitCode: 0 });
  expect(await command('etl', '--full')).toMatchObject({ exitCode: 0 });

  await mkdir(join(cwd, 'elsewhere'));
  for (const day of [3, 4]) await rename(join(cwd, 'events', `day-${day}.csv`), join(cwd, 'elsewhere', `${day}.csv`));
  const refused = await command('run', '--json');
  expect(refused.exitCode).toBe(3);
  const { code, message } = JSON.parse(refused.stdout).error;
  expect(code).toBe('ETL_UNLIKE_BEFORE');
  expect(message).toContain('There are 2 files, 50 % of 4, the median of the last 2 updates');
  expect(message).toContain('Not there any more: events/day-3.csv, events/day-4.csv.');
  expect(message).toContain('There are 400 visits, 50 % of 800');
  expect(message).toContain('2.0 days before that of the last update');
  expect(message).toContain('--accept');
  expect((await store.feed(visits).head())?.seq).toBe(2);
  expect(await store.list()).not.toContain('training/als/v1.0');

  const accepted = await command('etl', '--accept', '--json');
  expect(accepted.exitCode).toBe(0);
  expect(JSON.parse(accepted.stdout).accepted).toHaveLength(3);
  expect((await store.feed(visits).latest()).record.checks).toMatchObject({ accepted: true, files: 2, visits: 400 });
  expect(await command('etl')).toMatchObject({ exitCode: 0 });
}, 120_000);

test('each kind of check: new users, new attractions, a column that is refused more often, an old export', async () => {
  const { cwd, command, store } = await site({ ...CONFIG, checks: { maxDaysBack: 0, maxAgeDays: 100_000 } });
  expect(await command('etl')).toMatchObject({ exitCode: 0 });
  expect((await store.feed(visits).latest()).record.checks).toMatchObject({
    ...{ rows: 800, kept: 800, rejected: 0, files: 4, visits: 800, users: 52, attractions: 9 },
    ...{ earliest: '2026-05-01T10:00:00.000Z', latest: '2026-05-04T10:08:00.000Z', 'empty.latitude': 1 },
  });
  const refusedWith = async (file: string, change: string) => {
    const path = join(cwd, 'events', file);
    await writeFile(path, change);
    const { exitCode, stderr } = await command('etl');
    await writeFile(path, dayCsv(Number(file.match(/\d/)?.[0])));
    return { exitCode, stderr };
  };
  for (const day of [1, 2, 3]) await writeFile(join(cwd, 'events', `day-${day}.csv`), dayCsv(day, { prefix: 'id' }));
  const fresh = await refusedWith('day-4.csv', dayCsv(4, { prefix: 'id' }));
  expect(fresh).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('100 % of the users are not in the last update'),
  });
  for (const day of [1, 2, 3]) await writeFile(join(cwd, 'events', `day-${day}.csv`), dayCsv(day));
  const renamed = await refusedWith(
    'day-4.csv',
    dayCsv(4).replaceAll(/ride-(\d)/g, (_, n) => `ride-x${n}`),
  );
  expect(renamed).toMatchObject({ exitCode: 0 });
  const columnBad = await refusedWith('day-4.csv', dayCsv(4, { bad: 30 }));
  expect(columnBad).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('3.8 % of the visit lines are refused for their column ts, in the last update 0 %'),
  });
  await rm(join(cwd, 'events', 'day-4.csv'));
  const old = await command('etl');
  expect(old).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('checks.maxDaysBack is 0') });
  expect((await store.feed(visits).head())?.seq).toBe(2);
}, 120_000);

test('runs lists what was run, how long it took and how many there were, and why it was refused', async () => {
  const { cwd, command, store } = await site();
  expect(await command('runs')).toMatchObject({ exitCode: 0, stdout: 'No run is recorded yet.\n' });
  expect(await readdir(cwd)).not.toContain('feeds');
  await command('train');
  await command('run');
  await rm(join(cwd, 'events', 'day-2.csv'));
  await rm(join(cwd, 'events', 'day-3.csv'));
  await command('etl');

  const { exitCode, stdout } = await command('runs', '--json');
  expect(exitCode).toBe(0);
  const [refused, done, failed] = JSON.parse(stdout);
  expect(failed).toMatchObject({ seq: 1, command: 'train', outcome: 'failed', code: 'FEEDS_EMPTY' });
  expect(refused).toMatchObject({ seq: 3, command: 'etl', outcome: 'refused', code: 'ETL_UNLIKE_BEFORE', feeds: [] });
  expect(done).toMatchObject({
    seq: 2,
    command: 'run',
    outcome: 'done',
    counts: { rows: 800, visits: 800, users: 52 },
  });
  expect(done.feeds).toContainEqual({ feed: visits.path, seq: 1 });
  expect(done.seconds).toBeGreaterThan(0);

  const text = (await command('runs', '--limit', '2')).stdout.split('\n');
  expect(text[0]).toMatch(/started \(UTC\) +what +outcome +took +rows +visits +users +put, or why not/);
  expect(text[1]).toMatch(/etl +refused .*ETL_UNLIKE_BEFORE.*2 files, 50 % of 4/);
  expect(text).toHaveLength(4);
  expect((await store.feed(runs).head())?.seq).toBe(3);
}, 120_000);

test('raw data that are not there are a refused run, since a mount may be missing; wrong usage is not a run', async () => {
  const { cwd, command } = await site();
  await command('etl');
  for (const day of [2, 3, 4]) await rm(join(cwd, 'events', `day-${day}.csv`));
  const few = await command('etl');
  expect(few.stderr).toContain('There is 1 file, 25 % of 4, what the last update has; checks.minVolume is 70 %.');
  await rm(join(cwd, 'events'), { recursive: true });
  expect(await command('etl')).toMatchObject({ exitCode: 2 });
  expect(await command('etl', '--acept')).toMatchObject({ exitCode: 2 });
  const [missing, refused, done] = JSON.parse((await command('runs', '--json')).stdout);
  expect(missing).toMatchObject({ seq: 3, command: 'etl', outcome: 'refused', code: 'ETL_NO_FILES', feeds: [] });
  expect([refused.code, done.outcome]).toEqual(['ETL_UNLIKE_BEFORE', 'done']);
}, 120_000);

test('a configuration of checks that nothing takes is refused with every problem', async () => {
  const { command } = await site({
    ...CONFIG,
    checks: { minVolume: 'half', maxNewUsers: 70, compareWith: 0, minVolum: 1 },
  });
  const { exitCode, stderr } = await command('etl');
  expect(exitCode).toBe(2);
  for (const key of [
    'checks.minVolume is "half"',
    'checks.maxNewUsers is 70; give a share from 0 to 1',
    'checks.compareWith is 0',
    'checks.minVolum is unknown',
  ])
    expect(stderr).toContain(key);
});
