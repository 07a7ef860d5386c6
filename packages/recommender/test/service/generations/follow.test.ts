import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { als, openFeeds } from '@attractions/feeds';
import type { FeedStore } from '@attractions/feeds';
import { pino } from 'pino';
import { startService } from '../../../src/service/start.js';
import { modelOf, sampleGeneration } from '../../support/sample.js';
import { askAt, silent } from '../../support/service.js';
import type { Answer } from '../../support/service.js';
import { producer, putGeneration } from '../../support/stored.js';

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
    access: { apiKeyHashes: [], ratePerSecond: 0 },
    adminToken: TOKEN,
    drainMs: 0,
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

interface List {
  readonly recommendations: readonly { readonly name: string }[];
  readonly generation: { readonly model: number; readonly attractions: number };
}

const modelIn = ({ body }: Answer) => (body as List).generation.model;
const readyIn = ({ body }: Answer) => (body as { detail: readonly string[] }).detail.join(' ');

describe('followFeeds', () => {
  test('takes over 20 generations under requests: none fails, none mixes two', async () => {
    const store = openFeeds(join(folder, 'swaps'));
    await putNamed(store, 1);
    await following(store, async (ask) => {
      const answers: Answer[] = [];
      let done = false;
      const asker = async () => {
        while (!done) answers.push(await ask('/v1/users/ana/recommendations?include_visited=true'));
      };
      const askers = Promise.all(Array.from({ length: 2 }, asker));
      for (let n = 2; n <= 21; n++) {
        await putNamed(store, n);
        await until(
          () => ask('/v1/version'),
          (answer) => modelIn(answer) === n,
        );
      }
      done = true;
      await askers;
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
            (detail) => detail.includes(`Model ${model} was refused (${code}); model 1 goes on answering.`),
          );

        const unknown = { ...als, codec: { ...als.codec, format: 'als-of-tomorrow' } };
        await store.feed(unknown).put(sampleGeneration().model, { producer });
        expect(await refusal(2, 'FEEDS_VERSION_UNKNOWN')).toContain('Model 2 was refused (FEEDS_VERSION_UNKNOWN)');

        const nameless = sampleGeneration().attractions.map((one) => ({ ...one, name: '' }));
        await putGeneration(store, { attractions: nameless });
        expect(await refusal(3, 'RECOMMENDER_SMOKE_FAILED')).toContain('Model 3 was refused');

        await putGeneration(store, { model: modelOf({ rank: 1, itemFactors: [1], attractionIds: ['no:where'] }) });
        expect(await refusal(4, 'RECOMMENDER_GENERATION_INVALID')).toContain('Model 4 was refused');

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
      expect(detail).toContain(`Model ${latest?.seq} was refused (FEEDS_DATA_CORRUPT); model 1 goes on answering.`);
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

  test('rolls back for whoever has the token', async () => {
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
        'Model 2 was rolled back from; model 1 goes on answering until there is another.',
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
