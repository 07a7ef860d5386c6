import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { temporaryFolder } from './support/folders.js';

const folder = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(folder, 'README.md'), 'utf8');

const block = (language: string) => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(readme)?.[1] ?? '';

test('the example of the README prints what the README says, on the built package', () => {
  const example = block('js').replace("'./feeds'", JSON.stringify(temporaryFolder()));
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', example], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toBe(block('text'));
});

test('code and documents speak of feeds alone, not of what this workspace stores in them', () => {
  const sources = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const texts = [...sources.map((path) => `src/${path}`), 'README.md', '../../docs/feeds.md'].map((path) => [
    path,
    readFileSync(join(folder, path), 'utf8').replaceAll(/@attractions\/\w+/g, ''),
  ]);
  const found = texts.flatMap(([path = '', text = '']) =>
    [...text.matchAll(/attraction|\bparks?\b|visit|recommend|\bals\b/gi)].map(([word]) => `${path}: ${word}`),
  );
  expect(found).toEqual(['README.md: recommend']);
});
