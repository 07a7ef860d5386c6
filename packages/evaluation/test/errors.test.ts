import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

import { EVALUATION_ERRORS } from '../src/errors.js';

test('the table of errors in the README is the table in the code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(EVALUATION_\w+)` +\| (.+?) +\|$/gm)].map(([, code, text]) => [code, text]);
  expect(Object.fromEntries(rows)).toEqual(EVALUATION_ERRORS);
});
