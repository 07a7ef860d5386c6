import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { EXPERIMENTS_ERRORS, ExperimentsError } from '../src/errors.js';

test('the table of errors in the README is the table in the code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(EXPERIMENTS_\w+)` +\| (\d) +\| (.+?) +\|$/gm)].map(([, ...cells]) => cells);
  expect(rows).toEqual(
    Object.entries(EXPERIMENTS_ERRORS).map(([code, { when, exitCode }]) => [code, String(exitCode), when]),
  );
});

test('an error carries its code, its exit code and its cause', () => {
  const cause = new Error('below');
  const error = new ExperimentsError('EXPERIMENTS_EXPERIMENT_INVALID', 'A sentence.', { cause });
  const { name, code, exitCode, message } = error;
  expect([name, code, exitCode, message, error.cause]).toEqual([
    'ExperimentsError',
    'EXPERIMENTS_EXPERIMENT_INVALID',
    3,
    'A sentence.',
    cause,
  ]);
});
