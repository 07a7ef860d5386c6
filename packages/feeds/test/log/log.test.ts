import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { findHead, logPaths } from '../../src/log/log.js';
import { memoryStore } from '../../src/store/memory.js';
import { counting } from '../support/stores.js';

const paths = logPaths('a/b/v1.0');

async function logOf(records: number, hint: string | undefined) {
  const { store, calls } = counting(memoryStore());
  for (let seq = 1; seq <= records; seq++) await store.write(paths.record(seq), new Uint8Array());
  if (hint !== undefined) await store.overwrite(paths.hint, Buffer.from(hint));
  const before = calls();
  return { store, calls: () => calls() - before };
}

describe('the head', () => {
  test('is found whatever the hint says', async () => {
    const hints = fc.oneof(
      fc.constant(undefined),
      fc.nat(80).map(String),
      fc.nat(80).map((seq) => `${seq}\n`),
      fc.constantFrom('', '-1', '1e3', '99999999999999999999', '9007199254740993', '7 ', '007', 'NaN', '\0\0\0'),
      fc.string({ unit: 'binary' }),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(70), hints, async (records, hint) => {
        const { store } = await logOf(records, hint);
        expect(await findHead(store, paths)).toBe(records);
      }),
    );
  });

  test('costs three calls with a hint that is right, in a log of any length', async () => {
    for (const records of [1, 10, 500]) {
      const { store, calls } = await logOf(records, `${records}\n`);
      expect(await findHead(store, paths)).toBe(records);
      expect(calls()).toBe(3);
    }
  });

  test('costs few calls without a hint: two for every doubling', async () => {
    const { store, calls } = await logOf(1_000, undefined);
    expect(await findHead(store, paths)).toBe(1_000);
    expect(calls()).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(1_000)) + 2);
  });
});

test('records lie in the order of their seq, in a folder that readers of data pass over', () => {
  expect(paths.record(42)).toBe('a/b/v1.0/_log/00000000000000000042.json');
});
