import { mkdtemp, readdir, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { events } from '@attractions/contracts';
import type { Event } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import type { FeedStore } from '@attractions/feeds';
import { producer } from '@attractions/models/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { batchesIn, commitBatches } from '../../src/recording/batch.js';
import { eventSink } from '../../src/recording/event-sink.js';
import { recentIds, takeEvents } from '../../src/recording/events.js';
import type { EventParts, ReportedEvent } from '../../src/recording/events.js';
import { KNOWN, hashOfId, openKnownIds } from '../../src/recording/known-ids.js';
import { settleSpool } from '../../src/recording/settle.js';
import { silent } from '../support/service.js';

const DAY_MS = 86_400_000;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'service-events-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const spoolOf = (name: string) => join(folder, name);

const take = (store: FeedStore, spool: string, more: Partial<EventParts> = {}) =>
  takeEvents({
    folder: spool,
    syncMs: 10,
    commitMs: 3_600_000,
    commit: (names) => commitBatches(eventSink(spool, DAY_MS), store, spool, names, producer),
    logger: silent,
    onResult: () => undefined,
    ...more,
  });

const event = (eventId: string, more: Partial<ReportedEvent> = {}): ReportedEvent => ({
  eventId,
  userId: 'ana',
  type: 'click',
  ...more,
});

const rowsIn = async (store: FeedStore): Promise<Event[]> => {
  const rows: Event[] = [];
  for await (const { seq } of store.feed(events).since(0))
    rows.push(...(await (await store.feed(events).at(seq)).read()));
  return rows;
};

const idsIn = async (store: FeedStore): Promise<string[]> => (await rowsIn(store)).map(({ eventId }) => eventId).sort();

describe('events', () => {
  test('are in the feed as they were sent, with their own time however late, or the time they came', async () => {
    const store = openFeeds('memory:');
    const at = new Date('2014-08-05T14:30:00.250Z');
    const whole = event('e-1', { attractionId: 'bay:slide', value: -0.5, requestId: 'r-1', at });
    const taking = await take(store, spoolOf('a'));
    expect(await taking.take([whole, event('e-2')])).toEqual({ taken: 2, known: 0 });
    await taking.stop();
    const [first, second] = await rowsIn(store);
    expect(first).toEqual({ ...whole, receivedAt: expect.any(Date) });
    expect(second).toEqual({ ...event('e-2'), at: second?.receivedAt, receivedAt: first?.receivedAt });
    expect(await readdir(spoolOf('a'))).toEqual([KNOWN]);
  });

  test('are on disk when they are acknowledged', async () => {
    const store = openFeeds('memory:');
    const { take: send, stop } = await take(store, spoolOf('a'), { syncMs: 60_000 });
    await send([event('e-1')]);
    const [batch = ''] = await batchesIn(spoolOf('a'));
    expect(await readdir(join(spoolOf('a'), batch))).toEqual(['00000001.ndjson']);
    await stop();
  });

  test('that come again count once: in one request, in two at once, after a restart, and at another service', async () => {
    const store = openFeeds('memory:');
    const first = await take(store, spoolOf('a'));
    expect(await first.take([event('e-1'), event('e-1'), event('e-2')])).toEqual({ taken: 2, known: 1 });
    const both = await Promise.all([first.take([event('e-3')]), first.take([event('e-3')])]);
    expect(both).toEqual([
      { taken: 1, known: 0 },
      { taken: 0, known: 1 },
    ]);
    await first.stop();
    const again = await take(store, spoolOf('a'));
    await again.take([event('e-1'), event('e-4')]);
    const results: [string, number][] = [];
    const other = await take(store, spoolOf('b'), { onResult: (...result) => results.push(result) });
    await other.take([event('e-2'), event('e-4'), event('e-5')]);
    await Promise.all([again.stop(), other.stop()]);
    expect(await idsIn(store)).toEqual(['e-1', 'e-2', 'e-3', 'e-4', 'e-5']);
    expect(results[0]).toEqual(['spooled', 3]);
  });

  test('are taken back with a reason when the disk fails, and a repeat that is acknowledged is on disk', async () => {
    const store = openFeeds('memory:');
    const results: [string, number][] = [];
    const more = { syncMs: 60_000, onResult: (...result: [string, number]) => void results.push(result) };
    const { take: send, stop } = await take(store, spoolOf('a'), more);
    await rm(spoolOf('a'), { recursive: true });
    await writeFile(spoolOf('a'), '');
    await expect(send([event('e-1')])).rejects.toMatchObject({ code: 'RECOMMENDER_EVENTS_NOT_TAKEN' });
    // It is still in memory, but known is not enough.
    await expect(send([event('e-1')])).rejects.toMatchObject({ code: 'RECOMMENDER_EVENTS_NOT_TAKEN' });
    await unlink(spoolOf('a'));
    expect(await send([event('e-1')])).toEqual({ taken: 0, known: 1 });
    expect(results).toEqual([
      ['refused', 1],
      ['refused', 1],
      ['known', 1],
    ]);
    await stop();
    expect(await idsIn(store)).toEqual(['e-1']);
  });

  test('of several services that share the feeds, and send all the same: each is in the feed once', async () => {
    const store = openFeeds('memory:');
    const sending = async (spool: string) => {
      const taking = await take(store, spoolOf(spool), { commitMs: 1 });
      for (let n = 0; n < 40; n++) await taking.take([event(`e-${n}`), event(`e-${n + 1}`)]);
      await taking.stop();
    };
    await Promise.all(['a', 'b', 'c'].map(sending));
    expect(await idsIn(store)).toEqual(Array.from({ length: 41 }, (_, n) => `e-${n}`).sort());
  });

  test('beyond the space are refused whole', async () => {
    const store = openFeeds('memory:');
    const { take: send, stop } = await take(store, spoolOf('a'));
    const many = Array.from({ length: 100_001 }, (_, n) => event(`e-${n}`));
    await expect(send(many)).rejects.toMatchObject({ message: expect.stringContaining('too many wait') });
    await stop();
    expect(await rowsIn(store)).toEqual([]);
  });
});

describe('the index of known ids', () => {
  const put = (store: FeedStore, ids: readonly string[]) => {
    const at = new Date();
    const rows = ids.map((eventId) => ({ eventId, userId: 'ana', type: 'view', at, receivedAt: at }));
    return store.feed(events).put(rows, { producer });
  };
  const known = async (store: FeedStore, ids: readonly string[], spool = spoolOf('a'), knownMs = DAY_MS) => {
    const index = await openKnownIds(store, spool, knownMs);
    const among = index.among(new Set(ids.map(hashOfId)));
    index.close();
    return ids.filter((id) => among.has(hashOfId(id)));
  };

  test('knows what the feed has and nothing else, whichever service put it, in few files', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 3_000 }), { maxLength: 600 }), { maxLength: 8 }),
        async (updates) => {
          const store = openFeeds('memory:');
          await rm(spoolOf('a'), { recursive: true, force: true });
          for (const [n, numbers] of updates.entries()) {
            await put(store, numbers.map(String));
            if (n % 2 === 0) await known(store, []);
          }
          const all = Array.from({ length: 3_001 }, (_, n) => String(n));
          const held = new Set(updates.flat().map(String));
          expect(await known(store, all)).toEqual(all.filter((id) => held.has(id)));
        },
      ),
      { numRuns: 20 },
    );
    expect((await readdir(join(spoolOf('a'), KNOWN))).length).toBeLessThan(8);
  });

  test('is made again where it is lost, damaged in the middle, or left half merged', async () => {
    const store = openFeeds('memory:');
    // Each less than half as large as the one before, so that they are not merged.
    for (const size of [100, 40, 15]) {
      await put(
        store,
        Array.from({ length: size }, (_, n) => `${size}-${n}`),
      );
      await known(store, []);
    }
    const runs = (await readdir(join(spoolOf('a'), KNOWN))).sort();
    expect(runs).toHaveLength(3);
    await unlink(join(spoolOf('a'), KNOWN, runs[1] ?? ''));
    const some = ['100-99', '40-0', '15-14', '15-15'];
    expect(await known(store, some)).toEqual(['100-99', '40-0', '15-14']);
    await rm(spoolOf('a'), { recursive: true });
    expect(await known(store, some)).toEqual(['100-99', '40-0', '15-14']);
  });

  test('forgets updates that are older than the window', async () => {
    const store = openFeeds('memory:');
    await put(store, ['old']);
    await known(store, []);
    // A window that ended before now.
    for (const spool of ['a', 'b']) expect(await known(store, ['old'], spoolOf(spool), -60_000)).toEqual([]);
    expect(await readdir(join(spoolOf('a'), KNOWN))).toEqual([]);
    expect(await known(store, ['old'])).toEqual(['old']);
  });

  test('goes when users are forgotten, since it has hashes of their ids', async () => {
    const store = openFeeds('memory:');
    await put(store, ['e-1']);
    await known(store, []);
    await settleSpool(eventSink(spoolOf('a'), DAY_MS), store, spoolOf('a'), new Set(['ana']), producer);
    expect(await readdir(spoolOf('a'))).toEqual([]);
  });
});

test('recent ids are remembered, at least the last ones, and at most twice as many', () => {
  const { isNew } = recentIds(3);
  expect([1, 2, 3, 1, 4, 2, 5, 6, 7].map((id) => isNew(String(id)))).toEqual([
    true,
    true,
    true,
    false,
    true,
    false,
    true,
    true,
    true,
  ]);
  expect(isNew('1')).toBe(true);
});
