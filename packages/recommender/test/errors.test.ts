import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { RECOMMENDER_ERRORS, RecommenderError } from '../src/errors.js';

test('the table of errors in the README is the table in the code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(RECOMMENDER_\w+)` +\| (\d) +\| (\d*) +\| (.+?) +\|$/gm)].map(
    ([, ...cells]) => cells,
  );
  expect(rows).toEqual(
    Object.entries(RECOMMENDER_ERRORS).map(([code, row]) => [
      code,
      String(row.exitCode),
      'status' in row ? String(row.status) : '',
      row.when,
    ]),
  );
});

test('an error carries its code, its exit code and its cause', () => {
  const cause = new Error('below');
  const error = new RecommenderError('RECOMMENDER_UNKNOWN_PARK', 'A sentence.', { cause });
  const { name, code, exitCode, message } = error;
  expect([name, code, exitCode, message, error.cause]).toEqual([
    'RecommenderError',
    'RECOMMENDER_UNKNOWN_PARK',
    2,
    'A sentence.',
    cause,
  ]);
});
