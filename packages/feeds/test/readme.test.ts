import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { FEEDS_ERRORS } from '../src/errors.js';
import { temporaryFolder } from './support/folders.js';

const folder = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(folder, 'README.md'), 'utf8');

const block = (language: string) => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(readme)?.[1] ?? '';

test('the table of errors in the README is the table in the code', () => {
  const rows = [...readme.matchAll(/^\| `(FEEDS_\w+)` +\| (.+?) +\|$/gm)].map(([, code, text]) => [code, text]);
  expect(Object.fromEntries(rows)).toEqual(FEEDS_ERRORS);
});

test('every error is thrown somewhere', () => {
  const sources = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && path !== 'errors.ts')
    .map((path) => readFileSync(join(folder, 'src', path), 'utf8'));
  const unused = Object.keys(FEEDS_ERRORS).filter((code) => !sources.some((source) => source.includes(`'${code}'`)));
  expect(unused).toEqual([]);
});

test('the example of the README prints what the README says, on the built package', () => {
  const example = block('js').replace("'./feeds'", JSON.stringify(temporaryFolder()));
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', example], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toBe(block('text'));
});
