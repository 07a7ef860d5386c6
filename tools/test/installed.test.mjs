/** The checks of the publish test on a folder where they must fail. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { filesOf, nativeIn, undeclaredIn } from '../publish/installed.mjs';

let consumer;
const write = (path, text) => {
  mkdirSync(dirname(join(consumer, path)), { recursive: true });
  writeFileSync(join(consumer, path), text);
};

before(() => {
  consumer = mkdtempSync(join(tmpdir(), 'attractions-installed-'));
  const packages = { 'node_modules/sneaky': { hasInstallScript: true }, 'node_modules/plain': {} };
  write('package-lock.json', JSON.stringify({ packages }));
  write('node_modules/sneaky/build/addon.node', '');
  write('node_modules/plain/package.json', JSON.stringify({ name: 'plain', dependencies: { declared: '1' } }));
  write(
    'node_modules/plain/dist/index.js',
    `import 'declared/part';\nimport fs from 'fs';\nimport { x } from 'undeclared/x.js';\nexport { y } from "./y.js";\nawait import('lazy');\n`,
  );
  write('node_modules/plain/dist/index.d.ts', `export declare const z: import('@only/types').Z;\n`);
});
after(() => rmSync(consumer, { recursive: true }));

test('native code and install scripts are found', () => {
  assert.deepEqual(nativeIn(consumer), { addons: ['sneaky/build/addon.node'], scripts: ['node_modules/sneaky'] });
});

test('undeclared imports are found in code and in types, lazy ones too', () => {
  assert.deepEqual(undeclaredIn(join(consumer, 'node_modules/plain')), ['@only/types', 'lazy', 'undeclared']);
});

test('files are listed with their sizes', () => {
  const files = filesOf(join(consumer, 'node_modules/plain'));
  assert.deepEqual(files.map(({ path }) => path).sort(), ['dist/index.d.ts', 'dist/index.js', 'package.json']);
  assert.ok(files.every(({ bytes }) => bytes > 0));
});
