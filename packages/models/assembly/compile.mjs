/**
 * Compiles the shortlist and writes it as a TypeScript module, so that tests, bundlers and `dist` all have it without copying a file.
 *
 *     node assembly/compile.mjs            # after every change in this folder
 *     node assembly/compile.mjs --print    # to stdout instead; a test compares it with what is committed
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'shortlist-'));
try {
  const file = join(scratch, 'shortlist.wasm');
  execFileSync('npx', ['asc', '--config', 'asconfig.json', '--outFile', file], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const text = `/** The compiled shortlist, base64. Generated from \`assembly\` by \`node assembly/compile.mjs\`; do not edit. */
export const shortlistBase64 =
  '${readFileSync(file).toString('base64')}';
`;
  if (process.argv.includes('--print')) process.stdout.write(text);
  else writeFileSync(join(folder, 'src/ranking/shortlist-bytes.ts'), text);
} finally {
  rmSync(scratch, { recursive: true });
}
