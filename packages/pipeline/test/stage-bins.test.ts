import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const fixture = pathToFileURL(fileURLToPath(new URL('fixtures/own.config.mjs', import.meta.url)));
const binOf = (name: string) => join(root, 'packages', name, 'dist/cli.js');

/** A source and a rule of one's own, and beside them a kind of model and a written list. */
const CONFIG = `import { json } from '@attractions/feeds';
import own from '${fixture}';

const byName = {
  name: 'by-name',
  contract: { path: 'training/by-name/v1.0', description: 'Ids.', schema: [{ name: 'ids', type: 'json', nullable: false, description: 'Ids.' }], codec: json((value) => value) },
  train: (_, { attractions }) => ({ ids: attractions.map(({ attractionId }) => attractionId).sort() }),
  scorer: ({ ids }, { itemOf }) => () => ({ source: 'by-name', best: () => ({ items: ids.map((id) => itemOf.get(id)), scores: ids.map((_, n) => -n) }) }),
};
export default { ...own, models: [byName, 'als'], experiment: undefined, mapping: { u1: ['P:hall', 'P:arch'] } };
`;

interface ListRow {
  readonly user_id: string;
  readonly attraction_id: string;
  readonly source: string;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attractions-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'attractions.config.mjs'), CONFIG);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const env = {
  PATH: process.env['PATH'] ?? '',
  FORCE_COLOR: '0',
  LOG_LEVEL: 'warn',
  ALS_RANK: '4',
  ALS_ITERATIONS: '3',
  PORT: '0',
  LOG_EXPOSURES: 'false',
  LISTS_THREADS: '1',
};

/** Runs a program in the folder of the configuration file. */
function run(argv: readonly string[], more: Readonly<Record<string, string>> = {}) {
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [...argv], { cwd: folder, env: { ...env, ...more } }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

test('the commands of the stages and their Nx targets read the configuration file of the working folder', async () => {
  // As the Nx target runs it: the sample stands in only where no raw data is named.
  const loaded = await run([join(root, 'tools/with-sample.mjs'), binOf('etl'), '--json']);
  expect(JSON.parse(loaded.stdout)).toMatchObject({ rows: 240, users: 48, attractions: 8 });

  const trained = await run([binOf('als-trainer'), '--json']);
  const { feeds } = JSON.parse(trained.stdout) as { feeds: { feed: string }[] };
  expect(feeds.map(({ feed }) => feed)).toContain('training/by-name/v1.0');

  expect(await run([binOf('recommender'), '--json'])).toMatchObject({ exitCode: 0 });
  const { stdout: rows } = await run([
    join(root, 'packages/pipeline/bin/attractions.js'),
    'feeds',
    'cat',
    'serving/lists',
  ]);
  const listed = rows
    .trimEnd()
    .split('\n')
    .map((row) => JSON.parse(row) as ListRow);
  const of = (user: string) => listed.filter(({ user_id }) => user_id === user);
  expect(new Set(listed.map(({ source }) => source))).toEqual(new Set(['by-name', 'mapping']));
  expect(listed.map(({ attraction_id }) => attraction_id)).not.toContain('P:arch');

  const service = spawn(process.execPath, [binOf('service'), '--json'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] }); // prettier-ignore
  const ended = once(service, 'close');
  try {
    const [line] = await once(service.stdout, 'data');
    const { url } = JSON.parse(String(line)) as { url: string };
    for (const user of ['u1', 'u2']) {
      const response = await fetch(`${url}/v1/users/${user}/recommendations`);
      const { recommendations } = (await response.json()) as {
        recommendations: { attractionId: string; source: string }[];
      };
      expect(recommendations.map(({ attractionId, source }) => [attractionId, source])).toEqual(
        of(user).map(({ attraction_id, source }) => [attraction_id, source]),
      );
    }
    expect(of('u1')[0]).toMatchObject({ attraction_id: 'P:hall', source: 'mapping' });
  } finally {
    service.kill('SIGTERM');
    await ended;
  }
}, 120_000);

test.each([
  ['etl', "sources: { visits: { type: 'cvs' } }", /sources\.visits\.type is "cvs"/],
  ['als-trainer', "models: ['als', 'asl']", /models\[1\] is "asl"/],
  ['recommender', 'rules: [{}]', /rules\[0\]\.name is missing/],
  ['service', 'mapping: 5', /mapping is not a mapping/],
])('--config: %s tells what is wrong with its settings and its sections at once', async (name, section, words) => {
  await writeFile(join(folder, 'wrong.mjs'), `export default { ${section}, baselines: 'of another stage' };`);
  const { exitCode, stderr } = await run([binOf(name), '--config', 'wrong.mjs'], { LOG_LEVEL: 'loud' });
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(words) });
  expect(stderr).toMatch(/^2 problems:\n- LOG_LEVEL is "loud"/);
  expect(await run([binOf(name), '--config', 'gone.mjs'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("There is no file 'gone.mjs'") }); // prettier-ignore
});
