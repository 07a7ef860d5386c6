import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CONTRACTS_ERRORS, ContractsError } from '../src/errors.js';

test('the table of errors in the README is the table in the code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(CONTRACTS_\w+)` +\| (\d) +\| (.+?) +\|$/gm)].map(([, ...cells]) => cells);
  expect(rows).toEqual(
    Object.entries(CONTRACTS_ERRORS).map(([code, { when, exitCode }]) => [code, String(exitCode), when]),
  );
});

test('an error carries its code, its exit code and its cause', () => {
  const cause = new Error('below');
  const error = new ContractsError('CONTRACTS_NO_MODEL', 'A sentence.', { cause });
  const { name, code, exitCode, message } = error;
  expect([name, code, exitCode, message, error.cause]).toEqual([
    'ContractsError',
    'CONTRACTS_NO_MODEL',
    1,
    'A sentence.',
    cause,
  ]);
});
