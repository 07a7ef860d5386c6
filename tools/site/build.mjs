/**
 * Builds the site from nothing: installs what `docs` needs, writes the reference and the API, runs VitePress, and follows every link of the result.
 *
 *     node tools/site/build.mjs        # after `npm run build`; the site is in docs/.vitepress/dist
 */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { checkBuilt } from './built.mjs';
import { deadLinks } from './links.mjs';
import { root } from './pages.mjs';
import { writePages } from './reference.mjs';

const docs = join(root, 'docs');
const changedMs = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs;

function must(command, args, cwd = docs) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', shell: command === 'npm' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`);
}

/** Installs the packages of a folder with a lockfile of its own, unless they are there and as it says. */
export function installed(folder) {
  const at = changedMs(join(folder, 'node_modules/.package-lock.json'));
  if (!(at >= changedMs(join(folder, 'package-lock.json')))) must('npm', ['ci', '--no-audit', '--no-fund'], folder);
}

/**
 * @returns how many pages and links inside the site there are
 * @throws Error with every dead link
 */
export async function buildSite() {
  installed(docs);
  await writePages();
  must(process.execPath, [join(import.meta.dirname, 'api.mjs')]);
  must(process.execPath, [join(docs, 'node_modules/vitepress/bin/vitepress.js'), 'build']);
  const { pages, links, dead } = checkBuilt(join(docs, '.vitepress/dist'));
  const all = [...deadLinks(), ...dead];
  if (all.length > 0) throw new Error(`${all.length} dead links:\n${all.join('\n')}`);
  return { pages, links };
}

if (process.argv[1] === import.meta.filename) {
  const { pages, links } = await buildSite();
  console.log(`${pages} pages, ${links} links inside the site, none of them dead: docs/.vitepress/dist`);
}
