import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { ALS_ERRORS } from '../src/errors.js';

test('the README’s error table is the one in the code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(ALS_\w+)` +\| (.*?) +\|$/gm)].map(([, code, when]) => [code, when]);
  expect(Object.fromEntries(rows)).toEqual(ALS_ERRORS);
});
