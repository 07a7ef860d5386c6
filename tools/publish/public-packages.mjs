import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The packages that are released: every folder of `packages/` whose manifest is not private, by name.
 *
 * @returns `{ name, folder, manifest }[]`: `name` is the project's (`feeds`), `folder` absolute, `manifest` the parsed `package.json`.
 */
export function publicPackages(root) {
  return readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ folder, manifest }) => ({ name: manifest.nx.name, folder, manifest }));
}
