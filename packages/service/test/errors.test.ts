import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { SERVICE_ERRORS, ServiceError } from '../src/errors.js';

test('the table of errors in the README is the table in the code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `((?:RECOMMENDER|SERVICE)_\w+)` +\| (\d) +\| (\d*) +\| (.+?) +\|$/gm)].map(
    ([, ...cells]) => cells,
  );
  expect(rows).toEqual(
    Object.entries(SERVICE_ERRORS).map(([code, row]) => [
      code,
      String(row.exitCode),
      'status' in row ? String(row.status) : '',
      row.when,
    ]),
  );
});

test('an error carries its code, its exit code and its cause', () => {
  const cause = new Error('below');
  const error = new ServiceError('SERVICE_SPOOL_UNUSABLE', 'A sentence.', { cause });
  const { name, code, exitCode, message } = error;
  expect([name, code, exitCode, message, error.cause]).toEqual([
    'ServiceError',
    'SERVICE_SPOOL_UNUSABLE',
    2,
    'A sentence.',
    cause,
  ]);
});
