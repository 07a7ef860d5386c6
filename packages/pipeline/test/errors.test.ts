import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';

import { PIPELINE_ERRORS } from '../src/errors.js';

test("the README's table of errors is the code's", async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(PIPELINE_[A-Z_]+)` +\| (.+?) +\|$/gm)].map(([, code, meaning]) => [
    code,
    meaning,
  ]);
  expect(Object.fromEntries(rows)).toEqual(PIPELINE_ERRORS);
});
