import { createHash } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { trainAls } from '../src/train.js';
import { plainKernel } from '../src/plain-kernel.js';
import { randomInteractions, shuffled } from './support/interactions.js';
import { factorBytes, trainWith } from './support/training.js';

const visits = randomInteractions(400, 120, 0.15);

/**
 * SHA-256 of the factors of one training: the same training gives these bytes on any machine, with any Node and any number of
 * threads. A change of the arithmetic changes them for all users, so it needs a new major version.
 */
const golden = {
  'conjugate-gradient': 'c8649b3a25c1c82cf66acd5665d0ee111e0373750a2e2b9498453bdb608f4ce5',
  cholesky: '722e4d621c01c766b51eb2ea54e91b1f5e35c3cb827d51ea516fd24ab591b83a',
} as const;

const sha256 = (model: Parameters<typeof factorBytes>[0]): string =>
  createHash('sha256').update(factorBytes(model)).digest('hex');

describe.each(Object.entries(golden))('%s', (solver, hash) => {
  const options = { rank: 24, iterations: 5, solver: solver as keyof typeof golden };

  test.each([1, 2, 3, 7])('the bytes written down, on %i threads', async (threads) => {
    expect(sha256(await trainAls(visits, options, { threads }))).toBe(hash);
  });

  test('the same of shuffled pairs', async () => {
    expect(sha256(await trainAls(shuffled(visits, 9), options))).toBe(hash);
  });

  test('the same without WebAssembly', async () => {
    expect(sha256(await trainWith(plainKernel, visits, options))).toBe(hash);
  });
});
