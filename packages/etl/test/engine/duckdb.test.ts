import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { duckDbEngine } from '../../src/engine/duckdb.js';
import { frame, sql } from '../../src/frame/frame.js';
import { engineCases } from '../../src/testing/index.js';
import { rawFolder } from '../support/raw-folder.js';

const engine = duckDbEngine();
afterAll(() => engine.close());

for (const { name, run } of engineCases(duckDbEngine())) test(name, run);

test('every text, number, boolean and time comes back from the engine as it went in', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom("'", '\\', ';', '-', '\0', '\n', '$', '"', '/', '*', '\x01') }),
  );
  const date = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  await fc.assert(
    fc.asyncProperty(text, fc.double(), fc.maxSafeInteger(), fc.boolean(), date, async (t, d, n, b, at) => {
      const [row] = await engine.rows(
        frame(
          'values',
        )`SELECT ${t} AS t, CAST(${n} AS BIGINT) AS n, ${b} AS b, unix_millis(${at}) AS at, 'x' || ${t} || 'y' AS joined`,
      );
      expect(row).toEqual({ t, n: String(n), b, at: String(at.getTime()), joined: `x${t}y` });
      const result = await engine.collect(sql`SELECT ${d} AS d`);
      result.eachValue(0, (value) => expect(Number(value)).toBe(d));
    }),
    { numRuns: 300 },
  );
});

test('a path with a backslash is not a pattern and not an escape', async () => {
  const path = join(rawFolder({ 'back\\slash.csv': 'a\n1\n' }), 'back\\slash.csv');
  const scan = engine.scan({ format: 'csv', path, delimiter: ';', columns: ['f0'] });
  expect(await engine.rows(sql`SELECT f0 FROM ${scan} s`)).toEqual([{ f0: '1' }]);
});

test('lines keep their numbers in a file that several threads read', async () => {
  const count = 1_200_000;
  const lines = Array.from({ length: count }, (_, i) => `${i + 2};"${'x'.repeat((i * 7) % 61)}"`);
  const path = join(rawFolder({ 'big.csv': `n;text\n${lines.join('\n')}\n` }), 'big.csv');
  for (const scan of [
    sql`SELECT line, f0 AS n FROM ${engine.scan({ format: 'csv', path, delimiter: ';', columns: ['f0', 'f1'] })} s`,
    sql`SELECT line, split_part(text, ';', 1) AS n FROM ${engine.scan({ format: 'lines', path })} s`,
  ]) {
    const wrong = sql`SELECT count(*) AS lines, count_if(line <> CAST(n AS BIGINT)) AS wrong FROM (${scan}) s`;
    expect(await engine.rows(wrong)).toEqual([{ lines: String(count), wrong: '0' }]);
  }
});

test('a running query reports how far it is', async () => {
  const numbers = await engine.table('numbers', { n: 'bigint' }, [Array.from({ length: 20_000 }, (_, n) => [n])]);
  const pairs = sql`SELECT count_if((a.n * 7 + b.n) % 11 = 1) AS hits FROM ${numbers} a CROSS JOIN ${numbers} b`;
  const shares: number[] = [];
  await engine.rows(pairs, { onProgress: (share) => shares.push(share) });
  for (const share of shares) expect(share).toBeGreaterThanOrEqual(0);
  for (const share of shares) expect(share).toBeLessThanOrEqual(1);
});

test('two processes that share a working folder, with more rows than fit in memory, do not write over each other', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'etl-spill-'));
  const program = fileURLToPath(new URL('../processes/spill.mjs', import.meta.url));
  const run = promisify(execFile);
  const told = await Promise.all(['1', '1000'].map((seed) => run(process.execPath, [program, seed], { cwd })));
  for (const { stdout } of told) {
    const { folder, ...seen } = JSON.parse(stdout) as { folder: string };
    expect(seen).toEqual({ spills: true, found: 0, here: [] });
    expect(existsSync(folder)).toBe(false);
  }
  await rm(cwd, { recursive: true });
});
