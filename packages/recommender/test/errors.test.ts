import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { RECOMMENDER_ERRORS, RECOMMENDER_EXIT_CODES } from '../src/errors.js';

test('the table of errors in the README is that of the code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(RECOMMENDER_[A-Z_]+)` +\| (.*?) +\|$/gm)].map(([, code, when]) => [
    code,
    when,
  ]);
  expect(rows).toEqual(Object.entries(RECOMMENDER_ERRORS));
  expect(Object.keys(RECOMMENDER_EXIT_CODES)).toEqual(Object.keys(RECOMMENDER_ERRORS));
});
