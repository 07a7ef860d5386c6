import { describe, expect, test } from '@jest/globals';

import { attractions } from '../support/contracts.js';
import type { RecordEnvelope, UpdateRecord } from '../../src/log/record.js';
import { recordBytes } from '../../src/log/record.js';
import type { BlobStore } from '../../src/store/blob-store.js';
import { memoryStore } from '../../src/store/memory.js';
import { attraction, producer } from '../support/samples.js';
import { contentOf, freshFeeds, STORES } from '../support/stores.js';

const FEED = 'etl/attractions/v1.0';
const record = (seq: number) => `${FEED}/_log/${String(seq).padStart(20, '0')}.json`;

/** Two updates, an alias and a third update, of runs; and what was committed. */
async function sound(store: BlobStore) {
  const feed = freshFeeds(store).feed(attractions);
  const updates: UpdateRecord[] = [];
  for (const poi of [1, 2]) updates.push(await feed.put([attraction(poi)], { producer, runId: `run-${poi}` }));
  await feed.alias('champion', 1, { producer });
  updates.push(await feed.put([attraction(3)], { producer, runId: 'run-3' }));
  return { feed, updates };
}

const dataOf = (update: UpdateRecord | undefined) => `${FEED}/${update?.files[0]?.path}`;

async function brokenAfter(damage: (store: BlobStore, updates: UpdateRecord[]) => Promise<void>) {
  const store = memoryStore();
  const { feed, updates } = await sound(store);
  await damage(store, updates);
  const { findings } = await feed.verify();
  return { findings: findings.map(({ kind, path, problem }) => `${kind} ${path} ${problem}`), updates };
}

async function markersOf(store: BlobStore): Promise<string[]> {
  return Object.keys(await contentOf(store)).filter((path) => path.includes('/runs/'));
}

describe.each(STORES)('verifying a feed in the %s store', (_name, open) => {
  test('that is sound finds nothing, counts everything and writes nothing', async () => {
    const store = open();
    const { feed, updates } = await sound(store);
    const before = await contentOf(store);
    expect(await feed.verify()).toEqual({
      feed: FEED,
      records: 4,
      updates: 3,
      files: 3,
      bytes: updates.reduce((sum, { totals }) => sum + totals.bytes, 0),
      findings: [],
    });
    expect(await contentOf(store)).toEqual(before);
  });

  test('that does not exist finds nothing', async () => {
    expect(await freshFeeds(open()).feed(attractions).verify()).toMatchObject({ records: 0, findings: [] });
  });

  test('finds what writers that died have left, and repair removes what is old enough', async () => {
    const store = open();
    const { feed } = await sound(store);
    const orphan = `${FEED}/20200101T000000000Z/part-00000-x.csv`;
    const temporary = `${FEED}/_log/.tmp-x`;
    for (const path of [orphan, temporary]) await store.write(path, Buffer.from('x'));
    const leftovers = [orphan, temporary].map((path) => ({ kind: 'leftover', path, problem: 'is named by no record' }));
    expect((await feed.verify()).findings).toEqual(leftovers);
    expect(await feed.repair()).toMatchObject({ removed: [], verification: { findings: leftovers } });
    expect((await feed.repair({ minAgeMs: 0 })).removed).toEqual([orphan, temporary]);
    expect((await feed.verify()).findings).toEqual([]);
    expect(await (await feed.latest()).read()).toEqual([attraction(3)]);
  });
});

describe('what is broken is named, each thing once', () => {
  test('a data file that was changed, and one that is gone', async () => {
    const { findings, updates } = await brokenAfter(async (store, [first, second]) => {
      await store.overwrite(dataOf(first), ((await store.read(dataOf(first))) ?? new Uint8Array()).fill(0, 0, 1));
      await store.remove(dataOf(second));
    });
    expect(findings).toEqual([
      expect.stringMatching(`^broken ${dataOf(updates[0])} has the SHA-256 .* \\(update 1\\)$`),
      `broken ${dataOf(updates[1])} is missing (update 2)`,
    ]);
  });

  test('a record that was changed', async () => {
    const { findings } = await brokenAfter(async (store, [, second]) => {
      await store.overwrite(record(2), recordBytes({ ...second, labels: { changed: 'yes' } } as UpdateRecord));
    });
    expect(findings).toEqual([`broken ${record(3)} does not have the hash of the previous record`]);
  });

  test('a record that cannot be read, whose files are then not taken for leftovers', async () => {
    const { findings } = await brokenAfter((store) => store.overwrite(record(2), Buffer.from('{')));
    expect(findings).toEqual([
      expect.stringMatching(`^broken ${record(2)} cannot be read: .*not JSON`),
      `broken ${record(3)} does not have the hash of the previous record`,
      expect.stringMatching(
        /^broken .*runs\/[0-9a-f]{64}\.json names the record 2, which is missing or has another run$/,
      ),
    ]);
  });

  test('a record that is gone', async () => {
    const { findings } = await brokenAfter((store) => store.remove(record(2)));
    expect(findings[0]).toBe(`broken ${record(2)} is missing, up to 2, though there are later ones`);
  });

  test('a log that lost its end', async () => {
    const { findings } = await brokenAfter((store) => store.remove(record(4)));
    expect(findings.slice(0, 2)).toEqual([
      `broken ${FEED}/_log/_head says 4, but the log ends at 3: records are lost`,
      expect.stringMatching(/runs\/.* names the record 4, which is missing/),
    ]);
  });

  test.each<[string, (last: UpdateRecord) => Partial<UpdateRecord>, string]>([
    ['totals', () => ({ totals: { files: 1, bytes: 1, rows: 1 } }), 'has totals that are not the sums of its files'],
    ['names', () => ({ refs: { latest: 4 } }), 'has refs that do not follow from the previous record'],
    [
      'time',
      () => ({ timestamp: '2020-01-01T00:00:00.000Z' }),
      'has the timestamp 2020-01-01T00:00:00.000Z, not later than the previous one',
    ],
    [
      'fingerprint',
      ({ schema }) => ({ schema: { ...schema, fields: schema.fields.slice(1) } }),
      'has the fingerprint of another schema',
    ],
  ])('a newest record whose %s cannot be', async (_name, change, problem) => {
    const { findings } = await brokenAfter(async (store, [, , last]) => {
      if (last) await store.overwrite(record(4), recordBytes({ ...last, ...change(last) } as UpdateRecord));
    });
    expect(findings).toEqual([`broken ${record(4)} ${problem}`]);
  });

  test('a run that is in the log twice', async () => {
    const { findings } = await brokenAfter(async (store, [first, , last]) => {
      if (first && last) await store.overwrite(record(4), recordBytes({ ...last, runId: 'run-1' } as UpdateRecord));
      for (const marker of await markersOf(store)) {
        const content = new TextDecoder().decode(await store.read(marker));
        if (content.includes('run-3')) await store.remove(marker);
      }
    });
    expect(findings).toEqual([`broken ${record(4)} has the run that record 1 has committed already`]);
  });
});

test('repair touches nothing of a log that lost its end: its data may be what the lost record names', async () => {
  const store = memoryStore();
  const { feed } = await sound(store);
  await store.remove(record(4));
  const before = await contentOf(store);
  const { removed, verification } = await freshFeeds(store).feed(attractions).repair({ minAgeMs: 0 });
  expect(verification.findings.map(({ kind }) => kind)).toEqual(['broken', 'broken', 'leftover']);
  expect(removed).toEqual([]);
  expect(await contentOf(store)).toEqual(before);
  await expect(feed.latest()).rejects.toMatchObject({ code: 'FEEDS_LOG_LOST' });
});

test('a marker that a writer did not live to make is found, and made by repair', async () => {
  const store = memoryStore();
  const { feed } = await sound(store);
  const markers = await markersOf(store);
  for (const marker of markers) await store.remove(marker);
  const { findings } = await feed.verify();
  expect(findings.map(({ kind, problem }) => `${kind}: ${problem}`)).toEqual([
    'leftover: is missing: it marks the run of record 1',
    'leftover: is missing: it marks the run of record 2',
  ]);
  expect((await feed.repair()).marked).toHaveLength(2);
  expect((await feed.verify()).findings).toEqual([]);
  expect((await feed.put([], { producer, runId: 'run-1' })).seq).toBe(1);
});

test('a record of a type that this release does not know may have changed the names', async () => {
  const store = memoryStore();
  const { feed, updates } = await sound(store);
  const [last] = updates.slice(-1);
  const { prev } = { prev: (await import('../../src/canonical.js')).sha256((await store.read(record(4))) ?? '') };
  const later = new Date(Date.parse(last?.timestamp ?? '') + 5).toISOString();
  const unknown = {
    ...last,
    type: 'stamp',
    seq: 5,
    prev,
    timestamp: later,
    refs: { latest: 4, champion: 1, pinned: 2 },
  };
  await store.write(record(5), recordBytes(unknown as RecordEnvelope));
  expect((await feed.verify()).findings).toEqual([]);
  expect((await feed.latest()).seq).toBe(4);
  await feed.put([attraction(5)], { producer });
  expect(await feed.refs()).toEqual({ latest: 6, champion: 1, pinned: 2 });
  expect((await feed.verify()).findings).toEqual([]);
});
