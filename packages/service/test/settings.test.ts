import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { serveSettings } from '../src/settings.js';

test('docs/service.md lists every setting with its default', async () => {
  const page = await readFile(new URL('../../../docs/service.md', import.meta.url), 'utf8');
  for (const { variable, default: value } of Object.values(serveSettings))
    expect(page).toMatch(
      new RegExp(`^\\| \`${variable}\` .*\\| ${value === undefined ? 'none' : `\`${value}\``}.*\\|$`, 'm'),
    );
});
