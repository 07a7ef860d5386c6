import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { openFeed } from '../../src/feed/feed.js';
import { attractions } from '../support/contracts.js';
import { parentOf } from '../../src/log/record.js';
import type { UpdateRecord } from '../../src/log/record.js';
import type { BlobStore } from '../../src/store/blob-store.js';
import { memoryStore } from '../../src/store/memory.js';
import { attraction, producer } from '../support/samples.js';
import { clockAt, freshFeeds } from '../support/stores.js';

/** A store each of whose calls happens when the scheduler says; from a writer's last call on, nothing of it happens. */
function scheduled(store: BlobStore, s: fc.Scheduler, calls: number): BlobStore {
  let left = calls;
  const turn = async <R>(action: () => Promise<R>): Promise<R> => {
    if (left-- <= 0) return new Promise<never>(() => undefined);
    await s.schedule(Promise.resolve());
    return action();
  };
  return {
    root: store.root,
    read: (path) => turn(() => store.read(path)),
    stat: (path) => turn(() => store.stat(path)),
    write: (path, bytes) => turn(() => store.write(path, bytes)),
    putIfAbsent: (path, bytes) => turn(() => store.putIfAbsent(path, bytes)),
    overwrite: (path, bytes) => turn(() => store.overwrite(path, bytes)),
    remove: (path) => turn(() => store.remove(path)),
    children: (folder) => turn(() => store.children(folder)),
  };
}

/** What one writer does: puts for the runs named, and dies at some call of the store, perhaps after its last. */
const writers = fc.array(
  fc.record({ runs: fc.array(fc.constantFrom('a', 'b', undefined), { maxLength: 2 }), calls: fc.nat(60) }),
  {
    minLength: 2,
    maxLength: 3,
  },
);

test('however the calls of writers interleave and wherever they die, the log is whole and each run is in it once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), writers, async (s, plans) => {
      const store = memoryStore();
      const clock = clockAt('2026-01-01T00:00:00.000Z');
      await freshFeeds(store, clock)
        .feed(attractions)
        .put([attraction(0)], { producer });
      const acknowledged: UpdateRecord[] = [];
      const lives = plans.map(async ({ runs, calls }, w) => {
        const place = {
          store: scheduled(store, s, calls),
          clock,
          verified: new Set<string>(),
          feeds: async () => [],
          fit: async () => undefined,
        };
        const feed = openFeed(place, attractions);
        for (const [i, runId] of runs.entries()) {
          const options = { producer, ...(runId !== undefined && { runId }) };
          acknowledged.push(await feed.put([attraction(10 * w + i)], options));
        }
      });
      const allDone = Promise.all(lives);
      await Promise.race([allDone, s.waitIdle()]);

      const feed = freshFeeds(store, clock).feed(attractions);
      const history: UpdateRecord[] = [];
      for await (const record of feed.history()) history.unshift(record);
      expect(history.map(({ seq }) => seq)).toEqual(history.map((_, i) => i + 1));
      for (const [i, { prev }] of history.entries()) {
        const before = history[i - 1];
        expect(prev).toBe(before ? parentOf(before).sha256 : '');
      }
      for (const record of acknowledged) expect(history[record.seq - 1]).toEqual(record);
      const found = await feed.verify();
      expect(found.findings.filter(({ kind }) => kind === 'broken')).toEqual([]);
      expect(found).toMatchObject({ records: history.length, updates: history.length });
      await feed.repair({ minAgeMs: 0 });
      expect((await feed.verify()).findings).toEqual([]);
      const runs = history.flatMap(({ runId }) => runId ?? []);
      expect(new Set(runs).size).toBe(runs.length);
      for (const { seq } of history) await (await feed.at(seq)).read();
      for (const runId of ['a', 'b']) {
        const known = history.find((record) => record.runId === runId);
        const record = await feed.put([], { producer, runId });
        if (known) expect(record).toEqual(known);
        else expect(record.seq).toBeGreaterThan(history.length);
      }
    }),
    { numRuns: 300 },
  );
});
