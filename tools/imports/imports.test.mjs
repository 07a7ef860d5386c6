/** What the files of the packages import from each other: no circles, and no export that nobody imports. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const { circles: allowedCircles, exports: allowedExports } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'allowed.json'), 'utf8'),
);

/** Fails on findings that are not allowed, and prints allowed ones that are no longer found, so that the list can shrink. */
function onlyAllowed(context, found, allowed) {
  for (const line of allowed)
    if (!found.includes(line)) context.diagnostic(`no longer found, remove it from allowed.json: ${line}`);
  const news = found.filter((line) => !allowed.includes(line));
  assert.deepEqual(news, [], 'fix these, or do not export what only its own file uses');
}

/** What a file imports relative to itself: values, types, re-exports and dynamic imports. */
function specifiersOf(source) {
  const imports = source.matchAll(/(?:^import |^export |^\} |\bimport\()[^;]*?'(\.[^']+)\.js'/gm);
  return [...imports].map(([, specifier]) => specifier);
}

/** Each source file with the files of its package that it imports. */
function importsOf(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return new Map(
    files.map((name) => {
      const path = join(folder, name);
      const specifiers = specifiersOf(readFileSync(path, 'utf8'));
      return [path, specifiers.map((specifier) => `${join(dirname(path), specifier)}.ts`)];
    }),
  );
}

/** Groups of files that reach each other by imports: the strongly connected components of more than one file (Tarjan 1972). */
function circlesOf(imports) {
  const found = [];
  const stack = [];
  const order = new Map();
  const done = new Set();
  function visit(file) {
    const own = order.size;
    let lowest = own;
    order.set(file, own);
    stack.push(file);
    for (const next of imports.get(file) ?? []) {
      if (next === file) found.push([file]);
      if (!order.has(next)) lowest = Math.min(lowest, visit(next));
      else if (!done.has(next)) lowest = Math.min(lowest, order.get(next));
    }
    if (lowest === own) {
      const group = stack.splice(stack.indexOf(file));
      for (const each of group) done.add(each);
      if (group.length > 1) found.push(group.sort());
    }
    return lowest;
  }
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return found;
}

test('every way to import a file of the same package is seen', () => {
  const source = [
    "import { a } from './a.js';",
    "import type { B } from './b.js';",
    "import {\n  c,\n} from '../c.js';",
    "export { d } from './d.js';",
    "export type {\n  E,\n} from './e.js';",
    "const f = await import('./f.js');",
    "import { join } from 'node:path';",
  ];
  assert.deepEqual(specifiersOf(source.join('\n')), ['./a', './b', '../c', './d', './e', './f']);
});

test('circles that share a file are found as one', () => {
  const imports = new Map([
    ['a', ['b', 'd']],
    ['b', ['c']],
    ['c', ['a']],
    ['d', ['c', 'e']],
    ['e', []],
    ['f', ['f']],
  ]);
  assert.deepEqual(circlesOf(imports), [['a', 'b', 'c', 'd'], ['f']]);
});

test('no file of a package imports itself, through whatever files', (context) => {
  const circles = readdirSync(join(root, 'packages'))
    .flatMap((name) => circlesOf(importsOf(join(root, 'packages', name, 'src'))))
    .map((group) => group.map((file) => relative(root, file).replaceAll('\\', '/')).join(' '));
  onlyAllowed(context, circles, allowedCircles);
});

test('every export is imported by another file, by a test or by the entry of its package', (context) => {
  const options = ['--directory', root, '--config', join(import.meta.dirname, 'knip.json')];
  const report = ['--include', 'files,exports,types', '--reporter', 'json', '--no-exit-code', '--no-progress'];
  const knip = join(import.meta.dirname, 'node_modules/knip/bin/knip.js');
  const { stdout, stderr } = spawnSync(process.execPath, [knip, ...options, ...report], { encoding: 'utf8' });
  assert.equal(stderr, '');
  const dead = JSON.parse(stdout).issues.flatMap(({ file, files = [], exports = [], types = [] }) => [
    ...files.map(() => file),
    ...[...exports, ...types].map(({ name }) => `${file} ${name}`),
  ]);
  onlyAllowed(context, dead.sort(), allowedExports);
});
