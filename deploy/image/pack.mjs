/**
 * Packs the command line with everything it needs, for a folder of an image: our packages as `npm pack` makes them, and a manifest and lockfile with exactly
 * the versions of the workspace, so that `npm ci` there resolves nothing again. Optional packages (S3, OpenTelemetry) are included.
 *
 *     node deploy/image/pack.mjs FOLDER
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { broughtBy, readLockfile, resolvedFrom } from '../../tools/supply-chain/lockfile.mjs';

const root = join(import.meta.dirname, '../..');
const app = 'packages/pipeline';

/** Packs a package of the workspace; returns its path in the folder, and the hash that npm uses for it. */
function packed(path, folder) {
  const pack = `npm pack --json --ignore-scripts --pack-destination "${folder}" "./${path}"`;
  const [{ filename }] = JSON.parse(
    execFileSync(pack, { cwd: root, shell: true, stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const hash = createHash('sha512')
    .update(readFileSync(join(folder, filename)))
    .digest('base64');
  return { resolved: `file:${filename}`, integrity: `sha512-${hash}` };
}

/** The parts of an entry that belong to the package itself, not to its use in the workspace. */
const OF_ENTRY = [
  ...['version', 'resolved', 'integrity', 'license', 'dependencies', 'optionalDependencies', 'peerDependencies'],
  ...['peerDependenciesMeta', 'bin', 'engines', 'os', 'cpu', 'libc', 'optional'],
];

/** The manifest and lockfile of a folder into which the app is installed with the versions of the workspace's lockfile. */
function lockedApp(entries, folder) {
  const ours = broughtBy(entries, app).filter(({ path }) => path.startsWith('packages/'));
  const optional = ours
    .flatMap(({ path }) =>
      Object.keys(entries[path].peerDependenciesMeta ?? {}).map((name) => resolvedFrom(entries, path, name)),
    )
    .filter((path) => path !== undefined);
  const things = new Map(
    [app, ...optional].flatMap((path) => broughtBy(entries, path)).map((thing) => [thing.path, thing]),
  );

  const packages = {};
  for (const { path, name } of things.values()) {
    const workspace = /^packages\/[^/]+$/.test(path);
    const at = path.replace(/^packages\/([^/]+)/, (of) => `node_modules/${entries[of].name}`);
    const entry = { ...entries[path], ...(workspace && packed(path, folder)), ...(workspace && { name }) };
    packages[at] = Object.fromEntries(OF_ENTRY.filter((key) => key in entry).map((key) => [key, entry[key]]));
  }
  const direct = [`node_modules/${entries[app].name}`, ...optional];
  const dependencies = Object.fromEntries(
    direct.map((at) => [at.replace('node_modules/', ''), packages[at].resolved ?? packages[at].version]),
  );
  const manifest = { name: 'attractions-image', version: entries[app].version, private: true, dependencies };
  return {
    manifest,
    lockfile: { ...manifest, lockfileVersion: 3, requires: true, packages: { '': manifest, ...packages } },
  };
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node deploy/image/pack.mjs FOLDER');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const { manifest, lockfile } = lockedApp(readLockfile(join(root, 'package-lock.json')), folder);
writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, undefined, 2));
writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lockfile, undefined, 2));
