import { access, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { attractions, visits } from '@attractions/contracts';
import type { FleetReport } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';

import { emptyFolder } from '../support/command-line.js';
import { attractionsIn } from '../support/process.js';
import { csvOf } from '../support/tenants.js';

const columns = { user: 'user', attraction: 'item', time: 'ts', tenant: 'company' };

/** One file of all tenants, in an order that mixes them. */
const mixed = (tenants: Readonly<Record<string, string>>, more: readonly string[] = []): string => {
  const lines = Object.entries(tenants).flatMap(([tenant, csv]) =>
    csv
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => `${line},${tenant}`),
  );
  return ['user,item,ts,company', ...lines.sort(), ...more, ''].join('\n');
};

async function fleetIn(folder: string, env: Readonly<Record<string, string>> = {}) {
  const { exitCode, stdout, stderr } = await attractionsIn(folder, ['run', '--each', '--json'], {
    ...{ FLEET_WORKERS: '2', FLEET_MEMORY_MB: '1500', ...env },
  });
  type Found = FleetReport & { readonly error?: { readonly code: string; readonly message: string } };
  return { exitCode, report: JSON.parse(stdout) as Found, stderr };
}

test('a column tenant splits one source; hostile values are counted and name no path; what a tenant has not got new is not trained again', async () => {
  const folder = await emptyFolder();
  const hostile = ['../attractions-hostile', '', 'North', '/etc', 'a/b', '_fleet'].map(
    (value) => `u1,i1,2026-05-01T09:00:00Z,${value}`,
  );
  const tenants = { north: csvOf(1), south: csvOf(2), west: csvOf(3) };
  await writeFile(join(folder, 'all.csv'), mixed(tenants, hostile));
  await writeFile(
    join(folder, 'items.jsonl'),
    Array.from({ length: 20 }, (_, n) =>
      JSON.stringify({ id: `i${n}`, title: `Ride ${n}`, company: n < 19 ? 'north' : 'south' }),
    ).join('\n'),
  );
  const sources = {
    visits: { type: 'csv', files: 'all.csv', columns },
    attractions: { type: 'jsonl', files: 'items.jsonl', columns: { attraction: 'id', name: 'title' } },
  };
  await writeFile(join(folder, 'attractions.config.json'), JSON.stringify({ sources }));

  const scratch = await emptyFolder();
  const first = await fleetIn(folder, { TMPDIR: scratch });
  expect(first.exitCode).toBe(0);
  expect(first.report.tenants.map(({ tenant, outcome }) => [tenant, outcome])).toEqual([
    ['north', 'done'],
    ['south', 'done'],
    ['west', 'done'],
  ]);
  expect(first.report.split).toEqual({ rows: 3 * 360 + 6, rejectedRows: 6 });
  expect(first.stderr).toContain('Rows that belong to no tenant were left out.');
  expect(await readdir(join(folder, 'feeds'))).toEqual(['_fleet', 'north', 'south', 'west']);
  expect((await readdir(folder)).sort()).toEqual(['all.csv', 'attractions.config.json', 'feeds', 'items.jsonl']);
  // The parts are gone, and none was beside them.
  // A configuration file in TypeScript leaves its cache there.
  expect((await readdir(scratch)).filter((name) => name !== 'jiti')).toEqual([]);
  // The part holds what a file of the tenant alone would: the attractions are those of all.
  const north = openFeeds(join(folder, 'feeds', 'north'));
  const table = await (await north.feed(visits).latest()).read();
  const times = [...(table.getChild('visited_at') ?? [])].map(Number);
  const expected = tenants.north
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Date.parse(line.split(',')[2] ?? ''));
  expect(times.sort()).toEqual(expected.sort());
  const [{ name } = { name: '' }] = await (await north.feed(attractions).latest()).read();
  expect(name).toBe('Ride 0');

  const second = await fleetIn(folder);
  expect([second.exitCode, second.report.counts]).toMatchObject([0, { unchanged: 3 }]);
  await writeFile(join(folder, 'all.csv'), mixed({ ...tenants, south: csvOf(9, 70) }));
  const third = await fleetIn(folder);
  expect([third.exitCode, third.report.counts]).toMatchObject([0, { done: 1, unchanged: 2 }]);
}, 120_000);

test('where too many rows belong to no tenant, nothing is run', async () => {
  const folder = await emptyFolder();
  await writeFile(join(folder, 'all.csv'), mixed({ North: csvOf(1, 20), south: csvOf(2, 20) }));
  await writeFile(
    join(folder, 'attractions.config.json'),
    JSON.stringify({ sources: { visits: { type: 'csv', files: 'all.csv', columns } } }),
  );
  const { exitCode, report } = await fleetIn(folder);
  expect(exitCode).toBe(3);
  expect(report.error).toEqual({
    code: 'ETL_TOO_MANY_REJECTS',
    message:
      '120 of 240 rows belong to no tenant, the most by the values "North" (120); the share allowed is 0.05, MAX_REJECT_SHARE. Names of tenants have 1 to 63 of a to z, 0 to 9, _ and -, with a letter or a digit first.',
  });
  await expect(access(join(folder, 'feeds'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a run without --each does not mix the tenants, and --each without a column says what is missing', async () => {
  const folder = await emptyFolder();
  await writeFile(join(folder, 'all.csv'), mixed({ north: csvOf(1) }));
  const write = (given: object) =>
    writeFile(
      join(folder, 'attractions.config.json'),
      JSON.stringify({ sources: { visits: { type: 'csv', files: 'all.csv', columns: given } } }),
    );
  await write(columns);
  const alone = await attractionsIn(folder, ['run', '--json']);
  expect([alone.exitCode, JSON.parse(alone.stdout).error]).toMatchObject([
    2,
    { code: 'ETL_SOURCES_INVALID', message: expect.stringContaining('run it with: attractions run --each') },
  ]);
  await write({ ...columns, tenant: undefined });
  const { exitCode, report } = await fleetIn(folder);
  expect([exitCode, report.error?.message]).toEqual([
    2,
    'Nothing says which tenants there are; give --each a file of tenants, or the visits in the configuration file a column: "columns": { "tenant": "…" }.',
  ]);
});
