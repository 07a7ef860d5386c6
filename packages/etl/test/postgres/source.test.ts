import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadVisits } from '../../src/loader.js';
import { checkSources, probeSources } from '../../src/source/choose.js';
import { postgres } from '../../src/postgres/source.js';
import { sourceCases } from '../../src/testing/index.js';
import { hasPostgres, startPostgres } from '../support/postgres-server.js';
import type { PostgresServer } from '../support/postgres-server.js';

const NOW = new Date('2026-11-28T12:00:00Z');
const tests = (await hasPostgres()) ? describe : describe.skip;
const ADDRESS = 'postgres://ann:secret@localhost/shop';
let server: PostgresServer | undefined;

beforeAll(async () => {
  if (tests !== describe) return;
  server = await startPostgres();
  const address = server.url;
  process.env['SHOP_URL'] = address;
  process.env['WRONG_PASSWORD_URL'] = address.replace('attractions-secret', 'no-secret-of-mine');
  process.env['NO_DATABASE_URL'] = address.replace(/postgres$/, 'nothing');
  process.env['NO_HOST_URL'] = 'postgres://ann:secret@no-such-host.invalid/shop';
  process.env['NOT_AN_ADDRESS'] = 'mysql://ann:secret@localhost/shop';
  await server.query(
    'CREATE SEQUENCE tickets',
    'CREATE TABLE products (sku text PRIMARY KEY, title text, tags text[], lat float8)',
    `INSERT INTO products VALUES ('S1', 'A "big", old chair', '{old,"slow, soft"}', 52.5), ('S2', E'Two\\nlines', NULL, NULL)`,
    'CREATE TABLE views (customer integer, sku text, at timestamptz, kind text, stars numeric)',
    `INSERT INTO views VALUES
      (1, 'S1', '2026-05-01 10:00:00+02', 'view', 4.5),
      (1, 'S2', '2026-05-02 10:00:00+00', 'return', NULL),
      (2, 'S1', NULL, 'view', 1),
      (NULL, 'S1', '2026-05-02 10:00:00+00', 'view', 1),
      (3, 'S9', 'infinity', 'view', 1),
      (4, '', '2026-05-02 10:00:00+00', 'view', 1)`,
  );
});

afterAll(() => server?.stop());

const visits = {
  type: 'postgres',
  url: 'SHOP_URL',
  query: 'SELECT * FROM views ORDER BY customer, at;',
  columns: { user: 'customer', attraction: 'sku', time: 'at', event: 'kind', weight: 'stars' },
};
const attractions = {
  type: 'postgres',
  url: 'SHOP_URL',
  query: 'SELECT * FROM products ORDER BY sku',
  columns: { attraction: 'sku', name: 'title', themes: 'tags', latitude: 'lat' },
};

tests('a source of PostgreSQL', () => {
  test('rows become visits; NULLs are empty, and every row that is refused says which it is and why', async () => {
    const events = { view: 1, return: -1 };
    const loaded = await loadVisits({ visits, attractions }, { now: NOW, events });
    const rows = loaded.visits.toArray().map((row) => ({ ...row.toJSON() }));
    expect(rows).toEqual([
      { user_id: '1', attraction_id: 'S1', visited_at: Date.parse('2026-05-01T08:00:00Z'), photos: 1, weight: 4.5 },
      { user_id: '1', attraction_id: 'S2', visited_at: Date.parse('2026-05-02T10:00:00Z'), photos: 1, weight: -1 },
    ]);
    expect(loaded.attractions).toEqual([
      { attractionId: 'S1', park: '', name: 'A "big", old chair', latitude: 52.5, themes: ['old', 'slow, soft'] },
      { attractionId: 'S2', park: '', name: 'Two\nlines', themes: [] },
    ]);
    expect(loaded.rejects.map(({ file, line, column, reason }) => [file, line, column, reason])).toEqual([
      ['SHOP_URL/visits', 3, 'at', "'' is not a time in ISO 8601."],
      ['SHOP_URL/visits', 4, 'at', "'infinity' is not a time in ISO 8601."],
      ['SHOP_URL/visits', 5, 'sku', 'The attraction id is empty.'],
      ['SHOP_URL/visits', 6, 'customer', 'The user id is empty.'],
    ]);
    expect(loaded.tally).toMatchObject({ rows: 6, kept: 2, rejected: 4, files: 2 });
  });

  test('a probe shows the first rows of each query', async () => {
    const probes = await probeSources({ visits, attractions });
    expect(probes.visits?.found).toBe('The database of SHOP_URL answers.');
    expect(probes.visits?.sample[0]).toMatchObject({
      line: 1,
      user: '1',
      attraction: 'S1',
      event: 'view',
      weight: '4.5',
    });
    expect(probes.attractions?.sample[0]).toMatchObject({ attraction: 'S1', themes: ['old', 'slow, soft'] });
  });

  for (const { name, run } of sourceCases(postgres, {
    settings: { visits },
    refused: [
      [{}, 'url', 'query'],
      [{ url: ADDRESS, query: ' ', files: 'x' }, 'url', 'query', 'files'],
      [{ url: 'SHOP_URL', query: 'SELECT 1', columns: { user: 1 } }, 'columns.user'],
    ],
    missing: { ...visits, url: 'NO_DATABASE_URL' },
  }))
    test(name, run);

  const WRONG: readonly [what: string, change: object, code: string, exitCode: number, message: RegExp][] = [
    ['a wrong password', { url: 'WRONG_PASSWORD_URL' }, 'ETL_DATABASE_DENIED', 2, /refuses the login.*correct user and password in WRONG_PASSWORD_URL/],
    ['a database that is not there', { url: 'NO_DATABASE_URL' }, 'ETL_DATABASE_DENIED', 2, /"nothing" does not exist; correct its name in NO_DATABASE_URL/],
    ['a host that is not there', { url: 'NO_HOST_URL' }, 'ETL_DATABASE_DENIED', 2, /correct the host in NO_HOST_URL/],
    ['a variable that is not set', { url: 'UNSET_URL' }, 'ETL_OPTIONS_INVALID', 2, /UNSET_URL is not set; set it to postgres:/],
    ['an address of something else', { url: 'NOT_AN_ADDRESS' }, 'ETL_OPTIONS_INVALID', 2, /does not hold an address of PostgreSQL/],
    ['a table that is not there', { query: 'SELECT * FROM vews' }, 'ETL_DATABASE_DENIED', 2, /relation "vews" does not exist; correct `query`/],
    ['a query that is not SQL', { query: 'SELEC 1' }, 'ETL_DATABASE_DENIED', 2, /syntax error at or near .*; correct `query`/],
    ['two statements', { query: 'SELECT 1) q; DROP TABLE views; SELECT (1' }, 'ETL_DATABASE_DENIED', 2, /correct `query`/],
    ['a query that writes', { query: "SELECT nextval('tickets') AS customer, sku, at, kind, stars FROM views" }, 'ETL_DATABASE_DENIED', 2, /would change the database of SHOP_URL: cannot execute nextval/],
    ['a query that changes rows', { query: 'WITH gone AS (DELETE FROM views RETURNING *) SELECT * FROM gone' }, 'ETL_DATABASE_DENIED', 2, /correct `query`/],
    ['a query that fails on the data', { query: 'SELECT 1/(customer-1) AS customer, sku, at, kind, stars FROM views' }, 'ETL_DATABASE_DENIED', 2, /division by zero/],
    ['a column that is not there', { columns: { ...visits.columns, user: 'who' } }, 'ETL_HEADER_UNKNOWN', 3, /'who', which is not among them/],
  ]; // prettier-ignore

  test.each(WRONG)(
    '%s is a sentence that says what to do, without the password',
    async (_what, change, code, exitCode, message) => {
      const load = loadVisits({ visits: { ...visits, ...change } }, { now: NOW });
      await expect(load).rejects.toMatchObject({ code, exitCode, message: expect.stringMatching(message) });
      await expect(load).rejects.not.toMatchObject({ message: expect.stringMatching(/secret/) });
    },
  );

  test('an address in the place of a variable is refused, and not repeated', async () => {
    const [problem] = await checkSources({ visits: { ...visits, url: ADDRESS } });
    expect(problem?.path).toBe('sources.visits.url');
    expect(problem?.message).toMatch(/^Is an address; give the name of an environment variable/);
  });

  test('a load that is stopped in the middle of a copy lets the database go', async () => {
    const stopping = new AbortController();
    const query = 'SELECT i AS customer, i AS sku, now() AS at, 1 AS kind, pg_sleep(0.01) AS stars FROM generate_series(1, 100000) i'; // prettier-ignore
    const load = loadVisits({ visits: { ...visits, query } }, { now: NOW, signal: stopping.signal });
    const isCopying = "SELECT 1 / count(*)::int FROM pg_stat_activity WHERE application_name = 'attractions' AND query LIKE 'COPY%'"; // prettier-ignore
    await until(() => server?.query(isCopying));
    const reason = new Error('Stopped.');
    stopping.abort(reason);
    await expect(load).rejects.toBe(reason);
  });

  test('memory does not grow with the rows: two million of them', async () => {
    const peaks: number[] = [];
    for (const rows of [200_000, 2_000_000]) {
      const script = fileURLToPath(new URL('../processes/postgres-copy.mjs', import.meta.url));
      const env = { ...process.env, SHOP_URL: server?.url ?? '', FORCE_COLOR: '0' };
      const { stdout } = await promisify(execFile)(process.execPath, [script, String(rows)], { env });
      const { read, peakMb } = JSON.parse(stdout);
      expect(read).toBe(rows);
      peaks.push(peakMb);
    }
    expect((peaks[1] ?? 0) - (peaks[0] ?? 0)).toBeLessThan(60);
  });
});

tests('a database that is lost in the middle', () => {
  test('is asked again a few times, and then the load fails with what to do', async () => {
    const other = await startPostgres();
    process.env['OTHER_URL'] = other.url;
    const query =
      'SELECT i AS "user", i % 100 AS attraction, 1780000000 + i AS time FROM generate_series(1, 3000000) i';
    const load = loadVisits({ visits: { type: 'postgres', url: 'OTHER_URL', query } }, { now: NOW });
    const failed = expect(load).rejects.toMatchObject({
      code: 'ETL_DATABASE_FAILED',
      exitCode: 1,
      message: expect.stringMatching(/could not be read in 6 attempts .*; nothing was committed\. Run again/),
    });
    await until(() => other.query("SELECT 1 / count(*)::int FROM pg_stat_activity WHERE query LIKE 'COPY%'"));
    await other.crash();
    await failed;
    await other.stop();
  });
});

tests('a connection that is lost in the middle', () => {
  test('is made again, and every row is there once', async () => {
    const query =
      'SELECT i AS "user", i % 100 AS attraction, 1780000000 + i AS time FROM generate_series(1, 1000000) i';
    const load = loadVisits({ visits: { type: 'postgres', url: 'SHOP_URL', query } }, { now: NOW });
    await until(() =>
      server?.query(
        "SELECT 1 / count(pg_terminate_backend(pid))::int FROM pg_stat_activity WHERE application_name = 'attractions' AND query LIKE 'COPY%'",
      ),
    );
    const { tally } = await load;
    expect(tally).toMatchObject({ rows: 1_000_000, kept: 1_000_000, visits: 1_000_000, users: 1_000_000 });
  });
});

/** Tries until it succeeds, up to a minute. */
async function until(act: () => Promise<void> | undefined): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
