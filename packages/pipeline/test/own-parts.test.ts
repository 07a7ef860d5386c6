import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { lists, visits } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import { emptyFolder } from './support/command-line.js';
import { SAMPLE_DATA } from './support/paths.js';

const bin = fileURLToPath(new URL('../bin/attractions.js', import.meta.url));
const packages = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const quickly = {
  FORCE_COLOR: '0',
  LOG_LEVEL: 'warn',
  ALS_RANK: '8',
  ALS_ITERATIONS: '3',
  PORT: '0',
  LOG_EXPOSURES: 'false',
};

/** A folder where packages can be imported from, as in a project of one's own. */
async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await emptyFolder();
  await symlink(packages, join(folder, 'node_modules'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** Runs a real command in a folder. */
function attractions(cwd: string, argv: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const env = { PATH: process.env['PATH'] ?? '', ...quickly, ...more };
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [bin, ...argv], { cwd, env, maxBuffer: 1e8 }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

interface Answer {
  readonly panel?: { readonly panel: string };
  readonly recommendations: readonly { readonly attractionId: string; readonly source: string }[];
}

const HALVES = `import { defineConfig } from '@attractions/config';
import { closed } from '@attractions/recommender';

const shut: string[] = ['StarlingPeaks:14'];
export default defineConfig({
  sources: { visits: { type: 'sigir17', folder: 'raw' } },
  mapping: 'lists.csv',
  experiment: {
    experiment: 'talk', version: 1, layerSalt: 'layer', layerBuckets: [0, 10_000], salt: 'talk-1',
    panels: [
      { name: 'learnt', recommender: 'als', buckets: [[0, 5_000]] },
      { name: 'fixed', recommender: 'mapping', buckets: [[5_000, 10_000]] },
    ],
  },
  rules: [closed(shut)],
});
`;

test('half of the visitors get ALS and half a fixed list, by commands and a service; a closed ride is on no list', async () => {
  const folder = await project({ 'attractions.config.ts': HALVES, 'lists.csv': 'user,attraction\n' });
  await symlink(SAMPLE_DATA, join(folder, 'raw'));
  expect(await attractions(folder, ['run'])).toMatchObject({ exitCode: 0 });

  const store = openFeeds(join(folder, 'feeds'));
  const table = await (await store.feed(visits).latest()).read();
  const users = [...new Set(Array.from(table.getChild('user_id') ?? [], String))];
  const fixed = ['EmberIsle:15', 'StarlingPeaks:14', 'EmberIsle:1', 'StarlingPeaks:15', 'EmberIsle:2'];
  const rows = users.flatMap((user) => fixed.map((id) => `"${user}",${id}\n`));
  await writeFile(join(folder, 'lists.csv'), `user,attraction\n${rows.join('')}`);

  const keepsTo = ({ panel, recommendations }: Answer) => {
    const ids = recommendations.map(({ attractionId }) => attractionId);
    expect(ids).not.toContain('StarlingPeaks:14');
    const written = recommendations.filter(({ source }) => source === 'mapping');
    expect(written.every(({ attractionId }) => fixed.includes(attractionId))).toBe(true);
    if (panel?.panel === 'learnt') expect(recommendations[0]?.source).toBe('als');
    else expect([panel?.panel, written.length > 0]).toEqual(['fixed', true]);
  };
  const [first = ''] = users;
  keepsTo(JSON.parse((await attractions(folder, ['recommend', first, '--json'])).stdout) as Answer);

  const env = { PATH: process.env['PATH'] ?? '', ...quickly };
  const service = spawn(process.execPath, [bin, 'serve', '--json'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(service, 'close');
  try {
    const [line] = await once(service.stdout, 'data');
    const { url } = JSON.parse(String(line)) as { url: string };
    const ask = async (path: string) => (await fetch(`${url}${path}`)).json() as Promise<Answer>;
    const panels = { learnt: 0, fixed: 0 };
    for (const user of users) {
      const answer = await ask(`/v1/users/${encodeURIComponent(user)}/recommendations`);
      keepsTo(answer);
      panels[answer.panel?.panel as keyof typeof panels]++;
    }
    // Half of them, within five standard deviations.
    expect(Math.abs(panels.fixed - users.length / 2)).toBeLessThan(2.5 * Math.sqrt(users.length));
    const similar = await ask('/v1/attractions/EmberIsle:15/similar?limit=100');
    expect(similar.recommendations.map(({ attractionId }) => attractionId)).not.toContain('StarlingPeaks:14');
  } finally {
    service.kill('SIGTERM');
    await ended;
  }

  expect(await attractions(folder, ['recommend', '--all', '--limit', '5'])).toMatchObject({ exitCode: 0 });
  const all = await (await store.feed(lists).latest()).read();
  expect(new Set(all.map(({ panel }) => panel))).toEqual(new Set(['learnt', 'fixed']));
  expect(all.map(({ source }) => source)).toContain('mapping');
  expect(all.map(({ attractionId }) => attractionId)).not.toContain('StarlingPeaks:14');
}, 120_000);

test('all problems are reported at once, with file and key, settings and file together', async () => {
  const folder = await project({
    'mine.config.mjs': `export default {
      sources: { visits: { type: 'cvs' } },
      rulez: [],
      rules: [{ name: 'a', allows: 5 }, { name: 'a', allows: () => true }, { name: 'b' }, { name: 'c', caps: { most: 0, of: () => 'x' } }],
      mapping: { ana: 'bay:pool' },
      experiment: { experiment: 'x' },
      experiments: { metrics: [{ name: 'clicked', type: 'share', event: 'click' }], events: { visits: 'visit' }, intendedUsers: 0.5, page: 1 },
    };`,
  });
  const { exitCode, stderr } = await attractions(folder, ['run', '--config', 'mine.config.mjs'], { ALS_RANK: 'many' });
  expect(exitCode).toBe(2);
  for (const problem of [
    'ALS_RANK is "many"',
    `mine.config.mjs: sources.visits.type is "cvs"; give one of 'csv'`,
    'mine.config.mjs: rulez is unknown; did you mean rules?',
    'mine.config.mjs: rules[0].allows is 5; give a function.',
    'mine.config.mjs: rules[1].name is "a", the name of an earlier entry; rename one.',
    'mine.config.mjs: rules[2].allows is missing; give it, boosts or caps.',
    'mine.config.mjs: rules[3].caps.most is 0; give a whole number of 1 or more.',
    `mine.config.mjs: mapping is not a mapping: The list of 'ana' is "bay:pool"`,
    'mine.config.mjs: experiment: version is missing',
    'mine.config.mjs: experiments.metrics[0].type is "share"; give one of proportion, mean, count, ratio.',
    'mine.config.mjs: experiments.events.visits is "visit"; give a list of types of events.',
    'mine.config.mjs: experiments.intendedUsers is 0.5; give a whole number from 1.',
    'mine.config.mjs: experiments.page is unknown; give an object with some of "metrics", "intendedUsers" and "events".',
  ])
    expect(stderr).toContain(problem);
});

test.each([
  ['an unknown file', 'gone.json', {}, "There is no file 'gone.json'"],
  ['broken JSON', 'x.json', { 'x.json': '{ "sources": ' }, 'x.json cannot be read: '],
  ['a wrong import', 'x.mjs', { 'x.mjs': "import 'nobody-has-this'" }, 'x.mjs cannot be read: '],
  ['no object', 'x.mjs', { 'x.mjs': 'export default 5' }, 'x.mjs cannot be read: '],
])('%s is a wrong configuration', async (_, file, files, words) => {
  const { exitCode, stderr } = await attractions(await project(files), ['feeds', '--config', file]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(words) });
});

test('paths are relative to the file, and JSON will do', async () => {
  const folder = await project({});
  await mkdir(join(folder, 'deep'));
  await symlink(SAMPLE_DATA, join(folder, 'deep/raw'));
  const json = JSON.stringify({ sources: { visits: { type: 'sigir17', folder: 'raw' } } });
  await writeFile(join(folder, 'deep/attractions.config.json'), json);
  const { exitCode, stdout } = await attractions(folder, ['etl', '--json', '--config', 'deep/attractions.config.json']);
  expect([exitCode, (JSON.parse(stdout) as { kept: number }).kept > 0]).toEqual([0, true]);
});

test('the guide has every section of the file, and no other', async () => {
  const folder = await project({ 'x.config.json': '{ "nothing-of-the-kind": 1 }' });
  const { stderr } = await attractions(folder, ['check', '--config', 'x.config.json']);
  const [, sections = ''] = /give one of (.*)\.$/m.exec(stderr) ?? [];
  const guide = await readFile(new URL('../../../docs/own-code.md', import.meta.url), 'utf8');
  const rows = [...guide.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  expect(rows.sort()).toEqual(sections.split(', ').sort());
});
