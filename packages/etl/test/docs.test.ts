import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The examples that import the package itself and print something. */
function examplesOf(page: string): string[] {
  const text = readFileSync(`${root}${page}`, 'utf8');
  const blocks = [...text.matchAll(/^```js\n([^]*?)^```/gm)].map(([, code = '']) => code);
  return blocks.filter((code) => code.includes('console.log'));
}

test.each([
  ['packages/etl/README.md', 1],
  ['docs/etl.md', 2],
])('the examples of %s print what their comments say', async (page, count) => {
  const examples = examplesOf(page);
  expect(examples).toHaveLength(count);
  for (const code of examples) {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
      cwd: root,
      // Nx asks for colours, and Node would print numbers in them.
      env: { ...process.env, FORCE_COLOR: '0' },
    });
    const comments = [...code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map(([, comment]) => comment);
    expect(stdout.trimEnd().split('\n')).toEqual(comments);
  }
});
