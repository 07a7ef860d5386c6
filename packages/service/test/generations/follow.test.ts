import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { als, experiments, experimentsOf, nextAttraction } from '@attractions/contracts';
import { assignmentsIn, demoExperiment, startExperiment, stopExperiment } from '@attractions/experiments';
import type { Experiment } from '@attractions/experiments';
import { openFeeds } from '@attractions/feeds';
import type { FeedContract, FeedStore } from '@attractions/feeds';
import { modelOf, sampleGeneration, sampleNext, producer, putGeneration } from '@attractions/models/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { keyOf } from '../../src/admission/access.js';
import { startService } from '../../src/start.js';
import { askAt, silent } from '../support/service.js';
import type { Answer } from '../support/service.js';

const TOKEN = 'a-token-for-tests';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recommender-follow-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Runs a service that asks the feeds every 50 ms. */
async function following(
  store: FeedStore,
  use: (ask: (path: string, init?: RequestInit) => Promise<Answer>) => Promise<void>,
  logger = silent,
): Promise<void> {
  const service = await startService({
    store,
    logger,
    version: '1.2.3',
    composition: {},
    pollMs: 50,
    bounds: { maxInFlight: 1_000, maxDelayMs: 60_000 },
    access: { keys: [keyOf(TOKEN, 'admin')] },
    drainMs: 0,
    knownMs: 0,
  });
  const url = await service.server.listen({ host: '127.0.0.1', port: 0 });
  try {
    await use((path, init) => askAt(url, path, init));
  } finally {
    await service.close();
    await service.closed;
  }
}

/** The sample's model, whose attractions are named after the generation they belong to: an answer that mixes two shows it. */
async function putNamed(store: FeedStore, n: number): Promise<void> {
  const { attractions } = sampleGeneration();
  await putGeneration(store, {
    attractions: attractions.map((one) => ({ ...one, name: `${one.name}, edition ${n}` })),
  });
}

/** Asks until an answer satisfies, at most ten seconds. */
async function until<T>(ask: () => Promise<T>, satisfies: (answer: T) => boolean): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer) || Date.now() > end) return answer;
  }
}

/** Puts an experiment as a program with other recommenders than ours does. */
async function putForeign(store: FeedStore, experiment: Experiment): Promise<number> {
  const recommenders = experiment.panels.flatMap(({ recommender = [] }) => recommender);
  return (await store.feed(experimentsOf(recommenders)).put(experiment, { producer })).seq;
}

/** A panel of everybody. */
const panelOf = (recommender: string) => ({ name: 'all', recommender, buckets: [[0, 10_000]] as const });

interface List {
  readonly recommendations: readonly { readonly name: string }[];
  readonly generation: { readonly model: number; readonly attractions: number };
}

const modelIn = ({ body }: Answer) => (body as List).generation.model;
const readyIn = ({ body }: Answer) => (body as { detail: readonly string[] }).detail.join(' ');

describe('followFeeds', () => {
  test.each([
    ['no experiment', undefined],
    ['an experiment that nobody can run', 'nobody'],
  ])('takes over 20 generations under requests with %s: none fails, none mixes two', async (_, recommender) => {
    const store = openFeeds(join(folder, `swaps-${recommender}`));
    await putNamed(store, 1);
    if (recommender !== undefined) await putForeign(store, { ...demoExperiment, panels: [panelOf(recommender)] });
    await following(store, async (ask) => {
      const answers: Answer[] = [];
      let done = false;
      const client = async () => {
        while (!done) answers.push(await ask('/v1/users/ana/recommendations?include_visited=true'));
      };
      const clients = Promise.all(Array.from({ length: 2 }, client));
      for (let n = 2; n <= 21; n++) {
        await putNamed(store, n);
        await until(
          () => ask('/v1/version'),
          (answer) => modelIn(answer) === n,
        );
      }
      done = true;
      await clients;
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      const seen = new Set<number>();
      for (const { body } of answers) {
        const { recommendations, generation } = body as List;
        seen.add(generation.model);
        expect(generation.attractions).toBe(generation.model);
        for (const { name } of recommendations) expect(name).toMatch(new RegExp(`, edition ${generation.model}$`));
      }
      expect(seen.size).toBeGreaterThan(10);
      expect(seen).toContain(21);
      expect((await ask('/metrics')).body).toContain(`attractions_experiment_invalid ${recommender ? 1 : 0}\n`);
    });
  });

  test('refuses a generation that is corrupt, of an unknown contract, or answers wrongly, and goes on with the old one', async () => {
    const root = join(folder, 'refused');
    const store = openFeeds(root);
    await putNamed(store, 1);
    const lines: string[] = [];
    const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    await following(
      store,
      async (ask) => {
        const refusal = (model: number, code: string) =>
          until(
            async () => readyIn(await ask('/readyz')),
            (detail) => detail.includes(`Model ${model} was refused (${code}); model 1 stays in use.`),
          );

        const unknown = { ...als, codec: { ...als.codec, format: 'als-of-tomorrow' } };
        await store.feed(unknown).put(sampleGeneration().model, { producer });
        expect(await refusal(2, 'FEEDS_VERSION_UNKNOWN')).toContain('Model 2 was refused (FEEDS_VERSION_UNKNOWN)');

        const nameless = sampleGeneration().attractions.map((one) => ({ ...one, name: '' }));
        await putGeneration(store, { attractions: nameless });
        expect(await refusal(3, 'SERVICE_SMOKE_FAILED')).toContain('Model 3 was refused');

        await putGeneration(store, { model: modelOf({ rank: 1, itemFactors: [1], attractionIds: ['no:where'] }) });
        expect(await refusal(4, 'MODELS_MODEL_INVALID')).toContain('Model 4 was refused');

        expect(await ask('/v1/users/ana/recommendations')).toMatchObject({
          status: 200,
          body: { generation: { model: 1 } },
        });
        expect((await ask('/metrics')).body).toContain('attractions_generation_swaps_total{result="refused"} 3');
        expect(lines.join('')).toContain('a generation was refused');

        await putNamed(store, 5);
        await until(
          () => ask('/v1/version'),
          (answer) => modelIn(answer) === 5,
        );
        expect(await ask('/readyz')).toMatchObject({ status: 200, body: { generation: { model: 5 }, detail: [] } });
      },
      logger,
    );
  });

  test('refuses a generation whose files are damaged', async () => {
    const root = join(folder, 'damaged');
    const store = openFeeds(root);
    await putNamed(store, 1);
    await store.feed(als).alias('champion', 1, { producer });
    await following(store, async (ask) => {
      const before = new Set(await readdir(join(root, als.path)));
      await putNamed(store, 2);
      const added = (await readdir(join(root, als.path))).filter((name) => !before.has(name));
      for (const update of added)
        for (const file of await readdir(join(root, als.path, update)))
          await writeFile(join(root, als.path, update, file), 'damaged');
      const latest = await store.feed(als).head();
      await store.feed(als).alias('champion', latest?.seq ?? 0, { producer });
      const detail = await until(
        async () => readyIn(await ask('/readyz')),
        (found) => found.includes('FEEDS_DATA_CORRUPT'),
      );
      expect(detail).toContain(`Model ${latest?.seq} was refused (FEEDS_DATA_CORRUPT); model 1 stays in use.`);
      expect(modelIn(await ask('/v1/users/ana/recommendations'))).toBe(1);
    });
  });

  test('follows the champion where there is one, not the latest', async () => {
    const store = openFeeds('memory:');
    await putNamed(store, 1);
    await putNamed(store, 2);
    await store.feed(als).alias('champion', 1, { producer });
    await following(store, async (ask) => {
      expect(modelIn(await ask('/v1/version'))).toBe(1);
      await store.feed(als).alias('champion', 2, { producer });
      const answer = await until(
        () => ask('/v1/version'),
        (found) => modelIn(found) === 2,
      );
      expect(modelIn(answer)).toBe(2);
    });
  });

  test('rolls back for a request with the token', async () => {
    const store = openFeeds('memory:');
    await putNamed(store, 1);
    await putNamed(store, 2);
    await following(store, async (ask) => {
      const rollBack = (token?: string) =>
        ask('/admin/rollback', { method: 'POST', ...(token && { headers: { authorization: `Bearer ${token}` } }) });
      for (const token of [undefined, 'wrong', `${TOKEN} `.repeat(2)])
        expect(await rollBack(token)).toMatchObject({ status: 401, body: { code: 'RECOMMENDER_UNAUTHORIZED' } });
      expect(modelIn(await ask('/v1/version'))).toBe(2);
      expect(await rollBack(TOKEN)).toMatchObject({ status: 200, body: { generation: { model: 1 } } });
      expect(readyIn(await ask('/readyz'))).toBe(
        'Model 2 was rolled back from; model 1 stays in use until the feeds have another.',
      );
      expect(await rollBack(TOKEN)).toMatchObject({ status: 409, body: { code: 'RECOMMENDER_NO_GENERATION_BEFORE' } });
      await putNamed(store, 3);
      expect(
        modelIn(
          await until(
            () => ask('/v1/version'),
            (answer) => modelIn(answer) === 3,
          ),
        ),
      ).toBe(3);
    });
  });
});

test('a rollback of the champion at one service is followed by the others, and one after it goes further back', async () => {
  const store = openFeeds('memory:');
  for (const n of [1, 2, 3]) await putNamed(store, n);
  for (const n of [1, 2, 3]) await store.feed(als).alias('champion', n, { producer });
  const headers = { authorization: `Bearer ${TOKEN}` };
  await following(store, (one) =>
    following(store, async (other) => {
      const isAt = (ask: typeof one, n: number) =>
        until(
          () => ask('/v1/version'),
          (answer) => modelIn(answer) === n,
        );
      for (const [ask, n] of [
        [one, 2],
        [other, 1],
      ] as const) {
        expect(await ask('/admin/rollback', { method: 'POST', headers })).toMatchObject({
          body: { generation: { model: n } },
        });
        for (const each of [one, other]) expect(modelIn(await isAt(each, n))).toBe(n);
        expect(readyIn(await ask('/readyz'))).toBe('');
      }
      expect(await one('/admin/rollback', { method: 'POST', headers })).toMatchObject({ status: 409 });
      await store.feed(als).alias('champion', 3, { producer });
      for (const each of [one, other]) expect(modelIn(await isAt(each, 3))).toBe(3);
    }),
  );
});

test('where the champion cannot be changed, a rollback is of one service alone, which says so', async () => {
  const store = openFeeds('memory:');
  for (const n of [1, 2]) await putNamed(store, n);
  for (const n of [1, 2]) await store.feed(als).alias('champion', n, { producer });
  const feed = store.feed(als);
  const readOnly: FeedStore = {
    ...store,
    feed: <T>(contract: FeedContract<T>) =>
      contract.path === als.path
        ? { ...store.feed(contract), alias: () => Promise.reject(new Error('Access denied.')) }
        : store.feed(contract),
  };
  await following(readOnly, async (ask) => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect(await ask('/admin/rollback', { method: 'POST', headers })).toMatchObject({
      body: { generation: { model: 1 } },
    });
    expect(readyIn(await ask('/readyz'))).toContain('Model 2 was rolled back from');
    expect((await feed.refs())['champion']).toBe(2);
  });
});

describe('an experiment that cannot be run', () => {
  const usual = (answer: Answer) => (answer.body as { panel?: unknown }).panel === undefined;
  const listOf = '/v1/users/ana/recommendations';

  /** Each puts a new version that cannot be run over one that can; gives its update. */
  const bad: readonly (readonly [fault: string, code: string, put: (store: FeedStore) => Promise<number>])[] = [
    [
      'names a recommender that nobody knows',
      'RECOMMENDER_EXPERIMENT_INVALID',
      (store) => putForeign(store, { ...demoExperiment, version: 2, panels: [panelOf('nobody')] }),
    ],
    [
      'asks for a model that was not trained',
      'RECOMMENDER_EXPERIMENT_INVALID',
      (store) => putForeign(store, { ...demoExperiment, version: 2, panels: [panelOf('next-attraction')] }),
    ],
    [
      'is of an unknown contract',
      'FEEDS_VERSION_UNKNOWN',
      async (store) => {
        const tomorrow = { ...experiments, codec: { ...experiments.codec, format: 'json-of-tomorrow' } };
        return (await store.feed(tomorrow).put(demoExperiment, { producer })).seq;
      },
    ],
    [
      'breaks the contract, since another language put it',
      'FEEDS_DATA_CORRUPT',
      async (store) => {
        const codec = { format: 'json', encode: anyJson, decode: async () => undefined };
        const careless = { ...experiments, codec } as FeedContract<unknown>;
        return (await store.feed(careless).put({ ...demoExperiment, version: 2 ** 40 }, { producer })).seq;
      },
    ],
    [
      'is damaged',
      'FEEDS_DATA_CORRUPT',
      async (store) => {
        const { seq, files } = await store.feed(experiments).put({ ...demoExperiment, version: 2 }, { producer });
        await writeFile(join(store.root, experiments.path, files[0]?.path ?? ''), 'damaged');
        return seq;
      },
    ],
  ];

  test.each(bad)(
    'that %s stops neither the service, nor its start, nor swaps: nobody is in a panel until there is a better one',
    async (fault, code, put) => {
      const store = openFeeds(join(folder, fault.replaceAll(' ', '-')));
      await putNamed(store, 1);
      await store.feed(experiments).put(demoExperiment, { producer });
      const lines: string[] = [];
      const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
      const told = () => lines.filter((line) => line.includes('the experiment cannot be run'));
      const seqs: number[] = [];
      const withoutIt = async (ask: (path: string) => Promise<Answer>) => {
        const ready = await until(
          () => ask('/readyz'),
          (answer) => readyIn(answer) !== '',
        );
        expect(ready.status).toBe(200);
        expect(readyIn(ready)).toContain(`Experiment update ${seqs.at(-1)}`);
        expect(readyIn(ready)).toContain(`cannot be run (${code}); all users are answered without it.`);
        expect((await ask('/metrics')).body).toContain('attractions_experiment_invalid 1\n');
        expect(await ask('/v1/version')).toMatchObject({ body: { experiment: null } });
        expect(await ask(listOf)).toMatchObject({ status: 200 });
        expect(usual(await ask(listOf))).toBe(true);
      };
      await following(
        store,
        async (ask) => {
          expect(usual(await ask(listOf))).toBe(false);
          seqs.push(await put(store));
          await withoutIt(ask);
          await putNamed(store, 2);
          const swapped = await until(
            () => ask('/v1/version'),
            (answer) => modelIn(answer) === 2,
          );
          expect(modelIn(swapped)).toBe(2);
          await withoutIt(ask);
          expect(told()).toHaveLength(1);
        },
        logger,
      );
      // The same at the start; then a version that can be run.
      await following(
        store,
        async (ask) => {
          await withoutIt(ask);
          await store.feed(experiments).put({ ...demoExperiment, version: 3 }, { producer });
          const answer = await until(
            () => ask(listOf),
            (found) => !usual(found),
          );
          expect(answer).toMatchObject({ body: { panel: { version: 3 } } });
          expect(await ask('/readyz')).toMatchObject({ status: 200, body: { detail: [] } });
          expect((await ask('/metrics')).body).toContain('attractions_experiment_invalid 0\n');
        },
        logger,
      );
      expect(told()).toHaveLength(2);
    },
  );

  test('runs as soon as there is a generation with the model of its panel', async () => {
    const store = openFeeds('memory:');
    await putNamed(store, 1);
    await store.feed(experiments).put({ ...demoExperiment, panels: [panelOf('next-attraction')] }, { producer });
    await following(store, async (ask) => {
      expect(usual(await ask(listOf))).toBe(true);
      const { parents } = await putGeneration(store, {
        beside: (parents) => store.feed(nextAttraction).put(sampleNext(), { producer, parents }),
      });
      expect(parents).toHaveLength(2);
      const answer = await until(
        () => ask(listOf),
        (found) => !usual(found),
      );
      expect(answer).toMatchObject({ body: { panel: { panel: 'all' }, generation: { model: 2 } } });
    });
  });

  test('a feed of experiments that cannot be read stops no swap, and the running experiment goes on', async () => {
    const store = openFeeds(join(folder, 'unreadable'));
    await putNamed(store, 1);
    await store.feed(experiments).put(demoExperiment, { producer });
    await following(store, async (ask) => {
      await writeFile(join(store.root, experiments.path, '_log', `${'2'.padStart(20, '0')}.json`), 'no record');
      await putNamed(store, 2);
      const answer = await until(
        () => ask(listOf),
        (found) => modelIn(found) === 2,
      );
      expect(answer).toMatchObject({ status: 200, body: { panel: { version: 1 }, generation: { model: 2 } } });
      expect(readyIn(await ask('/readyz'))).toBe(
        'The feed of experiments cannot be read (FEEDS_RECORD_CORRUPT); the previous state stays.',
      );
    });
    await following(store, async (ask) => {
      expect(usual(await ask(listOf))).toBe(true);
      expect(readyIn(await ask('/readyz'))).toContain('The experiment cannot be run (FEEDS_RECORD_CORRUPT);');
    });
  });
});

describe('several experiments', () => {
  const change = { at: new Date('2026-11-28T12:00:00Z'), by: 'ana' };
  const halves = (recommender: string) => [
    { name: 'a', recommender, share: 50 },
    { name: 'b', recommender: 'popular', share: 50 },
  ];
  interface Paneled {
    readonly panel?: { readonly experiment: string; readonly version: number; readonly panel: string };
    readonly source: string;
  }

  test('are taken up, changed and stopped without a restart; a winner answers everybody, and a bad one stops only itself', async () => {
    const store = openFeeds('memory:');
    await putNamed(store, 1);
    const versions: Experiment[] = [];
    const put = async (experiment: Experiment) => {
      versions.push(experiment);
      return (await store.feed(experiments).put(experiment, { producer })).seq;
    };
    await following(store, async (ask) => {
      const listOf = async (userId: string, query = '') =>
        (await ask(`/v1/users/${userId}/recommendations?include_visited=true${query}`)).body as Paneled;
      const running = async () => ((await ask('/v1/version')).body as { experiments: unknown }).experiments;
      const runs = (expected: unknown) => until(running, (found) => JSON.stringify(found) === JSON.stringify(expected));
      const users = Array.from({ length: 60 }, (_, n) => `visitor-${n}`);

      await put(startExperiment({ experiment: 'first', share: 50, panels: halves('als') }, change, versions));
      const target = { platform: ['ios'] };
      await put(startExperiment({ experiment: 'second', share: 50, target, panels: halves('als') }, change, versions));
      await put(startExperiment({ experiment: 'flag', panels: [{ name: 'on', share: 100 }] }, change, versions));
      const all = ['first', 'second', 'flag'].map((experiment) => ({ experiment, version: 1 }));
      expect(await runs(all)).toEqual(all);
      const seen = new Set<string | undefined>();
      for (const userId of users) {
        const [plain, onPhone] = [await listOf(userId), await listOf(userId, '&attributes.platform=ios')];
        const expected = assignmentsIn(versions)(userId, { platform: 'ios' }).find(
          ({ experiment }) => experiment !== 'flag',
        );
        expect(onPhone.panel).toEqual(expected);
        expect(plain.panel).toEqual(expected?.experiment === 'second' ? undefined : expected);
        seen.add(expected?.experiment);
      }
      expect(seen).toEqual(new Set(['first', 'second']));

      // A version of one that cannot run: the others go on.
      const bad = { ...(versions[0] as Experiment), version: 2, panels: [panelOf('nobody')] };
      await putForeign(store, bad);
      await runs(all.slice(1));
      expect(await running()).toEqual(all.slice(1));
      expect(readyIn(await ask('/readyz'))).toContain("Experiment update 4, 'first' version 2, cannot be run");
      versions.push(bad);

      const stopped = stopExperiment('second', 'b', change, versions);
      await store.feed(experiments).alias('default', await put(stopped), { producer });
      await put({
        ...stopExperiment('first', undefined, change, versions),
        panels: halves('als')
          .map(({ name }) => ({ ...panelOf('als'), name }))
          .slice(0, 1),
      });
      await runs(all.slice(2));
      const answer = await until(
        () => listOf('ana'),
        ({ source }) => source === 'popular',
      );
      expect(answer).toMatchObject({ source: 'popular' });
      expect(answer).not.toHaveProperty('panel');
      expect(await ask('/readyz')).toMatchObject({ body: { detail: [] } });
    });
  });
});

/** One document of anything: what a writer of another language may put. */
async function* anyJson(value: unknown) {
  yield { name: 'part-00000.json', bytes: new TextEncoder().encode(JSON.stringify(value)), rows: 1 };
}
