import { readFile } from 'node:fs/promises';

import { expect, test } from '@jest/globals';

import { REFUSALS } from '../../src/read-out/refusals.js';

test('the guide has every refusal, with what to do', async () => {
  const guide = await readFile(new URL('../../../../docs/experiment-reports.md', import.meta.url), 'utf8');
  const rows = [...guide.matchAll(/^\| `([a-z-]+)` +\| (.+?) +\| (.+?) +\|$/gm)].map(([, ...cells]) => cells);
  const told = Object.entries(REFUSALS).map(([code, { when, todo }]) => [code, when, todo]);
  expect(rows).toEqual(told);
});
