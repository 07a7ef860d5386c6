import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CONFIG_ERRORS, ConfigError } from '../src/errors.js';

test('the table of errors in the README is the table in the code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(CONFIG_\w+)` +\| (\d) +\| (.+?) +\|$/gm)].map(([, ...cells]) => cells);
  const table = Object.entries(CONFIG_ERRORS).map(([code, { when, exitCode }]) => [code, String(exitCode), when]);
  expect(rows).toEqual(table);
});

test('an error carries its code, its exit code and its cause', () => {
  const cause = new Error('below');
  const error = new ConfigError('CONFIG_FILE_UNREADABLE', ['A sentence.'], { cause });
  const { name, code, exitCode, message } = error;
  expect([name, code, exitCode, message, error.cause]).toEqual([
    'ConfigError',
    'CONFIG_FILE_UNREADABLE',
    2,
    'A sentence.',
    cause,
  ]);
});

test('one problem is the message; several are listed', () => {
  expect(new ConfigError('CONFIG_INVALID', ['A is wrong.']).message).toBe('A is wrong.');
  expect(new ConfigError('CONFIG_INVALID', ['A is wrong.', 'B too.']).message).toBe(
    '2 problems:\n- A is wrong.\n- B too.',
  );
});
