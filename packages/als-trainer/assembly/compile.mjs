/**
 * Compiles the kernel and writes it as a TypeScript module, so that tests, bundlers and `dist` all have it without copying a file.
 *
 *     node assembly/compile.mjs            # after every change in this folder
 *     node assembly/compile.mjs --print    # to stdout instead; a test compares it with what is committed
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import asc from 'assemblyscript/asc';

const folder = join(import.meta.dirname, '..');
process.chdir(folder);
let bytes;
const { error, stderr } = await asc.main(['--config', 'asconfig.json', '--outFile', 'kernel.wasm'], {
  writeFile: (name, contents) => void (bytes = name === 'kernel.wasm' ? contents : bytes),
});
if (error) {
  process.stderr.write(`${stderr}${error.message}\n`);
  process.exit(1);
}

const text = `/** The compiled kernel, base64. Generated from \`assembly\` by \`node assembly/compile.mjs\`; do not edit. */
export const kernelBase64 =
  '${Buffer.from(bytes).toString('base64')}';
`;
if (process.argv.includes('--print')) process.stdout.write(text);
else writeFileSync(join(folder, 'src/wasm/kernel-bytes.ts'), text);
