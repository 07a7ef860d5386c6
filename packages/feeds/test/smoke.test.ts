import { expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Int32, Table, TimestampMillisecond, Utf8, vectorFromArray, Dictionary } from 'apache-arrow';
import { openFeeds, visits, attractions, als, experiments, popularity } from '../src/index.js';
import type { VisitsTable } from '../src/index.js';

test.each(['memory:', 'folder'])('smoke %s', async (kind) => {
  const dir = await mkdtemp(join(tmpdir(), 'feeds-'));
  const store = openFeeds(kind === 'folder' ? dir : kind);
  const producer = { id: 'etl', package: '@attractions/etl', version: '0.1.0' };
  await store
    .feed(attractions)
    .put([{ attractionId: 'x:1', park: 'x', name: '=a"b,\n', themes: ['p', 'q'], latitude: 1.5 }], {
      producer,
      runId: 'r1',
    });
  expect(await (await store.feed(attractions).latest()).read()).toEqual([
    { attractionId: 'x:1', park: 'x', name: '=a"b,\n', themes: ['p', 'q'], latitude: 1.5 },
  ]);
  for (const type of [new Utf8(), new Dictionary(new Utf8(), new Int32())]) {
    const t = new Table({
      user_id: vectorFromArray(['a', 'b', 'a'], type),
      attraction_id: vectorFromArray(['x:1', 'x:1', 'x:2'], new Utf8()),
      visited_at: vectorFromArray(
        [1, 2, 3].map((x) => new Date(x * 1e9)),
        new TimestampMillisecond('UTC'),
      ),
      photos: vectorFromArray([1, 2, 3], new Int32()),
    }) as VisitsTable;
    const r = await store.feed(visits).put(t, { producer });
    expect(r.totals.rows).toBe(3);
    const back = await (await store.feed(visits).latest()).read();
    expect(back.toArray().map((x) => x.toJSON())).toEqual([
      { user_id: 'a', attraction_id: 'x:1', visited_at: 1e9, photos: 1 },
      { user_id: 'b', attraction_id: 'x:1', visited_at: 2e9, photos: 2 },
      { user_id: 'a', attraction_id: 'x:2', visited_at: 3e9, photos: 3 },
    ]);
  }
  const m = {
    rank: 2,
    userIds: ['u', 'v', 'w'],
    attractionIds: ['x:1', 'x:2'],
    userFactors: Float32Array.of(1, -0, 3.1, 4, 5, 1e-40),
    itemFactors: Float32Array.of(1, 2, 3, 4),
    seen: { offsets: Uint32Array.of(0, 1, 1, 3), items: Uint32Array.of(1, 0, 1) },
    visitors: Uint32Array.of(1, 2),
    options: { a: 1 },
    history: [{ iteration: 1, loss: 2, seconds: 0.5 }],
  };
  await store.feed(als).put(m, { producer });
  expect(await (await store.feed(als).latest()).read()).toEqual(m);
  await store.feed(popularity).put([{ attractionId: '', visits: 1, visitors: 1 }], { producer });
  expect(await (await store.feed(popularity).latest()).read()).toEqual([{ attractionId: '', visits: 1, visitors: 1 }]);
  const e = {
    experiment: 'e',
    version: 1,
    layerSalt: 'l',
    layerBuckets: [0, 10000] as const,
    salt: 's',
    panels: [{ name: 'a', recommender: 'als', buckets: [[0, 5000]] as const }],
  };
  await store.feed(experiments).put(e, { producer });
  expect(await (await store.feed(experiments).latest()).read()).toEqual(e);
  expect(await store.list()).toEqual([
    'etl/attractions/v1.0',
    'etl/visits/v1.0',
    'experiments/config/v1.0',
    'training/als/v1.0',
    'training/popularity/v1.0',
  ]);
  const seqs: number[] = [];
  for await (const r of store.feed(visits).history()) seqs.push(r.seq);
  expect(seqs).toEqual([2, 1]);
  expect((await store.feed(attractions).put([], { producer, runId: 'r1' })).seq).toBe(1);
  expect((await store.feed(visits).asOf(new Date())).seq).toBe(2);
  await rm(dir, { recursive: true });
});
