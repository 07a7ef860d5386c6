import { formatFiles, generateFiles, joinPathFragments } from '@nx/devkit';
import { join } from 'node:path';
import { withExport } from '../named-exports.mjs';
import { camelCase, kebab } from '../names.mjs';

const packageRoot = 'packages/recommender';

/** Adds a recommender to the workspace, exports it, and adds a test that checks it against the contract of all recommenders. */
export default async function recommender(tree, { name }) {
  if (!kebab.test(name))
    throw new Error(`"${name}" is not a valid name; give one in lower case, such as nearby-rides.`);
  const file = joinPathFragments(packageRoot, 'src/answers', `${name}.ts`);
  if (tree.exists(file)) throw new Error(`${file} is there already; choose another name.`);

  const factory = `${camelCase(name)}Recommender`;
  generateFiles(tree, join(import.meta.dirname, 'files'), packageRoot, { name, factory });

  const index = joinPathFragments(packageRoot, 'src/index.ts');
  tree.write(index, withExport(tree.read(index, 'utf8'), { name: factory, path: `./answers/${name}` }));
  await formatFiles(tree);

  return () =>
    console.log(`
Next: put your own idea into scoreOf of ${file}; name it in the section \`recommenders\` of a configuration file, for panels.
Check with: npx nx run-many -t lint typecheck test -p recommender`);
}
