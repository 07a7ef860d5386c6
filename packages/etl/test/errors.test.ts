import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ETL_ERRORS, EtlError } from '../src/errors.js';

test('the table of errors in the README is the table in the code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(ETL_\w+)` +\| (\d) +\| (.+?) +\|$/gm)].map(([, ...cells]) => cells);
  const table = Object.entries(ETL_ERRORS).map(([code, { when, exitCode }]) => [code, String(exitCode), when]);
  expect(rows).toEqual(table);
});

test('an error carries its code, its exit code and its cause', () => {
  const cause = new Error('below');
  const error = new EtlError('ETL_NO_FILES', 'A sentence.', { cause });
  const { name, code, exitCode, message } = error;
  expect([name, code, exitCode, message, error.cause]).toEqual(['EtlError', 'ETL_NO_FILES', 2, 'A sentence.', cause]);
});
