import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

test('the example of the README prints what it says, on the built package', () => {
  const folder = new URL('..', import.meta.url);
  const readme = readFileSync(new URL('README.md', folder), 'utf8');
  const example = /```js\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const args = ['--input-type=module', '--eval', example];
  const stdout = execFileSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    // Nx asks for colours, and Node would print numbers in them.
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  expect(stdout.trim()).toBe(/console\.log\(report\.metrics\); \/\/ (.*)/.exec(example)?.[1]);
});
