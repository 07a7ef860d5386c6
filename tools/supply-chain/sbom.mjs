/**
 * Writes a bill of materials (CycloneDX 1.6, JSON) for each public package: `FOLDER/<package>-<version>.cdx.json`.
 *
 *     npm run sbom -- FOLDER
 *
 * It is made from the lockfile, because `npm sbom --omit dev` is wrong in a workspace: it drops a dependency of one package that is a development dependency
 * of another.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publicPackages } from '../publish/public-packages.mjs';
import { broughtBy, readLockfile } from './lockfile.mjs';

/** Package URL: the `@` of a scope is percent-encoded, its `/` is not. */
const packageUrl = ({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

const licenceOf = (license) => (/[ ()]/.test(license) ? { expression: license } : { license: { id: license } });

/** Subresource integrity, `sha512-<base64>`, as CycloneDX writes hashes. */
function hashOf(integrity) {
  const [algorithm, digest] = integrity.split('-');
  return {
    alg: algorithm.toUpperCase().replace('SHA', 'SHA-'),
    content: Buffer.from(digest, 'base64').toString('hex'),
  };
}

function component(thing) {
  return {
    type: 'library',
    'bom-ref': packageUrl(thing),
    name: thing.name,
    version: thing.version,
    purl: packageUrl(thing),
    ...(thing.integrity && { hashes: [hashOf(thing.integrity)] }),
    ...(thing.license && { licenses: [licenceOf(thing.license)] }),
  };
}

/** The bill of the package in a folder of the lockfile, such as `packages/feeds`. The same lockfile gives the same bytes. */
export function billOfMaterials(entries, path) {
  const things = broughtBy(entries, path);
  const reference = new Map(things.map((thing) => [thing.path, packageUrl(thing)]));
  // The same version may lie in several folders, and see other versions of its own dependencies from each. It is one component.
  const components = new Map(things.map((thing) => [packageUrl(thing), component(thing)]));
  const dependsOn = new Map([...components.keys()].map((url) => [url, new Set()]));
  for (const thing of things) for (const to of thing.needs) dependsOn.get(packageUrl(thing)).add(reference.get(to));

  const [self, ...others] = components.values();
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: self },
    components: others,
    dependencies: [...dependsOn].map(([ref, needed]) => ({ ref, dependsOn: [...needed].sort() })),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) {
    console.error('usage: npm run sbom -- FOLDER');
    process.exit(2);
  }
  const root = join(import.meta.dirname, '../..');
  const entries = readLockfile(join(root, 'package-lock.json'));
  mkdirSync(folder, { recursive: true });
  for (const { name, manifest } of publicPackages(root)) {
    const path = join(folder, `${name}-${manifest.version}.cdx.json`);
    writeFileSync(path, `${JSON.stringify(billOfMaterials(entries, `packages/${name}`), undefined, 2)}\n`);
    console.log(path);
  }
}
