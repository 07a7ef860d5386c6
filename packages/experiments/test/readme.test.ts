import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const folder = fileURLToPath(new URL('..', import.meta.url));

test('the example of the README prints what its comments say, on the built package', () => {
  const example = /```js\n(.*?)```/s.exec(readFileSync(`${folder}/README.md`, 'utf8'))?.[1] ?? '';
  const printed = [...example.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, output]) => output);
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', example], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  expect([stderr, stdout]).toEqual(['', `${printed.join('\n')}\n`]);
  expect(printed).toHaveLength(2);
});
