import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

const here = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

test('the committed shortlist is what the assembly source compiles to', () => {
  const compiled = execFileSync(process.execPath, [here('assembly/compile.mjs'), '--print'], { encoding: 'utf8' });
  expect(readFileSync(here('src/ranking/shortlist-bytes.ts'), 'utf8') === compiled).toBe(true);
});
