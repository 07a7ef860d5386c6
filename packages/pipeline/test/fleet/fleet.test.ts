import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { CHAMPION, als, fleetReports } from '@attractions/contracts';
import type { FleetReport } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';

import { attractionsIn } from '../support/process.js';
import { startS3 } from '../support/servers.js';
import { csvOf, tenantsFolder } from '../support/tenants.js';

/** Runs the fleet of a folder in processes of its own. */
async function fleetIn(folder: string, env: Readonly<Record<string, string>> = {}, ...argv: string[]) {
  const all = { FLEET_WORKERS: '2', FLEET_MEMORY_MB: '1500', ...env };
  const { exitCode, stdout, stderr } = await attractionsIn(
    folder,
    ['run', '--each', 'tenants.json', '--json', ...argv],
    all,
  );
  const report = JSON.parse(stdout) as FleetReport & {
    readonly error?: { readonly code: string; readonly message: string };
  };
  const of = (tenant: string) => report.tenants.find((each) => each.tenant === tenant);
  return { exitCode, report, stderr, of };
}

/** How many models a tenant has, and whether the latest is the champion; the gate's own records are counted by sequence numbers too. */
async function modelsOf(folder: string, tenant: string) {
  const feed = openFeeds(join(folder, 'feeds', tenant)).feed(als);
  const { latest, [CHAMPION]: champion } = await feed.refs();
  let models = 0;
  for await (const { seq } of feed.history()) models += seq > 0 ? 1 : 0;
  return { models, champion: champion === undefined ? 'none' : champion === latest ? 'latest' : 'another' };
}

test('each tenant is trained and gated in its own feeds; a second run has nothing to do, and new data of one are its own', async () => {
  const names = ['north', 'south', 'east-2', 'west_3'];
  const folder = await tenantsFolder(names.map((tenant) => ({ tenant })));
  const first = await fleetIn(folder);
  expect(first.exitCode).toBe(0);
  expect(first.report.counts).toEqual({ done: 4, unchanged: 0, refused: 0, failed: 0, 'not reached': 0 });
  expect(first.report.tenants.map(({ tenant, isTrained, tries }) => [tenant, isTrained, tries])).toEqual(
    names.map((name) => [name, true, 1]),
  );
  for (const name of names) expect(await modelsOf(folder, name)).toEqual({ models: 1, champion: 'latest' });
  // Beside the root: nothing of the tenants, and the report.
  expect(await readdir(join(folder, 'feeds'))).toEqual(['_fleet', 'east-2', 'north', 'south', 'west_3']);
  const reports = openFeeds(join(folder, 'feeds', '_fleet')).feed(fleetReports);
  expect(await (await reports.latest()).read()).toEqual(first.report);
  expect(await openFeeds(join(folder, 'feeds')).list()).not.toContainEqual(expect.stringContaining('_fleet'));

  const second = await fleetIn(folder);
  expect([second.exitCode, second.report.counts]).toMatchObject([0, { unchanged: 4 }]);

  await writeFile(join(folder, 'raw', 'south', 'visits.csv'), csvOf(9, 70));
  const third = await fleetIn(folder);
  expect([third.exitCode, third.report.counts]).toMatchObject([0, { done: 1, unchanged: 3 }]);
  expect(await modelsOf(folder, 'south')).toEqual({ models: 2, champion: 'latest' });
  expect(await modelsOf(folder, 'north')).toEqual({ models: 1, champion: 'latest' });
});

/** A source of one's own that does something before it gives its rows. */
const ownSource = (before: string): string => `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { defineSource } from '@attractions/etl';
const rows = defineSource({
  type: 'rows',
  options: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
  probe: async () => ({ found: 'Rows.', sample: [] }),
  async *visits(options, { baseFolder }) {
    ${before}
    for (const line of readFileSync(baseFolder + '/visits.csv', 'utf8').trim().split('\\n').slice(1)) {
      const [user, attraction, time] = line.split(',');
      yield { user, attraction, time };
    }
  },
});
export default { sources: { visits: { type: rows } } };
`;

test('what becomes of one tenant changes nothing for the others: broken data, a wrong configuration, a killed worker, too much memory, a refused model', async () => {
  const noTaste = Array.from(
    { length: 400 },
    (_, n) =>
      `u${n % 50},i${(n * 7) % 11},2026-05-${String(1 + (n % 28)).padStart(2, '0')}T10:${String(n % 60).padStart(2, '0')}:00Z`,
  );
  const folder = await tenantsFolder(
    [
      { tenant: 'killed', config: 'killed.config.mjs' },
      { tenant: 'killer', config: 'killer.config.mjs' },
      { tenant: 'hungry', config: 'hungry.config.mjs' },
      { tenant: 'broken', csv: csvOf(1).replaceAll(/2026-(\d)/g, 'noon-$1') },
      { tenant: 'wrong', config: 'wrong.config.json' },
      { tenant: 'missing', config: 'absent.config.json' },
      { tenant: 'tasteless', csv: ['user,item,ts', ...noTaste, ''].join('\n') },
      { tenant: 'good-1' },
      { tenant: 'good-2' },
    ],
    {
      'killed.config.mjs': ownSource(
        "const once = baseFolder + '/killed'; if (!existsSync(once)) { writeFileSync(once, ''); process.kill(process.pid, 'SIGKILL'); }",
      ),
      'killer.config.mjs': ownSource("process.kill(process.pid, 'SIGKILL');"),
      'hungry.config.mjs': ownSource(
        'const all = []; for (;;) { all.push(Buffer.alloc(50e6, 1)); await new Promise((next) => setTimeout(next, 20)); }',
      ),
      'wrong.config.json': JSON.stringify({ sorces: {} }),
    },
  );
  const { exitCode, report, stderr, of } = await fleetIn(folder, { FLEET_RETRIES: '1' });
  expect(exitCode).toBe(1);
  const { tenants } = report;
  expect(
    Object.fromEntries(tenants.map(({ tenant, outcome, tries, code }) => [tenant, [outcome, tries, code]])),
  ).toEqual({
    killed: ['done', 2, undefined],
    killer: ['failed', 2, 'PIPELINE_TENANT_LOST'],
    hungry: ['failed', 2, 'PIPELINE_TENANT_MEMORY'],
    broken: ['refused', 1, expect.stringMatching(/^ETL_/)],
    wrong: ['failed', 1, 'CONFIG_FILE_INVALID'],
    missing: ['failed', 1, 'CONFIG_FILE_MISSING'],
    tasteless: ['refused', 1, 'EVALUATION_MODEL_REFUSED'],
    'good-1': ['done', 1, undefined],
    'good-2': ['done', 1, undefined],
  });
  expect(of('killer')?.message).toBe('Its worker ended with SIGKILL, which Linux sends where memory is short.');
  expect(of('hungry')?.message).toMatch(
    /^It took \d+ MB, and a worker has 675 MB; give the fleet more with --memory, or fewer --workers\.$/,
  );
  expect(of('wrong')?.message).toMatch(/wrong\.config\.json: sorces is unknown; did you mean sources\?/);
  // Lines name the tenant.
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { tenant?: string; msg: string });
  expect(lines).toContainEqual(
    expect.objectContaining({ tenant: 'killed', msg: 'killed failed, and is tried again later.' }),
  );
  expect(lines).toContainEqual(expect.objectContaining({ tenant: 'broken', msg: 'broken was refused.' }));
  expect(await modelsOf(folder, 'tasteless')).toEqual({ models: 1, champion: 'none' });
  for (const name of ['killed', 'good-1', 'good-2'])
    expect(await modelsOf(folder, name)).toEqual({ models: 1, champion: 'latest' });
}, 120_000);

test('a tenant that hangs, and one that never lets go of its thread, are ended at the deadline, and tried again', async () => {
  const folder = await tenantsFolder(
    [
      { tenant: 'hangs', config: 'hangs.config.mjs' },
      { tenant: 'spins', config: 'spins.config.mjs' },
    ],
    {
      'hangs.config.mjs': ownSource('await new Promise(() => setInterval(() => {}, 1000));'),
      'spins.config.mjs': ownSource('for (;;);'),
    },
  );
  const { exitCode, report } = await fleetIn(folder, { FLEET_DEADLINE_SECONDS: '2', FLEET_RETRIES: '1' });
  expect(exitCode).toBe(1);
  const message = 'It did not end within 2 s, FLEET_DEADLINE_SECONDS.';
  const late = { outcome: 'failed', tries: 2, code: 'PIPELINE_TENANT_DEADLINE', message };
  expect(report.tenants).toMatchObject([
    { tenant: 'hangs', ...late },
    { tenant: 'spins', ...late },
  ]);
}, 120_000);

test('refused tenants alone: exit code 3, and people are told why', async () => {
  const folder = await tenantsFolder([{ tenant: 'north' }, { tenant: 'south', csv: 'user,item,ts\n' }]);
  const { exitCode, stdout } = await attractionsIn(folder, [
    'run',
    '--each',
    'tenants.json',
    '--workers',
    '1',
    '--memory',
    '900',
  ]);
  expect(exitCode).toBe(3);
  expect(stdout).toMatch(/^2 tenants in [\d.]+ s: 1 done, 1 refused\.$/m);
  expect(stdout).toMatch(/^Refused:\n {2}south: ETL_NO_VISITS /m);
});

test('two fleets on one root share the tenants: each is trained once, and both say that all are done', async () => {
  const names = Array.from({ length: 8 }, (_, n) => `t${n}`);
  const folder = await tenantsFolder(names.map((tenant) => ({ tenant })));
  const both = await Promise.all([fleetIn(folder), fleetIn(folder)]);
  for (const { exitCode, report } of both) {
    expect(exitCode).toBe(0);
    expect((report.counts['done'] ?? 0) + (report.counts['unchanged'] ?? 0)).toBe(8);
  }
  const [one, two] = both.map(({ report }) => report.counts['done'] ?? 0);
  expect((one ?? 0) + (two ?? 0)).toBe(8);
  for (const name of names) expect(await modelsOf(folder, name)).toEqual({ models: 1, champion: 'latest' });
}, 60_000);

const s3 = await startS3();

(s3 ? test : test.skip)(
  'feeds, turns and the report may be in a bucket',
  async () => {
    const folder = await tenantsFolder([{ tenant: 'north' }, { tenant: 'south' }]);
    const root = `${s3?.address}/fleet?path-style=true`;
    const first = await fleetIn(folder, { ...s3?.env, FEEDS_ROOT: root });
    expect([first.exitCode, first.report.counts]).toMatchObject([0, { done: 2 }]);
    const second = await fleetIn(folder, { ...s3?.env, FEEDS_ROOT: root });
    expect([second.exitCode, second.report.counts]).toMatchObject([0, { unchanged: 2 }]);
    const champion = await openFeeds(`${s3?.address}/fleet/south?path-style=true`).feed(als).record(CHAMPION);
    expect(champion.seq).toBe(1);
  },
  120_000,
);

test.each([
  [['--each', 'tenants.json', '--sample'], '--each cannot be used with --sample; leave out one of the two.'],
  [['--workers', '2'], '--workers and --memory are of a fleet; give --each too.'],
  [
    ['--each', 'tenants.json', '--workers', '3', '--memory', '600'],
    'A fleet with 3 workers needs 1200 MB, and has 600 MB; give it more with --memory, or fewer --workers.',
  ],
  [['--each', 'absent.json'], "There is no file 'absent.json'; give the path of a file of tenants."],
])('run %j is wrong usage', async (argv, message) => {
  const folder = await tenantsFolder([{ tenant: 'north' }]);
  const { exitCode, stdout } = await attractionsIn(folder, ['run', ...argv, '--json']);
  expect([exitCode, JSON.parse(stdout).error.message]).toEqual([2, message]);
  await expect(readFile(join(folder, 'feeds'))).rejects.toMatchObject({ code: 'ENOENT' });
});
