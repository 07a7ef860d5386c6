import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { als, ease, evaluationReport, experiments, itemKnn, lists, visits } from '@attractions/contracts';
import { openFeeds, siblingOf } from '@attractions/feeds';
import type { FeedStore } from '@attractions/feeds';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SAMPLE_DATA } from './support/paths.js';

const bin = fileURLToPath(new URL('../bin/attractions.js', import.meta.url));

/** Item kNN before ALS, so that it answers known users; EASE after it, so that only a panel reaches it. */
const MODELS = 'item-knn,als,ease';

let folder: string;
let store: FeedStore;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attractions-'));
  store = openFeeds(join(folder, 'feeds'));
  env = {
    PATH: process.env['PATH'] ?? '',
    FORCE_COLOR: '0',
    LOG_LEVEL: 'warn',
    FEEDS_ROOT: join(folder, 'feeds'),
    RAW_DATA_PATH: SAMPLE_DATA,
    REPORT_FOLDER: join(folder, 'reports'),
    REPORT_RESAMPLES: '100',
    GATE_MARGIN: '-1',
    GATE_COVERAGE: '0',
    ALS_RANK: '8',
    ALS_ITERATIONS: '3',
    MODELS,
    PORT: '0',
    LOG_EXPOSURES: 'false',
  };
  for (const command of ['etl', 'train']) expect(await attractions([command])).toMatchObject({ exitCode: 0 });
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a real command. */
function attractions(argv: readonly string[], more: Readonly<Record<string, string>> = {}) {
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd: folder, env: { ...env, ...more }, maxBuffer: 1e8 };
    execFile(process.execPath, [bin, ...argv], options, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

interface Answer {
  readonly source: string;
  readonly panel?: { readonly panel: string };
  readonly recommendations: readonly {
    readonly attractionId: string;
    readonly source: string;
    readonly reason?: string;
  }[];
}

/** Asks a real service. */
async function served<T>(use: (ask: (path: string) => Promise<unknown>) => Promise<T>): Promise<T> {
  const service = spawn(process.execPath, [bin, 'serve', '--json'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(service, 'close');
  try {
    const [line] = await once(service.stdout, 'data');
    const { url } = JSON.parse(String(line)) as { url: string };
    return await use(async (path) => (await fetch(`${url}${path}`)).json());
  } finally {
    service.kill('SIGTERM');
    await ended;
  }
}

async function someUser(): Promise<string> {
  const table = await (await store.feed(visits).latest()).read();
  return String(table.getChild('user_id')?.get(0));
}

describe('item kNN and EASE, turned on by a setting', () => {
  test('are trained beside ALS on the same updates, and pass verify', async () => {
    const { record } = await store.feed(als).latest();
    for (const contract of [itemKnn, ease]) {
      const sibling = await siblingOf(store.feed<unknown>(contract), record);
      expect(sibling?.record.parents).toEqual(record.parents);
    }
    const { neighbours, attractionIds } = await (await store.feed(itemKnn).latest()).read();
    expect([neighbours.length > 0, attractionIds]).toEqual([
      true,
      (await (await store.feed(als).latest()).read()).attractionIds,
    ]);
    expect(await attractions(['feeds', 'verify'])).toMatchObject({ exitCode: 0 });
  });

  test('are evaluated as part of what is served, and pass the gate', async () => {
    expect(await attractions(['evaluate', '--json'])).toMatchObject({ exitCode: 0 });
    const gate = await attractions(['validate', '--json']);
    expect(gate).toMatchObject({ exitCode: 0 });
    const { checks } = JSON.parse(gate.stdout) as { checks: { check: string; found: string }[] };
    expect(checks.find(({ check }) => check === 'finite')?.found).toMatch(
      /numbers of the item-knn model and \d+ numbers of the ease model, all finite$/,
    );
  }, 120_000);

  test('answer by command and over HTTP, in the chain and in the panel that names them', async () => {
    const user = await someUser();
    const said = JSON.parse((await attractions(['recommend', user, '--json'])).stdout) as Answer;
    expect(said.source).toBe('item-knn');
    expect(said.recommendations[0]?.reason).toMatch(/^visited by the same people as /);
    const buckets = [[0, 10_000]] as const;
    const experiment = {
      experiment: 'linear',
      version: 1,
      layerSalt: 'l',
      layerBuckets: [0, 10_000],
      salt: 's',
    } as const;
    await store
      .feed(experiments)
      .put(
        { ...experiment, panels: [{ name: 'all', recommender: 'ease', buckets }] },
        { producer: { id: 'test', package: 'test', version: '0' } },
      );
    await served(async (ask) => {
      const known = (await ask(`/v1/users/${encodeURIComponent(user)}/recommendations`)) as Answer;
      expect(known).toMatchObject({ source: 'ease', panel: { panel: 'all' } });
      const document = JSON.stringify(await ask('/openapi.json'));
      for (const source of ['item-knn', 'als', 'fold-in', 'ease', 'mapping', 'popular'])
        expect(document).toContain(`{"type":"string","enum":["${source}"]}`);
      expect(document).not.toContain('"enum":["next-attraction"]');
    });
  }, 60_000);

  test('a model of theirs that does not fit its snapshot is refused by the gate', async () => {
    const { record, ...update } = await store.feed(als).latest();
    const model = await update.read();
    const { parents } = record;
    const good = await (await store.feed(itemKnn).latest()).read();
    const strange = { ...good, attractionIds: ['nowhere:1', ...good.attractionIds.slice(1)] };
    const producer = { id: 'test', package: 'test', version: '0' };
    await store.feed(itemKnn).put(strange, { producer, parents });
    await store.feed(als).put(model, { producer, parents });
    const { exitCode, stderr } = await attractions(['validate']);
    expect([exitCode, stderr]).toEqual([
      3,
      expect.stringContaining("The item-knn model has 'nowhere:1', which is not among"),
    ]);
  }, 60_000);

  test.each([
    ['als,item-cnn', "There is no kind of model 'item-cnn'; give some of: "],
    ['als,als', "Two kinds of model have the name 'als'"],
  ])('MODELS=%s is a wrong configuration', async (models, words) => {
    const { exitCode, stderr } = await attractions(['train'], { MODELS: models });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});

/** A kind of the user's own: the attraction with the most letters first. */
const CONFIG = `import { json } from '@attractions/feeds';

const longest = {
  name: 'longest-name',
  contract: { path: 'training/longest-name/v1.0', description: 'Names, longest first.', schema: [{ name: 'ids', type: 'json', nullable: false, description: 'Ids.' }], codec: json((value) => value) },
  train: (visits, { attractions }) => ({ ids: attractions.toSorted((a, b) => b.name.length - a.name.length || (a.attractionId < b.attractionId ? -1 : 1)).map(({ attractionId }) => attractionId) }),
  scorer: ({ ids }, { itemOf }) => () => ({
    source: 'longest-name',
    // It forgets the filters: the recommender does not.
    best: () => ({ items: ids.map((id) => itemOf.get(id)), scores: ids.map((_, n) => -n) }),
  }),
};
export default { models: [longest, 'als'] };
`;

test("a kind of the user's own, from the configuration file, is trained, judged, served from a thread and listed for all", async () => {
  const home = await mkdtemp(join(tmpdir(), 'attractions-'));
  try {
    await symlink(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(home, 'node_modules'));
    await writeFile(join(home, 'attractions.config.ts'), CONFIG);
    [folder, env] = [home, { ...env, FEEDS_ROOT: join(home, 'feeds'), LISTS_THREADS: '2' }];
    for (const argv of [['run'], ['evaluate'], ['validate'], ['recommend', '--all']])
      expect([argv, await attractions(argv)]).toMatchObject([argv, { exitCode: 0 }]);
    const own = openFeeds(join(home, 'feeds'));
    const all = await (await own.feed(lists).latest()).read();
    expect(all.every(({ source }) => source === 'longest-name')).toBe(true);
    const report = await (await own.feed(evaluationReport).latest()).read();
    expect(report.recommenders.map(({ name }) => name)).toContain('longest-name');
    await served(async (ask) => {
      const { recommendations } = (await ask(
        '/v1/users/nobody/recommendations?exclude=StarlingPeaks:14&park=StarlingPeaks',
      )) as Answer;
      expect(recommendations.map(({ source }) => source)).toContain('longest-name');
      expect(
        recommendations.every(
          ({ attractionId }) => attractionId.startsWith('StarlingPeaks:') && attractionId !== 'StarlingPeaks:14',
        ),
      ).toBe(true);
      expect(JSON.stringify(await ask('/openapi.json'))).toContain('{"type":"string","enum":["longest-name"]}');
    });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}, 120_000);
