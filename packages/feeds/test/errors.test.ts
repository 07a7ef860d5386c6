import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { FEEDS_ERRORS, FeedsError } from '../src/errors.js';

test('the table of errors in the README is the table in the code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(FEEDS_\w+)` +\| (\d) +\| (.+?) +\|$/gm)].map(([, ...cells]) => cells);
  const table = Object.entries(FEEDS_ERRORS).map(([code, { when, exitCode }]) => [code, String(exitCode), when]);
  expect(rows).toEqual(table);
});

test('an error carries its code, its exit code and its cause', () => {
  const cause = new Error('below');
  const error = new FeedsError('FEEDS_ROOT_INVALID', 'A sentence.', { cause });
  const { name, code, exitCode, message } = error;
  expect([name, code, exitCode, message, error.cause]).toEqual([
    'FeedsError',
    'FEEDS_ROOT_INVALID',
    2,
    'A sentence.',
    cause,
  ]);
});

test('every error is thrown somewhere', () => {
  const source = fileURLToPath(new URL('../src', import.meta.url));
  const sources = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && path !== 'errors.ts')
    .map((path) => readFileSync(`${source}/${path}`, 'utf8'));
  const unused = Object.keys(FEEDS_ERRORS).filter((code) => !sources.some((text) => text.includes(`'${code}'`)));
  expect(unused).toEqual([]);
});
