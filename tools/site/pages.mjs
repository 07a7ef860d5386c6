/**
 * The pages of the site: which files of the repository they come from, where they stand in the sidebar, and where a link in a file leads on the site.
 *
 * Guides are `docs/*.md`, in the sections below. READMEs of packages and examples, the decisions and CONTRIBUTING become pages as they are. What is generated is
 * below `docs/reference`.
 */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/**
 * Guides by section, in the order of reading (https://diataxis.fr). A name without a file is left out, and a file that is named nowhere is shown under "How to", so
 * that a page can come and go without a change here.
 */
const SECTIONS = [
  ['Tutorial', ['notebook-to-production']],
  [
    'How to',
    [
      ...['your-data', 'serve', 'nightly', 'schedulers', 'kubernetes', 'runbook', 'own-code', 'running-experiments'],
      ...['experiment-reports', 'tenants', 'fleets', 'spark'],
    ],
  ],
  ['Reference', ['service', 'answers', 'etl', 'feeds', 'feed-format']],
  [
    'Explanation',
    ['when-not', 'comparison', 'training', 'evaluation', 'experiments', 'sizing', 'measurements', 'paths'],
  ],
];

/** Guides that are being written: a link to one of them is not dead yet. */
export const COMING = new Set(['notebooks']);

/** Generated pages of `docs/reference`, with the titles that the sidebar shows. */
export const GENERATED = {
  errors: 'Every error code',
  settings: 'Every setting',
  'command-line': 'The command line',
  http: 'The HTTP interface',
};

const filesIn = (folder, pattern) =>
  existsSync(join(root, folder)) ? readdirSync(join(root, folder)).filter((name) => pattern.test(name)) : [];
const foldersWithReadme = (folder) =>
  filesIn(folder, /^[a-z]/)
    .filter((name) => existsSync(join(root, folder, name, 'README.md')))
    .sort();

/** Files that become pages as they are: the path of each in the repository, and its address on the site. */
export function copiedPages() {
  return new Map([
    ...foldersWithReadme('packages').map((name) => [`packages/${name}/README.md`, `packages/${name}`]),
    ...foldersWithReadme('examples').map((name) => [`examples/${name}/README.md`, `examples/${name}`]),
    ...filesIn('tools/decisions', /^\d{4}-.*\.md$/).map((name) => [
      `tools/decisions/${name}`,
      `decisions/${name.replace(/\.md$/, '')}`,
    ]),
    ['tools/decisions/README.md', 'decisions/index'],
    ['.github/CONTRIBUTING.md', 'contributing'],
  ]);
}

/** The guides of `docs`, as names without `.md`. */
export const guides = () =>
  filesIn('docs', /\.md$/)
    .map((name) => name.replace(/\.md$/, ''))
    .filter((name) => name !== 'index' && name !== 'contributing');

/** Addresses of files that have no page of their own. */
const STANDS_FOR = new Map([
  ['README.md', '/'],
  ['docs', '/'],
  ['.env.example', '/reference/settings'],
  ['tools/decisions', '/decisions/'],
]);

/**
 * Where a link leads on the site. A file that is not on the site gives `file`; so does a folder without a README that is a page.
 *
 * @param from the file that has the link, below the root: `docs/etl.md`
 * @param href as it is written: `../packages/feeds#errors`
 * @returns `{ url }` for the site and other hosts, `{ file }` for a path of the repository
 */
export function target(from, href) {
  if (/^[a-z][a-z+.-]*:|^#|^\//i.test(href)) return { url: href };
  const [path, anchor] = href.split('#');
  const at = posix.normalize(posix.join(posix.dirname(from), path)).replace(/\/$/, '');
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (STANDS_FOR.has(at)) return { url: STANDS_FOR.get(at) + hash, file: at };
  const copied = copiedPages();
  const page = copied.get(at) ?? copied.get(`${at}/README.md`);
  if (page !== undefined) return { url: `/${page.replace(/index$/, '')}${hash}`, file: at };
  if (isComing(at)) return { file: at };
  if (at.startsWith('docs/') && at.endsWith('.md'))
    return { url: `${at.slice(4, -3).replace(/\/index$/, '/')}${hash}`, file: at };
  return { file: at };
}

/** Whether a path is that of a guide which is being written. */
export const isComing = (path) => COMING.has(posix.basename(path, '.md')) && path.startsWith('docs/') && !isThere(path);

/** The anchor of a heading as GitHub makes it. The site uses the same, so that a link works in both places. */
export const anchorOf = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');

/** The text of a heading without its marks: code, emphasis, links. */
export const plain = (heading) =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]/g, '')
    .replaceAll(/(^|\s)_(.+?)_(?=\s|$)/g, '$1$2');

/** The first heading of a page. */
export function titleOf(file) {
  const [, title] = /^# (.+)$/m.exec(readFileSync(join(root, file), 'utf8')) ?? [];
  if (title === undefined) throw new Error(`${file} has no title: begin it with a line '# …'.`);
  return plain(title);
}

/** The sidebar, from the files that are there. */
export function sidebar() {
  const there = guides();
  const named = SECTIONS.flatMap(([, names]) => names);
  const item = (name) => ({ text: titleOf(`docs/${name}.md`), link: `/${name}` });
  const generated = Object.entries(GENERATED).map(([name, text]) => ({ text, link: `/reference/${name}` }));
  const copied = [...copiedPages()];
  // A group that can be folded is a link too: without one, VitePress makes it a button that holds a button.
  const group = (text, prefix, link) => ({
    text,
    link,
    collapsed: true,
    items: copied
      .filter(([, page]) => page.startsWith(prefix) && !page.endsWith('index'))
      .map(([file, page]) => ({ text: titleOf(file).replace('@attractions/', ''), link: `/${page}` })),
  });
  const extra = {
    'How to': [
      ...there.filter((name) => !named.includes(name)).map(item),
      group('Examples', 'examples/', `/${copied.find(([, page]) => page.startsWith('examples/'))?.[1]}`),
    ],
    Reference: [
      ...generated,
      group('Packages', 'packages/', '/packages/'),
      { text: 'API of the packages', link: '/reference/api/' },
    ],
    Explanation: [group('Decisions', 'decisions/', '/decisions/'), { text: 'Contributing', link: '/contributing' }],
  };
  return SECTIONS.map(([text, names]) => ({
    text,
    items: [...names.filter((name) => there.includes(name)).map(item), ...(extra[text] ?? [])],
  }));
}

/** Whether a path of the repository exists. */
export const isThere = (path) => statSync(join(root, path), { throwIfNoEntry: false }) !== undefined;
