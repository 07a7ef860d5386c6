import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BUCKETS } from '../src/experiment.js';
import { bucketOf } from '../src/assignment.js';
import { testIf } from './support/test-if.js';

/** Salt, user, bucket: worked out by Python's hashlib. They may never change; another arithmetic is another version than `v1`. */
const VECTORS: readonly (readonly [salt: string, userId: string, bucket: number])[] = [
  ['demo-1', 'ana', 996],
  ['demo-1', '10003456@N00', 7532],
  ['demo-layer', 'ana', 2746],
  ['', '', 9106],
  ['salt', 'ünï/cøde 🎢', 4132],
  ['a|b', 'c', 388],
  ['a', 'b|c', 388],
  ['demo-1', 'user with spaces', 3914],
  ['demo-1', "'; --", 712],
];

const PYTHON = `
import hashlib, json, sys
def bucket(salt, user):
    h = int.from_bytes(hashlib.sha256(f"v1|{salt}|{user}".encode("utf-8")).digest()[:4], "big")
    return h * 10000 >> 32
print(json.dumps([bucket(salt, user) for salt, user in json.load(sys.stdin)]))
`;

const SQL = `CAST(('0x' || substr(sha256('v1|' || $1 || '|' || $2), 1, 8)) AS UBIGINT) * 10000 >> 32`;

/** Many ids of all kinds, the same every run. */
const manyIds = fc
  .sample(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.string({ unit: 'grapheme' })), {
    numRuns: 300,
    seed: 1,
  })
  .filter((pair) => pair.every((text) => !/\0|\p{Surrogate}/u.test(text)));

describe('bucketOf', () => {
  test.each(VECTORS)('salt %j, user %j: %i', (salt, userId, bucket) => {
    expect(bucketOf(salt, userId)).toBe(bucket);
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  testIf(python, 'there is no python3')('agrees with Python on the vectors and on many ids', () => {
    const pairs = [...VECTORS.map(([salt, userId]) => [salt, userId] as const), ...manyIds];
    const { stdout } = spawnSync('python3', ['-c', PYTHON], { input: JSON.stringify(pairs), encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual(pairs.map(([salt, userId]) => bucketOf(salt, userId)));
  });

  test('agrees with SQL on the vectors and on many ids', async () => {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const connection = await (await DuckDBInstance.create()).connect();
    const statement = await connection.prepare(`SELECT CAST(${SQL} AS INTEGER)`);
    for (const [salt, userId] of [...VECTORS, ...manyIds]) {
      statement.bindVarchar(1, salt);
      statement.bindVarchar(2, userId);
      const [row] = (await statement.runAndReadAll()).getRows();
      expect([salt, userId, row?.[0]]).toEqual([salt, userId, bucketOf(salt, userId)]);
    }
    connection.closeSync();
  });

  test('is a whole number from 0 to 9999 and always the same for the same user', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'binary' }), (salt, userId) => {
        const bucket = bucketOf(salt, userId);
        expect(Number.isInteger(bucket) && bucket >= 0 && bucket < BUCKETS).toBe(true);
        expect(bucketOf(salt, userId)).toBe(bucket);
      }),
    );
  });

  test('spreads users evenly, and independently of another salt', () => {
    const users = Array.from({ length: 20_000 }, (_, n) => `visitor-${n}`);
    const tenths = (salt: string, among: readonly string[]) => {
      const counts = new Array<number>(10).fill(0);
      for (const user of among) {
        const tenth = Math.floor(bucketOf(salt, user) / 1_000);
        counts[tenth] = (counts[tenth] ?? 0) + 1;
      }
      return counts.reduce((sum, count) => sum + (count - among.length / 10) ** 2 / (among.length / 10), 0);
    };
    // Chi-squared with 9 degrees of freedom is above 27.9 once in a thousand; users and salts are fixed, so this never flickers.
    expect(tenths('one', users)).toBeLessThan(27.9);
    const inFirstTenth = users.filter((user) => bucketOf('one', user) < 1_000);
    expect(tenths('two', inFirstTenth)).toBeLessThan(27.9);
  });
});
