/** What must hold of `examples/react` where it is installed outside the workspace: its types, and that it can be bundled. `tools/client` looks at it in a browser. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

/**
 * Declares the tests.
 *
 * @param folder gives where it is installed, once it is
 * @param run runs a command there: `run('npm', 'test')`
 */
export function reactCases(folder, run) {
  test('its types are right, and it can be bundled', async () => {
    await run('npm', 'run', 'typecheck');
    await run('npx', 'esbuild', 'src/main.tsx', '--bundle', '--jsx=automatic', '--minify', '--outfile=out/main.js');
    assert.match(readFileSync(join(folder(), 'out/main.js'), 'utf8'), /\/v1\//);
  });
}
