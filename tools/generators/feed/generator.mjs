import { formatFiles, generateFiles, joinPathFragments } from '@nx/devkit';
import { join } from 'node:path';
import { withExport } from '../named-exports.mjs';
import { camelCase, kebab, pascalCase } from '../names.mjs';

const packageRoot = 'packages/contracts';

/** Adds the contract of a feed to the workspace, exports it, and adds a test of it that passes. */
export default async function feed(tree, options) {
  const [domain, name, ...rest] = options.feed.split('/');
  if (![domain, name].every((part) => kebab.test(part ?? '')) || rest.length > 0)
    throw new Error(`"${options.feed}" is no feed; give <domain>/<name> in lower case, such as etl/weather.`);
  const file = joinPathFragments(packageRoot, 'src', `${name}.ts`);
  if (tree.exists(file)) throw new Error(`${file} is there already; choose another name.`);

  const contract = camelCase(name);
  const row = `${pascalCase(name)}Row`;
  generateFiles(tree, join(import.meta.dirname, 'files'), packageRoot, { domain, name, contract, row });

  const index = joinPathFragments(packageRoot, 'src/index.ts');
  const path = `./${name}`;
  const withValue = withExport(tree.read(index, 'utf8'), { name: contract, path });
  tree.write(index, withExport(withValue, { name: row, path, type: true }));
  await formatFiles(tree);

  return () =>
    console.log(`
Next: give ${file} its columns, add them to test/contracts.test.ts (the list of what was released) and to the README.
Check with: npx nx run-many -t lint typecheck test -p contracts`);
}
