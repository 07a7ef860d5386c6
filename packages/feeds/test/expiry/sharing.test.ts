import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parquetRows } from '../../src/codec/parquet.js';
import { int32, schemaOf } from '../../src/columns.js';
import type { Columns } from '../../src/columns.js';
import type { FeedContract } from '../../src/contract.js';
import type { Feed } from '../../src/feed/feed.js';
import type { DataFile, UpdateRecord } from '../../src/log/record.js';
import type { BlobStore } from '../../src/store/blob-store.js';
import { folderStore } from '../../src/store/folder.js';
import { memoryStore } from '../../src/store/memory.js';
import { temporaryFolder } from '../support/folders.js';
import { producer } from '../support/samples.js';
import { contentOf, freshFeeds, STORES } from '../support/stores.js';

type Rows = readonly { readonly value: number }[];

const columns: Columns<{ value: number }> = { value: int32('value', 'Its value.') };
const numbers: FeedContract<Rows> = {
  path: 'lab/numbers/v1.0',
  description: 'Numbers.',
  schema: schemaOf(columns),
  codec: parquetRows(columns),
};
const now = { producer, dryRun: false, graceMs: 0 };

/** Commits an update of these values, each in a file of its own, after the files that it shares. */
async function share(
  feed: Feed<Rows>,
  values: readonly number[],
  base?: UpdateRecord,
  shared: readonly DataFile[] = [],
): Promise<UpdateRecord> {
  const opened = await feed.open(base);
  const names: string[] = [];
  for (const value of values) {
    const name = `part-0000${names.length}-${opened.token}.parquet`;
    for await (const { bytes } of columnsCodec.encode([{ value }])) await writeFile(join(opened.folder, name), bytes);
    names.push(name);
  }
  return opened.commit([...shared, ...names], { producer });
}

const columnsCodec = parquetRows(columns);

async function valuesAt(store: BlobStore, seq: number): Promise<number[]> {
  const update = await freshFeeds(store).feed(numbers).at(seq);
  return (await update.read()).map(({ value }) => value);
}

async function dataFiles(store: BlobStore): Promise<string[]> {
  const paths = Object.keys(await contentOf(store));
  return paths.filter((path) => path.endsWith('.parquet')).sort();
}

describe.each(STORES)('an update that shares files, in a store in %s', (_, open) => {
  test('names them by what they are and who wrote them, and writes only its own', async () => {
    const store = open();
    const feed = freshFeeds(store).feed(numbers);
    const first = await share(feed, [1, 2]);
    const second = await share(feed, [3], first, first.files.slice(1));
    const third = await share(feed, [], second, second.files.toReversed());
    expect(await valuesAt(store, 1)).toEqual([1, 2]);
    expect(await valuesAt(store, 2)).toEqual([2, 3]);
    expect(await valuesAt(store, 3)).toEqual([3, 2]);
    expect(second.files[0]).toEqual({ ...first.files[1], addedIn: 1 });
    expect(second.totals).toEqual({
      files: 2,
      rows: 2,
      bytes: second.files.reduce((sum, file) => sum + file.bytes, 0),
    });
    expect(third.files.map(({ addedIn }) => addedIn)).toEqual([2, 1]);
    expect(await dataFiles(store)).toHaveLength(3);
    expect((await feed.verify()).findings).toEqual([]);
    expect((await feed.verify()).files).toBe(3);
  });

  test('keeps them when the update that wrote them is purged, and lets them go with the last that names them', async () => {
    const store = open();
    const feed = freshFeeds(store).feed(numbers);
    const first = await share(feed, [1, 2]);
    const second = await share(feed, [3], first, first.files.slice(1));
    await feed.expire({ keepLast: 1 }, now);
    expect(await feed.purge(now)).toMatchObject({ purged: [1], files: 1, bytes: first.files[0]?.bytes });
    expect(await valuesAt(store, 2)).toEqual([2, 3]);
    await expect(valuesAt(store, 1)).rejects.toMatchObject({ code: 'FEEDS_EXPIRED' });
    const third = await share(feed, [4], second, second.files.slice(1));
    await feed.expire({ keepLast: 1 }, now);
    expect(await feed.purge(now)).toMatchObject({ purged: [second.seq], files: 1, bytes: first.files[1]?.bytes });
    expect(await valuesAt(store, third.seq)).toEqual([3, 4]);
    expect(await dataFiles(store)).toHaveLength(2);
    expect((await feed.repair({ minAgeMs: 0 })).removed).toEqual([]);
    expect((await feed.verify()).findings).toEqual([]);
  });

  test('is refused if the other has expired by then, and leaves nothing', async () => {
    const store = open();
    const feed = freshFeeds(store).feed(numbers);
    const first = await share(feed, [1]);
    const late = await feed.open(first);
    await share(feed, [2]);
    await feed.expire({ keepLast: 1 }, now);
    const before = await contentOf(store);
    const name = `part-${late.token}.parquet`;
    for await (const { bytes } of columnsCodec.encode([{ value: 3 }])) await writeFile(join(late.folder, name), bytes);
    const commit = late.commit([...first.files, name], { producer });
    await expect(commit).rejects.toMatchObject({ code: 'FEEDS_EXPIRED' });
    expect(await contentOf(store)).toEqual(before);
  });

  test('of a run that has committed is not committed again, and its shared files stay', async () => {
    const store = open();
    const feed = freshFeeds(store).feed(numbers);
    const first = await share(feed, [1, 2]);
    const once = async () => {
      const opened = await feed.open(first);
      return opened.commit(first.files.slice(1), { producer, runId: 'night' });
    };
    const second = await once();
    expect(await once()).toEqual(second);
    expect(await valuesAt(store, 1)).toEqual([1, 2]);
    expect(await valuesAt(store, 2)).toEqual([2]);
  });
});

test('only files of the update that was named are shared, as they are, and each once', async () => {
  const store = memoryStore();
  const feed = freshFeeds(store).feed(numbers);
  const first = await share(feed, [1]);
  const second = await share(feed, [2]);
  const [mine, other] = [first.files[0] as DataFile, second.files[0] as DataFile];
  const code = 'FEEDS_OPTIONS_INVALID';
  for (const wrong of [[other], [mine, mine], [{ ...mine, rows: 2 }], [{ ...mine, sha256: 'a'.repeat(64) }]])
    await expect(share(feed, [], first, wrong)).rejects.toMatchObject({ code });
  await expect(share(feed, [], undefined, [mine])).rejects.toMatchObject({ code });
  await expect(feed.open({ ...first, feed: 'lab/other/v1.0' })).rejects.toMatchObject({ code });
  const wider = { value: columns.value, more: int32('more', 'More.') } as Columns<{ value: number; more: number }>;
  const next = freshFeeds(store).feed({
    ...numbers,
    version: '1.1',
    schema: schemaOf(wider),
    codec: parquetRows(wider),
  });
  await expect(next.open(first)).rejects.toMatchObject({ code });
});

test('a shared file that is lost or damaged stops the commit, and is found in every update that names it', async () => {
  const root = temporaryFolder();
  const store = folderStore(root);
  const feed = freshFeeds(store).feed(numbers);
  const first = await share(feed, [1]);
  await share(feed, [2], first, first.files);
  const path = join(root, feed.path, first.files[0]?.path ?? '');
  await writeFile(path, 'damaged');
  await expect(share(feed, [3], first, first.files)).rejects.toMatchObject({ code: 'FEEDS_UNVERIFIED' });
  const problems = (await feed.verify()).findings.map(({ kind, problem }) => [kind, problem.slice(-10)]);
  expect(problems).toEqual([
    ['broken', '(update 1)'],
    ['broken', '(update 2)'],
  ]);
});

test('verify finds a record that shares what the other did not add', async () => {
  const store = memoryStore();
  const feed = freshFeeds(store).feed(numbers);
  const first = await share(feed, [1]);
  await share(feed, [2], first, first.files);
  const path = `${feed.path}/_log/00000000000000000002.json`;
  const text = new TextDecoder().decode(await store.read(path));
  await store.overwrite(path, new TextEncoder().encode(text.replace('"addedIn":1', '"addedIn":7')));
  const { findings } = await freshFeeds(store).feed(numbers).verify();
  expect(findings).toMatchObject([{ kind: 'broken', path, problem: expect.stringContaining('with update 7') }]);
});

type Step =
  | { readonly do: 'put'; readonly files: number }
  | { readonly do: 'share'; readonly base: number; readonly mask: number; readonly files: number }
  | { readonly do: 'expire'; readonly keepLast: number; readonly graceMs: number }
  | { readonly do: 'purge' };

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('put' as const), files: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ do: fc.constant('share' as const), base: fc.nat(9), mask: fc.nat(15), files: fc.nat(1) }),
  fc.record({
    do: fc.constant('expire' as const),
    keepLast: fc.integer({ min: 1, max: 3 }),
    graceMs: fc.constantFrom(0, 0, 86_400_000),
  }),
  fc.record({ do: fc.constant('purge' as const) }),
);

test('whatever is put, shared, expired and purged: living updates can be read, and nothing stays that nobody names', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 4, maxLength: 14 }), async (all) => {
      const store = memoryStore();
      const feed = freshFeeds(store).feed(numbers);
      const living = new Map<number, { record: UpdateRecord; values: number[] }>();
      const waiting: UpdateRecord[] = [];
      let next = 0;
      const fresh = (count: number) => Array.from({ length: count }, () => next++);
      for (const step of all) {
        const base = step.do === 'share' ? [...living.values()][step.base % Math.max(living.size, 1)] : undefined;
        if (step.do === 'put' || (step.do === 'share' && base)) {
          const picked = step.do === 'share' ? step.mask : 0;
          const shared = base?.record.files.filter((_, i) => (picked >> i) & 1) ?? [];
          const values = fresh(step.files === 0 && shared.length === 0 ? 1 : step.files);
          const record = await share(feed, values, base?.record, shared);
          const old = base?.values.filter((_, i) => (picked >> i) & 1) ?? [];
          living.set(record.seq, { record, values: [...old, ...values] });
        }
        if (step.do === 'expire') {
          const { expired } = await feed.expire({ keepLast: step.keepLast }, { ...now, graceMs: step.graceMs });
          for (const seq of expired) {
            const { record } = living.get(seq) ?? {};
            if (record && step.graceMs > 0) waiting.push(record);
            living.delete(seq);
          }
        }
        if (step.do === 'purge') {
          await feed.purge(now);
          const staying = [...waiting, ...[...living.values()].map(({ record }) => record)];
          const named = staying.flatMap(({ files }) => files.map(({ path }) => `${feed.path}/${path}`));
          expect(await dataFiles(store)).toEqual([...new Set(named)].sort());
        }
        for (const [seq, { values }] of living) expect(await valuesAt(store, seq)).toEqual(values);
        expect((await feed.verify()).findings).toEqual([]);
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);
