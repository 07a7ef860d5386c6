import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLogger, forceConfig, readConfig } from '@attractions/config';
import { visits } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import type { FeedStore } from '@attractions/feeds';
import fc from 'fast-check';
import { runEtl } from '../../src/driver.js';
import { guessSources } from '../../src/guess/guess.js';
import type { Guess } from '../../src/guess/guess.js';
import { lookAtPaths } from '../../src/guess/look.js';
import { checkSources, probeSources } from '../../src/source/choose.js';
import { copyQuery } from '../../src/postgres/copy.js';
import { etlSettings } from '../../src/settings.js';
import { NO_RULES, contentOf } from '../support/csv-project.js';
import { hasPostgres, slowedBy, startPostgres } from '../support/postgres-server.js';
import type { PostgresServer } from '../support/postgres-server.js';

const tests = (await hasPostgres()) ? describe : describe.skip;
let server: PostgresServer | undefined;
const query = (...statements: readonly string[]): Promise<void> | undefined => server?.query(...statements);

beforeAll(async () => {
  if (tests !== describe) return;
  server = await startPostgres();
  process.env['NIGHTS_URL'] = server.url;
});

afterAll(() => server?.stop());

const source = {
  type: 'postgres',
  url: 'NIGHTS_URL',
  query: 'SELECT * FROM views',
  watermark: 'id' as object | string,
  columns: { user: 'customer', attraction: 'sku', time: 'at' },
};

const logger = createLogger({ level: 'silent' });

function night(store: FeedStore, given: object = source, more: object = {}) {
  const values = { maxRejectShare: 1, sequenceGapHours: 8 };
  const config = forceConfig(etlSettings, values, () => readConfig(etlSettings));
  const from = { visits: { ...source, ...given }, ...more };
  return runEtl(config, { store, logger, from, checks: NO_RULES });
}

/** All that an update holds but the hash of what was read, which tells in how many parts that was. */
async function rowsOf(store: FeedStore) {
  const { sources, ...content } = await contentOf(store);
  return { ...content, sources: sources.map(({ path, bytes }) => ({ path, bytes })) };
}

async function fullRebuild(given: object = source) {
  const whole = openFeeds('memory:');
  await night(whole, given);
  return rowsOf(whole);
}

const table = (...rows: readonly string[]): Promise<void> | undefined =>
  query(
    'DROP TABLE IF EXISTS views',
    'CREATE TABLE views (id bigint, customer text, sku text, at timestamptz)',
    ...rows.map((row) => `INSERT INTO views VALUES (${row})`),
  );

tests('a watermark', () => {
  test('lets a night read the new rows alone; the result is that of reading all', async () => {
    await table("1, 'ann', 'a', '2026-05-01 10:00Z'", "2, 'bob', 'b', '2026-05-01 10:00Z'", "3, 'eve', NULL, NULL");
    const store = openFeeds('memory:');
    expect(await night(store)).toMatchObject({ read: 'all', rows: 3, kept: 2, rejected: 1 });
    expect(await night(store)).toMatchObject({ read: 'nothing', rows: 3 });
    const before = (await store.feed(visits).latest()).record.sources;
    await query(
      "INSERT INTO views VALUES (7, 'ann', 'c', '2026-05-02 10:00Z'), (8, 'new', 'a', '2026-04-01 10:00Z'), (9, 'eve', 'a', 'infinity')",
    );
    expect(await night(store)).toMatchObject({ read: 'new', rows: 6, kept: 4, rejected: 2, users: 3 });
    const { record } = await store.feed(visits).latest();
    expect(record.files.map(({ addedIn, rows }) => [addedIn, rows])).toEqual([
      [1, 2],
      [undefined, 2],
    ]);
    // What was copied is three lines without a header.
    const copied = '7,ann,c,2026-05-02 10:00:00+00\n8,new,a,2026-04-01 10:00:00+00\n9,eve,a,infinity\n';
    expect(Number(record.sources[0]?.bytes) - Number(before[0]?.bytes)).toBe(copied.length);
    expect(record.sources[0]).toMatchObject({ path: 'NIGHTS_URL/visits', version: '6 rows to 9' });
    const content = await rowsOf(store);
    expect(content.rejects.map(({ line, text }) => [line, text.slice(0, 6)])).toEqual([
      [3, '3,eve,'],
      [6, '9,eve,'],
    ]);
    expect(content).toEqual(await fullRebuild());
  });

  test.each([
    ['was deleted', 'DELETE FROM views WHERE id = 1'],
    ['came late, below the watermark', "INSERT INTO views VALUES (0, 'late', 'a', '2026-05-01 10:00Z')"],
    ['has no watermark', "INSERT INTO views VALUES (NULL, 'none', 'a', '2026-05-01 10:00Z')"],
    ['was corrected and has a new watermark', "UPDATE views SET id = 3, sku = 'z' WHERE id = 1"],
  ])('a row that %s makes everything be read', async (_, change) => {
    await table("1, 'ann', 'a', '2026-05-01 10:00Z'", "2, 'bob', 'b', '2026-05-01 10:00Z'");
    const store = openFeeds('memory:');
    await night(store);
    await query(change);
    expect(await night(store)).toMatchObject({ read: 'all' });
    expect(await rowsOf(store)).toEqual(await fullRebuild());
    expect(await night(store)).toMatchObject({ read: 'nothing' });
  });

  const PARTS = fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constant('add' as const), count: fc.integer({ min: 1, max: 9 }) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('late', 'delete', 'raise', 'null', 'none' as const), count: fc.constant(1) }) },
    ),
    { minLength: 3, maxLength: 6 },
  ); // prettier-ignore

  test('whatever is added, corrected, deleted and late, the result is that of reading all', async () => {
    const read: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(PARTS, fc.nat(1_000), async (changes, seed) => {
        await table("10, 'u1', 'a', '2026-05-01 10:00Z'");
        const store = openFeeds('memory:');
        let id = 10;
        let random = seed;
        const row = (key: number | string): string => {
          random = (random * 75 + 74) % 65_537;
          const at = new Date(Date.UTC(2026, 4, 1, random % 90)).toISOString();
          return `INSERT INTO views VALUES (${key}, 'u${random % 4}', '${'abc'[random % 3]}', '${at}')`;
        };
        for (const change of [{ do: 'none', count: 0 }, ...changes]) {
          for (let i = 0; i < change.count && change.do === 'add'; i++) await query(row((id += 1 + (random % 3))));
          if (change.do === 'late') await query(row(3));
          if (change.do === 'null') await query(row('NULL'));
          if (change.do === 'delete')
            await query('DELETE FROM views WHERE id > 10 AND id = (SELECT min(id) FROM views WHERE id > 10)');
          if (change.do === 'raise') await query(`UPDATE views SET id = ${(id += 1)}, sku = 'c' WHERE id = 10`);
          const found = await night(store);
          read[found.read] = (read[found.read] ?? 0) + 1;
          expect(await rowsOf(store)).toEqual(await fullRebuild());
        }
      }),
      { numRuns: 5 },
    );
    expect(read['new']).toBeGreaterThan(0);
  }, 200_000);

  test('with a delay, what is young waits, so that a transaction that commits late is read with it', async () => {
    const times = { watermark: { column: 'made', delay: '1 hour' } };
    await query(
      'DROP TABLE IF EXISTS views',
      'CREATE TABLE views (customer text, sku text, at timestamptz, made timestamptz)',
    );
    const row = (user: string, age: string): string =>
      `INSERT INTO views VALUES ('${user}', 'a', '2026-05-01 10:00Z', now() - interval '${age}')`;
    await query(row('old', '3 hours'), row('young', '50 minutes'));
    const store = openFeeds('memory:');
    expect(await night(store, times)).toMatchObject({ rows: 1, visits: 1 });
    await query(row('late', '55 minutes'));
    expect(await night(store, times)).toMatchObject({ read: 'nothing', rows: 1 });
    await query("UPDATE views SET made = made - interval '30 minutes' WHERE customer <> 'old'");
    expect(await night(store, times)).toMatchObject({ read: 'new', rows: 3, users: 3 });
    expect(await rowsOf(store)).toEqual(await fullRebuild(times));
  });

  test('of numbers a delay is a number, and another one is refused', async () => {
    await table("1, 'ann', 'a', '2026-05-01Z'", "4, 'bob', 'b', '2026-05-01Z'", "5, 'eve', 'b', '2026-05-01Z'");
    expect(await night(openFeeds('memory:'), { watermark: { column: 'id', delay: 2 } })).toMatchObject({ rows: 1 });
    await expect(night(openFeeds('memory:'), { watermark: { column: 'id', delay: '1 hour' } })).rejects.toMatchObject({
      code: 'ETL_OPTIONS_INVALID',
      message: expect.stringMatching(/delay of the watermark is "1 hour", but 'id' is not a time/),
    });
    await expect(night(openFeeds('memory:'), { watermark: 'ids' })).rejects.toMatchObject({
      code: 'ETL_HEADER_UNKNOWN',
      message: expect.stringMatching(/its watermark is 'ids', which is not among them/),
    });
    await expect(probeSources({ visits: { ...source, watermark: 'ids' } })).rejects.toMatchObject({ exitCode: 3 });
    expect((await probeSources({ visits: source })).visits?.sample).toHaveLength(3);
    const problems = await checkSources({ visits: { ...source, watermark: { column: 'id', delay: 'soon' } } });
    expect(problems.map(({ path }) => path)).toEqual(['sources.visits.watermark']);
  });

  test('init tells of a number of the row that may be a watermark', async () => {
    await table("1, 'ann', 'a', '2026-05-01 10:00Z'", "2, 'bob', 'b', '2026-05-01 11:00Z'", "3, 'ann', 'b', '2026-05-02Z'");
    await query('DROP TABLE IF EXISTS products', 'DROP TABLE IF EXISTS notes');
    const guess = guessSources(await lookAtPaths(['postgres:NIGHTS_URL'], '.'));
    expect(guess).toMatchObject({ sources: { visits: { columns: { user: 'customer', attraction: 'sku', time: 'at' } } } });
    const { notes } = guess as Guess;
    expect(notes['sources.visits.query']).toEqual([
      "Where rows are only added and 'id' only grows, add watermark: 'id', so that a run reads new rows alone.",
    ]);
  }); // prettier-ignore

  test('attractions of a table that is as it was are not a reason to read anything', async () => {
    await table("1, 'ann', 'a', '2026-05-01 10:00Z'");
    await query('DROP TABLE IF EXISTS products', 'CREATE TABLE products (sku text, title text)');
    await query("INSERT INTO products VALUES ('a', 'A'), ('b', 'B')");
    const columns = { attraction: 'sku', name: 'title' };
    const more = { attractions: { type: 'postgres', url: 'NIGHTS_URL', query: 'SELECT * FROM products', columns } };
    const store = openFeeds('memory:');
    await night(store, {}, more);
    await query("INSERT INTO views VALUES (2, 'bob', 'b', '2026-05-01 10:00Z')");
    expect(await night(store, {}, more)).toMatchObject({ read: 'new', visits: 2 });
    expect(await night(store, {}, more)).toMatchObject({ read: 'nothing' });
    await query("UPDATE products SET title = 'New' WHERE sku = 'a'");
    expect(await night(store, {}, more)).toMatchObject({ read: 'all' });
  });
});

tests('without a watermark', () => {
  test('nothing is put where all rows are as they were, and all is read where one is not', async () => {
    await table("1, 'ann', 'a', '2026-05-01 10:00Z'", "2, 'bob', 'b', '2026-05-01 10:00Z'");
    const store = openFeeds('memory:');
    const given = { watermark: undefined };
    expect(await night(store, given)).toMatchObject({ read: 'all' });
    expect(await night(store, given)).toMatchObject({ read: 'nothing' });
    await query("UPDATE views SET sku = 'c' WHERE id = 1");
    expect(await night(store, given)).toMatchObject({ read: 'all', visits: 2 });
  });
});

tests('a copy by a watermark whose connection is ended in the middle', () => {
  const ROWS = 300_000;
  const whole = { variable: 'SLOW_URL', query: 'SELECT id, note, at FROM notes', watermark: { column: 'id' } };

  /** Copies through a connection of which the server ends the first one when so many bytes have come, after `change`. */
  async function copiedWith(change: () => Promise<void> | undefined) {
    await query(
      'DROP TABLE IF EXISTS notes',
      // Three rows of each id, and line breaks and quotes in values.
      `CREATE TABLE notes AS SELECT i / 3 AS id, 'a "note",' || chr(10) || i AS note, now() AS at FROM generate_series(3, ${ROWS + 2}) i`,
      'CREATE INDEX ON notes (id)',
    );
    const slow = await slowedBy(server?.url ?? '', 4_000_000, async () => {
      await change();
      await query("SELECT 1 / count(pg_terminate_backend(pid))::int FROM pg_stat_activity WHERE application_name = 'attractions'");
    }); // prettier-ignore
    process.env['SLOW_URL'] = slow.url;
    const folder = await mkdtemp(join(tmpdir(), 'etl-copy-'));
    try {
      const path = join(folder, 'notes.csv');
      const { position } = await copyQuery(whole, path);
      const [, ...rows] = (await readFile(path, 'utf8')).split(/\n(?=\d+,")/);
      return { position, ids: rows.map((row) => Number(/\n(\d+)"/.exec(row)?.[1])), bytes: slow.bytes(), size: (await readFile(path)).length };
    } finally {
      await slow.close();
      await rm(folder, { recursive: true, force: true });
    }
  } // prettier-ignore

  test('goes on behind the last watermark that is whole; every row is there once', async () => {
    const { position, ids, bytes, size } = await copiedWith(() => undefined);
    expect(position).toEqual({ rows: ROWS, upto: String(ROWS / 3) });
    expect(new Set(ids).size).toBe(ROWS);
    expect(ids.length).toBe(ROWS);
    // Begun anew, it would be 4 MB more and what was under way.
    expect(bytes).toBeLessThan(size * 1.25);
    expect(size).toBeGreaterThan(9_000_000);
  });

  test('begins anew where rows that had come were changed meanwhile', async () => {
    const { position, ids } = await copiedWith(() => query('DELETE FROM notes WHERE id = 5'));
    expect(position).toEqual({ rows: ROWS - 3, upto: String(ROWS / 3) });
    expect(new Set(ids).size).toBe(ROWS - 3);
    expect(ids.length).toBe(ROWS - 3);
  });
});
