import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Engine } from '../engine/engine.js';
import { frame, sql } from '../frame/frame.js';
import type { Frame, Sql } from '../frame/frame.js';
import type { SqlValue } from '../frame/sql-text.js';
import { loadVisits } from '../loader.js';
import { defineSource } from '../source/source.js';
import type { VisitRow } from '../source/source.js';

/** One law of a contract, for any test runner: `for (const { name, run } of engineCases(engine)) test(name, run)`. */
export interface Case {
  readonly name: string;
  /** Rejects where the law is broken. */
  run(): Promise<void>;
}

/** What an engine may differ in. */
export interface EngineTraits {
  /** Whether scanned lines have their numbers; default: true. Without, they are NULL. */
  readonly hasLineNumbers?: boolean;
  /** A SELECT that takes longer than any test, which the engine can stop; default: one over three tables with all pairs of their rows. */
  readonly endless?: Sql;
}

/** Texts that an escape could get wrong. */
const HARD_TEXTS: readonly string[] = [
  "it's",
  "''",
  '\\',
  "\\'",
  '\\n',
  '"; DROP TABLE x; --',
  '/* */',
  '${x}',
  'a\tb\r\nc',
  '\u0001\u001a\u007f',
  'é Ü 漢字 🎢',
  '%_[*?]',
  ' ',
  '',
];

/** The contract of {@link Engine}. The cases run one after another on the one engine; the last ones close it, and start it again. */
export function engineCases(engine: Engine, { hasLineNumbers = true, endless }: EngineTraits = {}): readonly Case[] {
  const cases: Case[] = [];
  const law = (name: string, run: () => Promise<void>): void => void cases.push({ name, run });

  law('a frame is run with its inputs, in the order that is asked for', async () => {
    const one = frame('one')`SELECT 1 AS n UNION ALL SELECT 2`;
    const two = frame('two')`SELECT n + ${1} AS n, ${'a'} AS word FROM ${one}`;
    assert.deepEqual(await engine.rows(sql`SELECT * FROM ${two} ORDER BY n DESC`), [
      { n: 3, word: 'a' },
      { n: 2, word: 'a' },
    ]);
    assert.deepEqual(await engine.rows(sql`SELECT n FROM ${two} WHERE n > ${3}`), []);
  });

  law('values come back as they are', async () => {
    for (const text of HARD_TEXTS) assert.equal(await valueOf(engine, text), text);
    for (const number of [0, 1, -1, 2 ** 31 - 1, 0.1, -1.5e-9, 1e300, 5e-324, 2 ** 53]) {
      const [row] = await engine.rows(frame('value')`SELECT CAST(${number} AS DOUBLE) AS v`);
      assert.equal(row?.['v'], number);
    }
    assert.deepEqual([await valueOf(engine, true), await valueOf(engine, null)], [true, null]);
    const time = new Date('2026-11-27T23:59:59.123Z');
    const [row] = await engine.rows(sql`SELECT unix_millis(${time}) AS ms`);
    assert.equal(row?.['ms'], String(time.getTime()));
  });

  law('rows are written as Parquet in their order, and read back with their numbers', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'engine-cases-'));
    try {
      const path = join(folder, 'a [1].parquet');
      const time = new Date('2026-11-27T23:59:59.123Z');
      const rows = frame(
        'rows_to_write',
      )`SELECT ${'b'} AS word, ${time} AS t, ${1.5} AS d UNION ALL SELECT ${'a'}, NULL, ${3.0}`;
      await engine.write(sql`SELECT * FROM ${rows} ORDER BY word`, path);
      const columns = await engine.columnsOf(path);
      assert.deepEqual(columns, [
        { name: 'word', type: 'text' },
        { name: 't', type: 'time' },
        { name: 'd', type: 'double' },
      ]);
      const files = { format: 'parquet' as const, files: [{ path, number: 7 }], columns };
      assert.deepEqual(
        await engine.rows(sql`SELECT * FROM ${engine.scanRows(files, { numbered: true })} r ORDER BY line`),
        [
          { file_number: 7, line: '1', f0: 'a', f1: null, f2: '3' },
          { file_number: 7, line: '2', f0: 'b', f1: String(time.getTime()), f2: '1.5' },
        ],
      );
      const counts = await engine.countRows(files, { faultsKept: 1 });
      assert.deepEqual(counts, [{ number: 7, lines: 2, rows: 2, faultCount: 0, faults: [] }]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  law("it has Spark's functions, UTC, and Spark's order of nulls", async () => {
    const [calls] = await engine.rows(sql`
SELECT unix_millis(timestamp_seconds(1262304000)) AS seconds, unix_millis(timestamp_millis(1262304000123)) AS millis,
  hour(timestamp_seconds(3600)) = 1 AS is_utc, regexp_like('007', '^[0-9]{1,3}$') AS digits,
  try_url_decode('Sch%C3%B6n+X') AS decoded, try_url_decode('%E9') AS undecoded, try_cast('x' AS BIGINT) AS failed`);
    const { undecoded, ...others } = calls ?? {};
    assert.deepEqual(others, {
      seconds: '1262304000000',
      millis: '1262304000123',
      is_utc: true,
      digits: true,
      decoded: 'Schön X',
      failed: null,
    });
    // Bytes that are not UTF-8: NULL, or replaced by U+FFFD.
    assert.ok(undecoded === null || undecoded === '\ufffd');
    const table = await engine.table('nulls', { n: 'bigint' }, [[[1], [null]]]);
    assert.deepEqual(await engine.rows(sql`SELECT n FROM ${table} ORDER BY n`), [{ n: null }, { n: '1' }]);
  });

  law('a file is scanned as fields and as lines, whatever its name is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'etl-engine-'));
    const line = (number: number): string | null => (hasLineNumbers ? String(number) : null);
    try {
      for (const name of ["it's [odd].csv", 'a b %20 ü.csv', '{a,b}.csv']) {
        const path = join(folder, name);
        await writeFile(path, 'a;b\r\n1;"x;""y"""\r\n;2\r\n');
        const fields = engine.scan({ format: 'csv', path, delimiter: ';', columns: ['f0', 'f1'] });
        assert.deepEqual(await engine.rows(sql`SELECT line, f0, f1 FROM ${fields} s ORDER BY f0 DESC`), [
          { line: line(2), f0: '1', f1: 'x;"y"' },
          { line: line(3), f0: null, f1: '2' },
        ]);
        const lines = engine.scan({ format: 'lines', path });
        assert.deepEqual(await engine.rows(sql`SELECT line, text FROM ${lines} s ORDER BY text DESC`), [
          { line: line(3), text: ';2' },
          { line: line(2), text: '1;"x;""y"""' },
        ]);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  law('rows given in batches are a frame', async () => {
    async function* batches() {
      yield [['a', 1, 0.5]];
      yield [];
      yield [['it\\s', null, null] as const, [null, Number.MAX_SAFE_INTEGER, -1] as const];
    }
    const columns = { word: 'text', n: 'bigint', x: 'double' } as const;
    const table = await engine.table('given', columns, batches());
    assert.deepEqual(await engine.rows(sql`SELECT * FROM ${table} ORDER BY x NULLS LAST`), [
      { word: null, n: String(Number.MAX_SAFE_INTEGER), x: -1 },
      { word: 'a', n: '1', x: 0.5 },
      { word: 'it\\s', n: null, x: null },
    ]);
    const none = await engine.table('given', columns, []);
    assert.deepEqual(await engine.rows(none), []);
  });

  law('an error of the rows that are given comes out as it is', async () => {
    const broken = new Error('The disk is gone.');
    async function* batches() {
      yield [['a']];
      throw broken;
    }
    await assert.rejects(engine.table('broken_rows', { word: 'text' }, batches()), (error) => error === broken);
  });

  law('a result comes by column', async () => {
    const batch = Array.from({ length: 5_000 }, (_, i) => [i, i % 7 === 0 ? null : `w${i}`] as const);
    const table = await engine.table('many', { n: 'bigint', word: 'text' }, [batch]);
    const query = sql`SELECT n, CAST(n AS INT) AS m, word, CAST(n AS DOUBLE) / 2 AS half, n > 2 AS big FROM ${table} ORDER BY n`;
    const result = await engine.collect(query);
    const columns = Array.from({ length: 5 }, (_, column) => {
      const values: unknown[] = [];
      result.eachValue(column, (value, row) => (values[row] = value));
      return values;
    });
    assert.equal(result.rowCount, batch.length);
    assert.deepEqual(columns, [
      batch.map(([n]) => BigInt(n)),
      batch.map(([n]) => n),
      batch.map(([, word]) => word),
      batch.map(([n]) => n / 2),
      batch.map(([n]) => n > 2),
    ]);
  });

  law('a frame that is kept is not run again', async () => {
    const random = frame('random_id')`SELECT uuid() AS id`;
    const reader = frame('reader')`SELECT id FROM ${random}`;
    assert.notDeepEqual(await engine.rows(reader), await engine.rows(reader));
    await engine.keep(random);
    assert.deepEqual(await engine.rows(reader), await engine.rows(reader));
  });

  law('a frame is described by its first rows and a summary', async () => {
    const table = await engine.table('shown', { n: 'bigint' }, [[[3], [9], [5]]]);
    const { rows, summary } = await engine.describe(table, 2);
    assert.equal(rows.length, 2);
    assert.equal(summary.length, 1);
    const { column_name, min, max, count } = summary[0] ?? {};
    assert.deepEqual([column_name, min, max, count], ['n', '3', '9', '3']);
  });

  law('calls may overlap', async () => {
    const queries = Array.from({ length: 8 }, (_, i) => engine.rows(frame(`f${i}`)`SELECT ${i} AS n`));
    assert.deepEqual(
      (await Promise.all(queries)).flat(),
      Array.from({ length: 8 }, (_, n) => ({ n })),
    );
  });

  law('a failure has a code, the name of the frame and its cause', async () => {
    const broken = frame('broken')`SELECT nothing_of_this_name FROM ${frame('some')`SELECT 1 AS n`}`;
    await assert.rejects(engine.rows(broken), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'ETL_ENGINE_FAILED');
      assert.match(error.message, /the frame 'broken'/);
      return error.cause !== undefined;
    });
  });

  law('a query stops when its signal aborts, and the next one runs', async () => {
    const reason = new Error('Stopped.');
    const isReason = (error: unknown): boolean => error === reason;
    const one = frame('one')`SELECT 1 AS n`;
    await assert.rejects(engine.rows(one, { signal: AbortSignal.abort(reason) }), isReason);

    const abort = new AbortController();
    const running = engine.rows(endless ?? (await allPairs(engine)), { signal: abort.signal });
    void setImmediate().then(() => abort.abort(reason));
    await assert.rejects(running, isReason);
    assert.deepEqual(await engine.rows(one), [{ n: 1 }]);
  });

  law('the loader runs on it', async () => {
    const source = rowsSource([
      { user: 'ann', attraction: '1', time: '2020-01-01T10:00:00.250Z', park: 'P' },
      { user: 'ann', attraction: '1', time: '2020-01-01T10:30:00Z', park: 'P' },
      { user: 'ann', attraction: '1', time: '2020-01-02T10:30:00Z', park: 'P' },
      { user: '', attraction: '1', time: '2020-01-01', park: 'P' },
      { user: "it's", attraction: '2\\', time: new Date(0), park: 'P' },
    ]);
    const { visits, attractions, rejects } = await loadVisits(
      { visits: { type: 'rows' } },
      { engine, sources: [source] },
    );
    const found = visits.toArray().map((row) => Object.values(row.toJSON()).map(String));
    assert.deepEqual(found, [
      ['ann', 'P:1', String(Date.parse('2020-01-01T10:00:00.250Z')), '2'],
      ['ann', 'P:1', String(Date.parse('2020-01-02T10:30:00Z')), '1'],
    ]);
    assert.deepEqual(
      attractions.map(({ attractionId }) => attractionId),
      ['P:1', 'P:2\\'],
    );
    assert.deepEqual(
      rejects.map(({ line, column }) => [line, column]),
      [
        [4, 'user'],
        [5, 'time'],
      ],
    );
  });

  law(
    'writes many rows as several files, each of row groups in order, and reads them back with their types',
    async () => {
      const count = 3 * engine.rowGroupRows;
      const rows = Array.from({ length: count }, (_, n) => [(n * 7) % count, `user ${n % 97}`] as const);
      const table = await engine.table('many', { n: 'bigint', user_id: 'text' }, [rows]);
      const folder = await mkdtemp(join(tmpdir(), 'engine-parts-'));
      try {
        const ordered = sql`SELECT n, user_id, timestamp_millis(n * 1000) AS taken FROM ${table} ORDER BY n`;
        const names = await engine.writeParts(ordered, { folder, suffix: 'x', rows: engine.rowGroupRows });
        assert.ok(names.length > 1 && names.every((name) => /^part-[0-9]+-x[.]parquet$/.test(name)));
        const files = names.map((name, i) => ({ path: join(folder, name), number: i + 5 }));
        const scanned = engine.scanTyped(files);
        const [all] = await engine.rows(
          sql`SELECT count(*) AS n, count(DISTINCT n) AS different, min(file_number) AS first_file, min(row_number) AS first_row, max(unix_millis(taken)) AS latest FROM ${scanned} s`,
        );
        assert.deepEqual(Object.values(all ?? {}).map(Number), [count, count, 5, 0, (count - 1) * 1000]);
        const [split] = await engine.rows(
          sql`SELECT count(*) AS breaks FROM (SELECT n - lag(n) OVER (PARTITION BY file_number ORDER BY row_number) AS step FROM ${scanned} s) steps WHERE step <> 1`,
        );
        assert.ok(Number(split?.['breaks']) < names.length * 4);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );

  law('a closed engine starts again, without what it kept', async () => {
    const random = frame('random_id')`SELECT uuid() AS id`;
    await engine.keep(random);
    const kept = await engine.rows(random);
    await engine.close();
    assert.notDeepEqual(await engine.rows(random), kept);
    await engine.close();
  });

  law('closing stops what runs and what is about to run, and the next query starts the engine again', async () => {
    const isStopped = (error: Error & { code?: string }): boolean => error.code === 'ETL_ENGINE_FAILED';
    const query = endless ?? (await allPairs(engine));
    const running = [assert.rejects(engine.rows(query), isStopped)];
    await setImmediate();
    running.push(assert.rejects(engine.rows(query), isStopped));
    await engine.close();
    await Promise.all(running);

    const starting = engine.open().catch((error: unknown) => assert.ok(isStopped(error as Error)));
    await engine.close();
    await starting;
    assert.deepEqual(await engine.rows(frame('one')`SELECT 1 AS n`), [{ n: 1 }]);
    await engine.close();
  });

  return cases;
}

/** A query that takes longer than any test. */
async function allPairs(engine: Engine): Promise<Frame> {
  const table = await engine.table('numbers', { n: 'bigint' }, [Array.from({ length: 20_000 }, (_, n) => [n])]);
  return frame('all_pairs')`
SELECT count_if((a.n * 7 + b.n * 3 + c.n) % 11 = 1) AS hits FROM ${table} a CROSS JOIN ${table} b CROSS JOIN ${table} c`;
}

async function valueOf(engine: Engine, value: SqlValue): Promise<unknown> {
  const [row] = await engine.rows(sql`SELECT ${value} AS v`);
  return row?.['v'];
}

function rowsSource(rows: readonly VisitRow[]) {
  return defineSource<unknown>({
    type: 'rows',
    options: { '~standard': { version: 1, vendor: 'attractions', validate: (value) => ({ value }) } },
    probe: () => Promise.resolve({ found: `${rows.length} rows.`, sample: rows }),
    async *visits() {
      yield* rows;
    },
  });
}
