import { readFileSync } from 'node:fs';

/** The entries of a `package-lock.json` of version 3, by path: `''` is the root, `packages/feeds` a package, `node_modules/pino` installed. */
export function readLockfile(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

/**
 * What a package installs: itself first, then everything that is installed with it, without development dependencies, by name.
 *
 * @returns `{ path, name, version, license, integrity, needs }[]`; `needs` are the paths of its own dependencies.
 */
export function broughtBy(entries, path) {
  const found = new Map();
  const waiting = [path];
  while (waiting.length > 0) {
    const from = waiting.pop();
    if (found.has(from)) continue;
    const { version, license, integrity } = entries[from];
    const needs = neededBy(entries, from);
    found.set(from, { path: from, name: nameOf(entries, from), version, license, integrity, needs });
    waiting.push(...needs);
  }
  const [self, ...others] = found.values();
  return [self, ...others.sort((a, b) => (a.name < b.name ? -1 : 1))];
}

/** Peers count where they are not optional; an optional dependency may be absent, as one for another platform is. */
function neededBy(entries, path) {
  const { dependencies, optionalDependencies, peerDependencies = {}, peerDependenciesMeta = {} } = entries[path];
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]
    .map((name) => resolvedFrom(entries, path, name))
    .filter((found) => found !== undefined);
}

/** Where Node would find a dependency: in the `node_modules` of the path itself, or of a folder above. Undefined where the lockfile has none. */
export function resolvedFrom(entries, path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const candidate = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (candidate in entries) return entries[candidate].link ? entries[candidate].resolved : candidate;
    if (folder === '') return undefined;
  }
}

/** npm leaves out a name that is that of the folder. */
function nameOf(entries, path) {
  return entries[path].name ?? path.replace(/^(packages|.*node_modules)\//, '');
}
