import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parquetRows } from '../../src/codec/parquet.js';
import { int32, schemaOf, text } from '../../src/columns.js';
import type { Columns } from '../../src/columns.js';
import type { FeedContract } from '../../src/contract.js';
import type { OpenedUpdate } from '../../src/feed/opened.js';
import { openFeeds } from '../../src/open.js';
import { csv } from '../../src/codec/csv.js';
import { temporaryFolder } from '../support/folders.js';
import { contentOf, freshFeeds, STORES } from '../support/stores.js';

interface Reading {
  readonly sensor: string;
  readonly value: number;
}

const columns: Columns<Reading> = { sensor: text('sensor', 'Its name.'), value: int32('value', 'Its value.', [0, 99]) };
const readings: FeedContract<readonly Reading[]> = {
  path: 'lab/readings/v1.0',
  description: 'Readings.',
  schema: schemaOf(columns),
  codec: parquetRows(columns),
};
const options = { producer: { id: 'engine', package: 'test', version: '0.0.0' } };

/** Writes a file as an engine would: rows that the contract is not asked about. */
async function write(opened: OpenedUpdate, part: number, rows: readonly Reading[]): Promise<string> {
  const free: Columns<Reading> = { ...columns, value: int32('value', 'Its value.') };
  const name = `part-0000${part}-${opened.token}.parquet`;
  for await (const { bytes } of parquetRows(free).encode(rows)) await writeFile(join(opened.folder, name), bytes);
  return name;
}

const a = { sensor: 'a', value: 1 };
const b = { sensor: 'b', value: 2 };

describe.each(STORES)('an update written by another program, in a store in %s', (_, open) => {
  test('is read as any other, in the order of its files', async () => {
    const store = open();
    const feed = freshFeeds(store).feed(readings);
    const opened = await feed.open();
    const names = [await write(opened, 0, [b, a]), await write(opened, 1, []), await write(opened, 2, [a])];
    await expect(feed.latest()).rejects.toMatchObject({ code: 'FEEDS_EMPTY' });
    const record = await opened.commit(names, options);
    expect(record.totals).toMatchObject({ files: 3, rows: 3 });
    expect(record.files.map(({ rows }) => rows)).toEqual([2, 0, 1]);
    expect(await (await freshFeeds(store).feed(readings).latest()).read()).toEqual([b, a, a]);
    const begun = await feed.open();
    await begun.commit([await write(begun, 0, []), await write(begun, 1, [a, b]), await write(begun, 2, [])], options);
    expect(await (await freshFeeds(store).feed(readings).latest()).read()).toEqual([a, b]);
    expect((await feed.verify()).findings).toEqual([]);
    if (!store.localFolder) expect(existsSync(opened.folder)).toBe(false);
  });

  test('that breaks the contract is not committed, and leaves nothing', async () => {
    const store = open();
    const feed = freshFeeds(store).feed(readings);
    await feed.put([a], options);
    const before = await contentOf(store);
    const broken: ((opened: OpenedUpdate) => Promise<string[]>)[] = [
      async (opened) => [await write(opened, 0, [a]), await write(opened, 1, [b, { ...a, value: 100 }])],
      async (opened) => {
        const name = `part-${opened.token}.parquet`;
        await writeFile(join(opened.folder, name), 'no Parquet');
        return [await write(opened, 0, [a]), name];
      },
      async (opened) => [`part-${opened.token}.parquet`],
    ];
    for (const writeAll of broken) {
      const opened = await feed.open();
      const names = await writeAll(opened);
      await expect(opened.commit(names, options)).rejects.toMatchObject({ code: 'FEEDS_UNVERIFIED' });
      expect(await contentOf(store)).toEqual(before);
    }
  });

  test('that is discarded leaves nothing, and that of a run that has committed is not committed again', async () => {
    const store = open();
    const feed = freshFeeds(store).feed(readings);
    const first = await feed.put([a], { ...options, runId: 'night' });
    const before = await contentOf(store);
    const opened = await feed.open();
    await write(opened, 0, [b]);
    await opened.discard();
    expect(await contentOf(store)).toEqual(before);
    const again = await feed.open();
    expect(await again.commit([await write(again, 0, [b])], { ...options, runId: 'night' })).toEqual(first);
    expect(await contentOf(store)).toEqual(before);
    await expect(again.commit([], options)).rejects.toMatchObject({ code: 'FEEDS_OPTIONS_INVALID' });
  });

  test('races with others, and loses none', async () => {
    const store = open();
    const opened = await Promise.all([0, 1, 2, 3].map(() => freshFeeds(store).feed(readings).open()));
    const named = await Promise.all(opened.map((each, value) => write(each, 0, [{ sensor: 'x', value }])));
    await Promise.all(opened.map((each, i) => each.commit([named[i] ?? ''], options)));
    const feed = freshFeeds(store).feed(readings);
    const values = await Promise.all([1, 2, 3, 4].map(async (seq) => (await (await feed.at(seq)).read())[0]?.value));
    expect(values.sort()).toEqual([0, 1, 2, 3]);
    expect((await feed.verify()).findings).toEqual([]);
  });
});

test('only files of its own are committed', async () => {
  const feed = openFeeds('memory:').feed(readings);
  const [mine, other] = await Promise.all([feed.open(), feed.open()]);
  const name = await write(other, 0, [a]);
  for (const foreign of [name, `../${name}`, `part-${mine.token}/x`, mine.token])
    await expect(mine.commit([foreign], options)).rejects.toMatchObject({ code: 'FEEDS_OPTIONS_INVALID' });
  await Promise.all([mine.discard(), other.discard()]);
});

test('a feed that is not Parquet cannot be opened', async () => {
  const feed = openFeeds('memory:').feed({ ...readings, codec: csv(columns) });
  await expect(feed.open()).rejects.toMatchObject({ code: 'FEEDS_OPTIONS_INVALID' });
});

test('a program that is killed between open and commit leaves what readers do not see and a repair removes', async () => {
  const root = temporaryFolder();
  const feed = openFeeds(root).feed(readings);
  await feed.put([a], options);
  const program = `
    import { writeFileSync } from 'node:fs';
    import { openFeeds, parquetRows, int32, text, schemaOf } from '@attractions/feeds';
    const columns = { sensor: text('sensor', ''), value: int32('value', '') };
    const contract = { path: 'lab/readings/v1.0', description: '', schema: schemaOf(columns), codec: parquetRows(columns) };
    const opened = await openFeeds(process.argv[1]).feed(contract).open();
    writeFileSync(opened.folder + '/part-' + opened.token + '.parquet', 'half');
    process.stdout.write(opened.token);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, root], {
    cwd: new URL('../../', import.meta.url),
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const fresh = openFeeds(root).feed(readings);
  expect(await (await fresh.latest()).read()).toEqual([a]);
  expect((await fresh.verify()).findings).toMatchObject([{ kind: 'leftover' }]);
  expect((await fresh.repair()).removed).toEqual([]);
  expect((await fresh.repair({ minAgeMs: 0 })).removed).toHaveLength(1);
  expect((await fresh.verify()).findings).toEqual([]);
});
