/**
 * The API of the packages as pages, one for each path that can be imported, by TypeDoc from the source.
 *
 *     node tools/site/api.mjs        # writes docs/reference/api
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { anchorsOf } from './links.mjs';
import { root } from './pages.mjs';

const docs = join(root, 'docs');
const { Application } = await import(pathToFileURL(createRequire(join(docs, 'package.json')).resolve('typedoc')));

/** What can be imported: `@attractions/feeds/arrow`, and the source file behind it. */
const entries = readdirSync(join(root, 'packages')).flatMap((folder) => {
  const manifest = join(root, 'packages', folder, 'package.json');
  if (!existsSync(manifest)) return [];
  const { name, exports } = JSON.parse(readFileSync(manifest, 'utf8'));
  return Object.entries(exports)
    .filter(([, at]) => at['@attractions/source'] !== undefined)
    .map(([path, at]) => [name + path.slice(1), join(root, 'packages', folder, at['@attractions/source'])]);
});

const app = await Application.bootstrapWithPlugins({
  plugin: [createRequire(join(docs, 'package.json')).resolve('typedoc-plugin-markdown')],
  entryPoints: entries.map(([, file]) => file),
  tsconfig: join(root, 'tools/site/tsconfig.json'),
  // The build checks the types; here they are only read.
  skipErrorChecking: true,
  name: 'API of the packages',
  readme: 'none',
  disableSources: true,
  excludePrivate: true,
  excludeInternal: true,
  sanitizeComments: true,
  githubPages: false,
  logLevel: 'Error',
  out: join(docs, 'reference/api'),
  router: 'module',
  entryFileName: 'index',
  hideBreadcrumbs: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  propertiesFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  formatWithPrettier: false,
});
const project = await app.convert();
if (project === undefined) throw new Error('TypeDoc could not read the packages.');
for (const child of project.children ?? []) {
  const file = project.files.getReflectionPath?.(child) ?? child.sources?.[0]?.fullFileName;
  const [name] = entries.find(([, path]) => path === file) ?? [];
  if (name === undefined) throw new Error(`No entry is at ${file} (${child.name}).`);
  child.name = name;
}
await app.generateOutputs(project);
if (app.logger.hasErrors()) process.exitCode = 1;
correctAnchors(join(docs, 'reference/api'));

/** The plugin numbers the anchor of a type as a second one where a class and its property have the same letters: `ClientError`, `code`. */
function correctAnchors(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.md'));
  const texts = new Map(files.map((path) => [join(folder, path), readFileSync(join(folder, path), 'utf8')]));
  const anchors = new Map([...texts].map(([path, text]) => [path, anchorsOf(text)]));
  for (const [path, text] of texts)
    writeFileSync(
      path,
      text.replaceAll(/\]\(([^)#\s]*)#([\w-]+)-\d+\)/g, (link, to, anchor) => {
        const there = anchors.get(to === '' ? path : join(dirname(path), to));
        const numbered = link.slice(link.indexOf('#') + 1, -1);
        return there?.has(numbered) || !there?.has(anchor) ? link : `](${to}#${anchor})`;
      }),
    );
}
