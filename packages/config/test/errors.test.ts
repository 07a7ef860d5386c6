import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CONFIG_ERRORS, ConfigError } from '../src/errors.js';

test('the table of errors in the README is the table in the code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(CONFIG_\w+)` +\| (.+?) +\|$/gm)].map(([, code, text]) => [code, text]);
  expect(Object.fromEntries(rows)).toEqual(CONFIG_ERRORS);
});

test('one problem is the message; several are listed', () => {
  expect(new ConfigError('CONFIG_INVALID', ['A is wrong.']).message).toBe('A is wrong.');
  expect(new ConfigError('CONFIG_INVALID', ['A is wrong.', 'B too.']).message).toBe(
    '2 problems:\n- A is wrong.\n- B too.',
  );
});
