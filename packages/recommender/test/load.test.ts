import { describe, expect, test } from '@jest/globals';
import { als, attractions, nextAttraction } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import type { FeedStore } from '@attractions/feeds';
import { loadGeneration, modelOfKind, nextAttractionScoring } from '@attractions/models';
import type { Generation } from '@attractions/models';
import { attractionOf, producer, putGeneration, sampleGeneration, sampleNext } from '@attractions/models/testing';
import { createRecommender } from '../src/answers/compose.js';

const renamed = sampleGeneration().attractions.map(({ attractionId, themes }) =>
  attractionOf(attractionId, `${attractionId}, later`, themes),
);

describe('loadGeneration', () => {
  test('takes the model of the next attraction that was made from the same parents', async () => {
    const store = openFeeds('memory:');
    const { parents } = await putGeneration(store);
    await store.feed(nextAttraction).put(sampleNext(), { producer, parents });
    await store.feed(nextAttraction).put({ asOf: 0, parks: [] }, { producer });
    expect((await loadGeneration(store)).models.get('next-attraction')).toEqual(sampleNext());
  });

  test('takes the champion where there is one, however many models came later', async () => {
    const store = openFeeds('memory:');
    await putGeneration(store);
    await putGeneration(store);
    await store.feed(als).alias('champion', 1, { producer });
    await putGeneration(store);
    expect((await loadGeneration(store)).seqs.model).toBe(1);
    expect((await loadGeneration(store, 4)).seqs.model).toBe(4);
  });

  test('gives back what was put, and answers with it', async () => {
    const store = openFeeds('memory:');
    await putGeneration(store);
    const generation = await loadGeneration(store);
    expect(generation).toEqual({
      ...sampleGeneration(),
      seqs: { model: 1, visits: 1, attractions: 1 },
      // Ana was at the slide, item 0, when it all began; of bob the feed has no visit.
      lastVisits: { items: Int32Array.of(0, -1), times: Float64Array.of(0, -Infinity) },
    });
    expect(createRecommender(generation).recommend({ userId: 'ana', limit: 1 })).toMatchObject({
      recommendations: [{ name: 'Wave Pool' }],
      generation: { model: 1, visits: 1, attractions: 1 },
    });
  });

  test('answers from the histories of a model that has them, and then reads no visits', async () => {
    const store = openFeeds('memory:');
    const { model } = sampleGeneration();
    const histories = {
      counts: Uint32Array.of(7, 1, 2),
      lastItems: Uint32Array.of(0, 4),
      lastTimes: Float64Array.of(5, 6),
    };
    // Its visits have only those of ana, so the test sees which visits are read.
    await putGeneration(store, { model: { ...model, histories } });
    expect(await loadGeneration(store)).toEqual({
      ...sampleGeneration(),
      seqs: { model: 1, visits: 1, attractions: 1 },
      pairWeights: Float32Array.of(7, 1, 2),
      lastVisits: { items: Int32Array.of(0, 4), times: Float64Array.of(5, 6) },
    });
  });

  test('takes the attractions the model was trained with, not later ones', async () => {
    const store = openFeeds('memory:');
    await putGeneration(store);
    await store.feed(attractions).put(renamed, { producer });
    const generation = await loadGeneration(store);
    expect(generation.seqs).toEqual({ model: 1, visits: 1, attractions: 1 });
    expect(generation.attractions.map(({ name }) => name)).not.toContain('bay:pool, later');
  });

  test('loads an earlier model when asked, the latest otherwise', async () => {
    const store = openFeeds('memory:');
    await putGeneration(store);
    await putGeneration(store, { attractions: renamed });
    expect((await loadGeneration(store)).seqs).toEqual({ model: 2, visits: 2, attractions: 2 });
    const first = await loadGeneration(store, 1);
    expect(first.seqs).toEqual({ model: 1, visits: 1, attractions: 1 });
    expect(first.attractions[0]?.name).toBe('Big Slide');
    await expect(loadGeneration(store, 3)).rejects.toMatchObject({ code: 'FEEDS_NO_SUCH_UPDATE' });
  });

  test('says what to do where there is no model', async () => {
    await expect(loadGeneration(openFeeds('memory:'))).rejects.toMatchObject({
      code: 'CONTRACTS_NO_MODEL',
      message: expect.stringContaining("run 'attractions train' first"),
    });
  });

  test.each([
    ['names no visits', 'etl/visits/v1.0'],
    ['names no attractions', 'etl/attractions/v1.0'],
  ])('refuses a model that %s', async (_, feed) => {
    const store = openFeeds('memory:');
    await putGeneration(store, { parents: (all) => all.filter((parent) => parent.feed !== feed) });
    await expect(loadGeneration(store)).rejects.toMatchObject({
      code: 'CONTRACTS_LINEAGE_BROKEN',
      message: `Update 1 of training/als/v1.0 does not name the ${feed} it was made from; make it again.`,
    });
  });

  test('refuses a model whose parent is another update than it says', async () => {
    const store = openFeeds('memory:');
    await putGeneration(store, { parents: (all) => all.map((parent) => ({ ...parent, sha256: 'f'.repeat(64) })) });
    await expect(loadGeneration(store)).rejects.toMatchObject({
      code: 'CONTRACTS_LINEAGE_BROKEN',
      message: expect.stringContaining('Update 1 of training/als/v1.0 was made from another update 1 of etl/'),
    });
  });

  test('refuses a model that its attractions do not fit', async () => {
    const store = openFeeds('memory:');
    await putGeneration(store, { attractions: renamed.slice(1) });
    await expect(loadGeneration(store)).rejects.toMatchObject({ code: 'MODELS_MODEL_INVALID' });
  });
});

describe('while updates expire', () => {
  const graceless = { producer, dryRun: false, graceMs: 0 };

  /** Gives up in every feed all but the last, and deletes it at once. */
  async function giveUp(store: FeedStore): Promise<void> {
    for (const path of await store.list()) {
      await store.log(path).expire({ keepLast: 1 }, graceless);
      await store.log(path).purge(graceless);
    }
  }

  /** A model with its model of the next attraction, which the factors and weights of this edition tell from others. */
  async function putEdition(store: FeedStore, edition: number): Promise<number> {
    const record = await putGeneration(store, {
      attractions: sampleGeneration().attractions.map((one) => ({ ...one, name: `${one.name}, edition ${edition}` })),
      beside: (parents) => store.feed(nextAttraction).put({ ...sampleNext(), asOf: edition }, { producer, parents }),
    });
    return record.seq;
  }

  /** The store, in which something happens just before its `step`th call. */
  function interrupted(
    store: FeedStore,
    step: number,
    happen: () => Promise<void>,
  ): { store: FeedStore; calls(): number } {
    let calls = 0;
    const watched = <T extends object>(target: T): T =>
      new Proxy(target, {
        get(from, name) {
          const member: unknown = Reflect.get(from, name);
          if (typeof member !== 'function') return member;
          return (...given: unknown[]) => {
            if (name === 'feed') return watched(Reflect.apply(member, from, given) as object);
            if (name === 'history' || name === 'records') return Reflect.apply(member, from, given);
            return (async () => {
              if (calls++ === step) await happen();
              const result: unknown = await Reflect.apply(member, from, given);
              return typeof result === 'object' && result !== null && 'read' in result ? watched(result) : result;
            })();
          };
        },
      });
    return { store: watched(store), calls: () => calls };
  }

  test('a champion that is replaced and given up at any step of the loading is loaded whole, or its successor is', async () => {
    let steps = Infinity;
    const loaded = new Set<number>();
    for (let step = 0; step <= steps; step++) {
      const store = openFeeds('memory:');
      for (const edition of [1, 2, 3]) await putEdition(store, edition);
      await store.feed(als).alias('champion', 1, { producer });
      const race = interrupted(store, step, async () => {
        // Twice, so that no rollback leads to the first any more.
        await store.feed(als).alias('champion', 2, { producer });
        await store.feed(als).alias('champion', 3, { producer });
        await giveUp(store);
        await giveUp(store);
      });
      const { seqs, models, attractions } = await loadGeneration(race.store);
      loaded.add(seqs.model);
      expect({
        visits: seqs.visits,
        attractions: seqs.attractions,
        next: modelOfKind(nextAttractionScoring, { models } as Generation)?.asOf,
      }).toEqual({
        visits: seqs.model,
        attractions: seqs.model,
        next: seqs.model,
      });
      expect(attractions.every(({ name }) => name.endsWith(`, edition ${seqs.model}`))).toBe(true);
      steps = Math.min(steps, race.calls());
    }
    expect(steps).toBeGreaterThan(5);
    expect([...loaded].sort()).toEqual([1, 3]);
  });

  test('the champion, and what a rollback goes to, load as before when all else is given up', async () => {
    const store = openFeeds('memory:');
    for (const edition of [1, 2, 3, 4]) await putEdition(store, edition);
    for (const seq of [1, 2, 3]) await store.feed(als).alias('champion', seq, { producer });
    const before = await Promise.all([2, 3, 4].map((seq) => loadGeneration(store, seq)));
    await giveUp(store);
    await giveUp(store);
    expect(await Promise.all([2, 3, 4].map((seq) => loadGeneration(store, seq)))).toEqual(before);
    await expect(loadGeneration(store, 1)).rejects.toMatchObject({ code: 'FEEDS_EXPIRED' });
  });
});
