import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

import { environmentExample } from '../src/settings.js';

test('.env.example lists every setting as the code declares it; `npm run env-example` writes it', async () => {
  const path = fileURLToPath(new URL('../../../.env.example', import.meta.url));
  expect(await readFile(path, 'utf8')).toBe(environmentExample());
});
