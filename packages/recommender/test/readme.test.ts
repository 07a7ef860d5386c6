import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { openFeeds } from '@attractions/feeds';
import { putGeneration } from '@attractions/models/testing';

test('the example of the README prints what the README says', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, code = '', printed] = /```js\n(.*?)```\s+```text\n(.*?)```/s.exec(readme) ?? [];
  const folder = await mkdtemp(join(tmpdir(), 'recommender-readme-'));
  await putGeneration(openFeeds(folder));
  const example = code.replace("'./feeds'", JSON.stringify(folder));
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  expect(execFileSync(process.execPath, ['--input-type=module', '-e', example], { cwd, encoding: 'utf8' })).toBe(
    printed,
  );
  await rm(folder, { recursive: true });
});
