/** Questions about packages as npm laid them into a folder. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative, sep } from 'node:path';

/** The files of an installed package, with `/`, relative to its folder, and their sizes in bytes. */
export function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(folder, path).split(sep).join('/'), bytes: statSync(path).size }));
}

/** Native code below a folder: the packages (by path) that hold a `.node` file, or that npm would run a script of when installed. */
export function nativeIn(consumer) {
  const addons = filesOf(join(consumer, 'node_modules'))
    .filter(({ path }) => path.endsWith('.node'))
    .map(({ path }) => path.match(/^.*?((?:@[^/]+\/)?[^/@][^/]*)\//)?.[0] ?? path);
  const lock = JSON.parse(readFileSync(join(consumer, 'package-lock.json'), 'utf8'));
  const scripts = Object.keys(lock.packages).filter((path) => lock.packages[path].hasInstallScript);
  return { addons: [...new Set(addons)].sort(), scripts };
}

const imported = /(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"]+)\1/g;
const packageName = (specifier) => specifier.match(/^(?:@[^/]+\/)?[^/]+/)?.[0];

/** The packages that an installed package's built files, code and types, import and its manifest does not name. */
export function undeclaredIn(folder) {
  const {
    name,
    dependencies = {},
    peerDependencies = {},
  } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const declared = new Set([name, ...Object.keys(dependencies), ...Object.keys(peerDependencies), ...builtinModules]);
  const built = filesOf(folder).filter(({ path }) => /^dist\/.*\.(js|d\.ts)$/.test(path));
  const names = built.flatMap(({ path }) =>
    [...readFileSync(join(folder, path), 'utf8').matchAll(imported)]
      .map(([, , specifier]) => specifier)
      .filter((specifier) => !/^(\.|node:|#)/.test(specifier))
      .map(packageName),
  );
  return [...new Set(names)].filter((used) => used !== undefined && !declared.has(used)).sort();
}
