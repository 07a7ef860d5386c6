/** Questions about packages as npm laid them into a folder. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';

/** The files of an installed package, with `/`, relative to its folder, and their sizes in bytes. */
export function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(folder, path).split(sep).join('/'), bytes: statSync(path).size }));
}

/** Native code below a folder: `.node` files, by path, and the packages that npm would run a script of when it installs them. */
export function nativeIn(consumer) {
  const paths = filesOf(join(consumer, 'node_modules')).map(({ path }) => path);
  const { packages } = JSON.parse(readFileSync(join(consumer, 'package-lock.json'), 'utf8'));
  return {
    addons: paths.filter((path) => path.endsWith('.node')),
    scripts: Object.keys(packages).filter((path) => packages[path].hasInstallScript),
  };
}

/** Every package that npm laid into a folder, with the bytes of its own files, the largest first. */
export function broughtTo(consumer) {
  const { packages } = JSON.parse(readFileSync(join(consumer, 'package-lock.json'), 'utf8'));
  const bytesOf = (path) =>
    filesOf(join(consumer, path))
      .filter((file) => !file.path.includes('node_modules/'))
      .reduce((sum, { bytes }) => sum + bytes, 0);
  return Object.entries(packages)
    .filter(([path]) => path !== '' && existsSync(join(consumer, path)))
    .map(([path, { version }]) => ({ name: path.replace(/^.*node_modules\//, ''), version, bytes: bytesOf(path) }))
    .sort((a, b) => b.bytes - a.bytes);
}

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
    ts
      .preProcessFile(readFileSync(join(folder, path), 'utf8'))
      .importedFiles.map(({ fileName }) => fileName)
      .filter((specifier) => !/^(\.|node:|#)/.test(specifier))
      .map(packageName),
  );
  return [...new Set(names)].filter((used) => used !== undefined && !declared.has(used)).sort();
}
