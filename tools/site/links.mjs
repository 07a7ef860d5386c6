/**
 * Dead links in the Markdown files of the repository: to files, to headings, and to pages that are generated. Links to other hosts are not opened.
 *
 *     node tools/site/links.mjs        # prints them; exit code 1 where there are any
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { GENERATED, anchorOf, isComing, isThere, plain, root, target } from './pages.mjs';

const SKIPPED = new Set(['node_modules', 'dist', 'reports', 'CHANGELOG.md']);
/** Made by the generator, or by commands that were tried in the folder. */
const MADE = [
  ...['docs/packages', 'docs/examples', 'docs/decisions', 'docs/contributing.md', 'docs/reference/api', 'feeds'],
  ...Object.keys(GENERATED).map((name) => `docs/reference/${name}.md`),
];

/** Every Markdown file that is written by hand, as a path below the root. */
export function markdownFiles(folder = '') {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (SKIPPED.has(entry.name) || MADE.includes(path)) return [];
    if (entry.isDirectory() && (!entry.name.startsWith('.') || path === '.github')) return markdownFiles(path);
    return entry.isFile() && entry.name.endsWith('.md') ? [path] : [];
  });
}

/** A text without its blocks and spans of code, which hold no links and no headings; lines stay where they are. */
const withoutCode = (text) =>
  text
    .replaceAll(/^( *)(`{3,}|~{3,})[^]*?^\1\2 *$/gm, (block) => block.replaceAll(/[^\n]/g, ''))
    .replaceAll(/`[^`\n]*`/g, (span) => '¤'.repeat(span.length));

/** The anchors of a page; a heading that comes twice has `-1` the second time. */
export function anchorsOf(text) {
  const anchors = new Set();
  const fences = text.replaceAll(/^( *)(`{3,}|~{3,})[^]*?^\1\2 *$/gm, '');
  for (const [, heading] of fences.matchAll(/^#{1,6} (.+)$/gm)) {
    const base = anchorOf(plain(heading));
    let anchor = base;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${base}-${n}`;
    anchors.add(anchor);
  }
  for (const [, id] of text.matchAll(/<a id="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

/** Links of a text with their lines: `[text](href)`, also over images, and `[name]: href`. */
export function* linksIn(text) {
  for (const [number, line] of withoutCode(text).split('\n').entries())
    for (const { 1: inline, 2: named } of line.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)|^\[[^\]]+\]: (\S+)/g))
      yield { href: inline ?? named, line: number + 1 };
}

/**
 * @param files paths below the root
 * @param read the text of a file, or undefined where there is none; generated pages are files of `docs/reference`
 * @returns a sentence for each dead link
 */
export function deadLinks(files = markdownFiles(), read = readPage) {
  const anchors = new Map();
  const hasAnchor = (file, anchor) => {
    if (!anchors.has(file)) anchors.set(file, anchorsOf(read(file) ?? ''));
    return anchors.get(file).has(anchor);
  };
  return files.flatMap((from) =>
    [...linksIn(read(from) ?? '')].flatMap(({ href, line }) => {
      const problem = problemOf(from, href, read, hasAnchor);
      return problem === undefined ? [] : [`${from}:${line}: ${href}: ${problem}`];
    }),
  );
}

function problemOf(from, href, read, hasAnchor) {
  if (/^[a-z][a-z+.-]*:/i.test(href)) return undefined;
  if (href.startsWith('/')) return 'begins with /, which leads elsewhere on GitHub; write it from this file';
  const [path, anchor] = href.split('#');
  const file = path === '' ? from : target(from, path).file;
  const page = file.endsWith('.md') ? file : `${file}/README.md`;
  if (isComing(file)) return undefined;
  if (!isThere(file) && read(file) === undefined) return 'there is no such file';
  if (anchor === undefined || !(file.endsWith('.md') || isThere(page))) return undefined;
  if (MADE.includes(page)) return undefined;
  return hasAnchor(page, decodeURIComponent(anchor)) ? undefined : `there is no heading with the anchor #${anchor}`;
}

/** A page that the generator makes counts as there, whether it is or not; its anchors are checked in the built site. */
function readPage(file) {
  if (MADE.includes(file)) return '';
  return isThere(file) ? readFileSync(join(root, file), 'utf8') : undefined;
}

if (process.argv[1] === import.meta.filename) {
  const dead = deadLinks();
  for (const problem of dead) console.log(problem);
  process.exitCode = dead.length > 0 ? 1 : 0;
}
