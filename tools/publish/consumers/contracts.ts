import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { als, popularity, type AlsGeneration, type Popularity } from '@attractions/contracts';
import { openFeeds, parentOf } from '@attractions/feeds';

const producer = { id: 'consumer', package: 'consumer', version: '1.0.0' };
const folder = await mkdtemp(join(tmpdir(), 'attractions-feeds-'));
try {
  const store = openFeeds(folder);
  const counts: Popularity[] = [{ attractionId: 'tidewater:1', visits: 3, visitors: 2 }];
  const record = await store.feed(popularity).put(counts, { producer });

  const model: AlsGeneration = {
    rank: 2,
    userIds: ['ann'],
    attractionIds: ['tidewater:1'],
    userFactors: Float32Array.of(0.5, 0.25),
    itemFactors: Float32Array.of(1, 2),
    seen: { offsets: Uint32Array.of(0, 1), items: Uint32Array.of(0) },
    visitors: Uint32Array.of(2),
    options: { rank: 2 },
    history: [{ iteration: 1, loss: 0.5, seconds: 0.1 }],
  };
  await store.feed(als).put(model, { producer, parents: [parentOf(record)] });

  // A second process would see just this: another store on the same folder.
  const latest = await openFeeds(folder).feed(als).latest();
  assert.deepEqual(await latest.read(), model);
  assert.equal(latest.record.parents[0]?.seq, record.seq);
  assert.deepEqual(await (await openFeeds(folder).feed(popularity).latest()).read(), counts);
} finally {
  await rm(folder, { recursive: true });
}
