import { join } from 'node:path';
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
