/** What every source, kind of model and rule promises: the suites that the packages export, run on ours. */
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { sourceCases } from '@attractions/etl/testing';
import { kindCases } from '@attractions/models/testing';
import { ruleCases } from '@attractions/recommender/testing';
import { dryAfterSix } from '../src/dry-after-six.js';
import { quiet } from '../src/quiet.js';
import { turnstiles } from '../src/turnstiles.js';

describe('turnstiles', () => {
  const cases = sourceCases(turnstiles, {
    settings: { visits: { type: 'turnstiles', file: join(import.meta.dirname, '../data/turnstiles.txt') } },
    refused: [
      [{}, 'file'],
      [{ file: 5 }, 'file'],
    ],
    missing: { file: 'nowhere.txt' },
  });
  for (const { name, run } of cases) test(name, run);
});

describe('quiet', () => {
  for (const { name, run } of kindCases(quiet)) test(name, run);
});

describe('dry-after-six', () => {
  for (const { name, run } of ruleCases(dryAfterSix)) test(name, run);
});
