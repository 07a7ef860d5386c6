import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EvaluationReport } from '@attractions/contracts';

const bin = fileURLToPath(new URL('../bin/attractions.js', import.meta.url));

const file = fileURLToPath(new URL('fixtures/own.config.mjs', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attractions-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const env = {
  // A busy machine would get the popular list.
  MAX_DELAY_MS: '60000',
  PATH: process.env['PATH'] ?? '',
  FORCE_COLOR: '0',
  LOG_LEVEL: 'warn',
  ALS_RANK: '4',
  ALS_ITERATIONS: '3',
  REPORT_RESAMPLES: '100',
  GATE_MARGIN: '-1',
  PORT: '0',
  LOG_EXPOSURES: 'false',
};

/** Runs a real command with the configuration. */
function attractions(...argv: string[]) {
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd: folder, env, maxBuffer: 1e8 };
    execFile(process.execPath, [bin, ...argv, '--config', file], options, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

describe("a configuration file with a source, a rule, a recommender, a baseline and a metric of one's own", () => {
  test('run reads the source', async () => {
    const { exitCode, stdout, stderr } = await attractions('run', '--json');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 240, kept: 240, users: 48, attractions: 8 });
  });

  test('the recommender answers its panel, by commands and over HTTP, and the rule holds', async () => {
    const said = JSON.parse((await attractions('recommend', 'u1', '--park', 'P', '--json')).stdout);
    expect(said).toMatchObject({ source: 'backwards', panel: { panel: 'all' } });
    const ids = said.recommendations.map(({ attractionId }: { attractionId: string }) => attractionId);
    expect(ids.length).toBeGreaterThan(1);
    expect(ids).toEqual([...ids].sort().reverse());
    expect(ids).not.toContain('P:arch');

    const argv = [bin, 'serve', '--json', '--config', file];
    const service = spawn(process.execPath, argv, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(service, 'close');
    try {
      const [line] = await once(service.stdout, 'data');
      const { url } = JSON.parse(String(line)) as { url: string };
      const answer = await (await fetch(`${url}/v1/users/u1/recommendations?park=P`)).json();
      expect(answer).toMatchObject({ source: 'backwards', panel: { panel: 'all' } });
      expect((answer as typeof said).recommendations.map(({ attractionId }: { attractionId: string }) => attractionId)).toEqual(ids); // prettier-ignore
    } finally {
      service.kill('SIGTERM');
      await ended;
    }
    expect(await attractions('recommend', '--all')).toMatchObject({ exitCode: 0 });
    expect((await attractions('feeds', 'cat', 'serving/lists')).stdout).toContain('"source":"backwards"');
  }, 60_000);

  test('evaluate judges the baseline and the metrics under the rule, in the report, the page and the text', async () => {
    const { exitCode, stdout } = await attractions('evaluate');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/NDCG@5 +difference +arches@5 +known visits@5\n/);
    expect(stdout).toMatch(/^by number /m);
    const report = JSON.parse(await readFile(join(folder, 'reports/report.json'), 'utf8')) as EvaluationReport;
    const named = new Map(report.recommenders.map((each) => [each.name, each]));
    // Nobody has the closed arch in a list, the baselines neither; all visitors saw four rides before.
    for (const { metrics } of named.values())
      expect(metrics).toMatchObject({ arches: 0, 'known visits': expect.closeTo(named.get('popular')?.metrics['known visits'] ?? 0) }); // prettier-ignore
    expect(named.get('by number')?.description).toBe('In the order of the ids.');
    expect(report.recommenders.at(-1)?.name).toBe('as served');
    const page = await readFile(join(folder, 'reports/report.html'), 'utf8');
    expect(page).toContain('known visits@5');
    expect(page).toContain('by number');
  }, 60_000);

  test('the gate certifies it under the rule: lists without the closed ride are full, and not missed', async () => {
    const { exitCode, stdout, stderr } = await attractions('validate', '--json');
    expect([exitCode, stderr]).toEqual([0, '']);
    const { checks } = JSON.parse(stdout) as { checks: { check: string; found: string }[] };
    expect(checks.find(({ check }) => check === 'coverage')?.found).toMatch(/^1\.0000 of the visited/);
  }, 60_000);
});

test.each([
  [
    "baselines: [{ name: 'popular', description: '', learn() {} }]",
    /baselines\[0\]\.name is "popular", a baseline that there is already/,
  ],
  ["baselines: [{ name: 'x' }]", /baselines\[0\]\.description is missing.*\n.*baselines\[0\]\.learn is missing/],
  ["metrics: [{ name: 'ndcg', of: () => 0 }]", /metrics\[0\]\.name is "ndcg", a metric that there is already/],
  [
    "metrics: [{ name: 'a', of: () => 0 }, { name: 'a', of: () => 0 }]",
    /metrics\[1\]\.name is "a", the name of an earlier entry/,
  ],
  [
    'recommenders: { als: () => ({}), mapping: 5 }',
    /recommenders\.als has a name that there is already.*\n.*recommenders\.mapping has a name/,
  ],
  ['recommenders: { mine: 5 }', /recommenders\.mine is 5; give a function/],
  [
    "recommenders: { mine: () => ({}) }, models: [kind], baselines: [{ name: 'mine', description: '', learn() {} }]",
    /recommenders\.mine is the name of a kind of model too.*\n.*baselines\[0\]\.name is the name of a kind/,
  ],
])('%s is refused at start', async (sections, words) => {
  // prettier-ignore
  const kind = "const kind = { name: 'mine', contract: { path: 'training/mine/v1.0' }, train() {}, scorer() {} };";
  await writeFile(join(folder, 'wrong.config.mjs'), `${kind}\nexport default { ${sections} };\n`);
  const run = new Promise<{ code: unknown; stderr: string }>((resolve) =>
    execFile(process.execPath, [bin, 'check', '--config', 'wrong.config.mjs'], { cwd: folder, env }, (error, _, stderr) =>
      resolve({ code: error?.code, stderr }),
    ),
  ); // prettier-ignore
  expect(await run).toEqual({ code: 2, stderr: expect.stringMatching(words) });
});
