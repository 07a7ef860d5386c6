import { defineConfig } from 'vitepress';
import { anchorOf, isThere, sidebar, target } from '../../tools/site/pages.mjs';

/** The repository's address for files that are not on the site, such as `https://github.com/OWNER/NAME/blob/main`; without it they are named, and not linked. */
const repository = process.env.DOCS_REPOSITORY_URL;

export default defineConfig({
  title: 'attractions',
  description: 'A recommendation pipeline that a Node team can run in production.',
  lang: 'en',
  cleanUrls: true,
  base: process.env.DOCS_BASE ?? '/',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcExclude: ['node_modules/**'],
  markdown: {
    linkify: false,
    // The contrast of comments and keywords is at least 4.5 to 1 with these.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: anchorOf },
    toc: { slugify: anchorOf },
    headers: { slugify: anchorOf },
    languageAlias: { console: 'shellsession' },
    config: (md) => {
      md.core.ruler.push('links of the repository', followLinks);
      md.core.ruler.push('indented code', fenceIndented);
    },
  },
  themeConfig: {
    nav: [
      { text: 'Start', link: '/notebook-to-production' },
      { text: 'Your data', link: '/your-data' },
      { text: 'Reference', link: '/reference/' },
    ].filter(({ link }) => isThere(`docs${link}.md`) || isThere(`docs${link}index.md`)),
    sidebar: sidebar(),
    outline: [2, 3],
    search: { provider: 'local' },
  },
});

/** Leads links of Markdown files, which are written for the repository, to pages of the site. */
function followLinks({ tokens, env }) {
  const from = env.frontmatter?.source ?? `docs/${env.relativePath}`;
  for (const { children } of tokens) {
    if (!children) continue;
    for (const [at, token] of children.entries()) {
      if (token.type !== 'link_open') continue;
      const { url, file } = target(from, token.attrGet('href'));
      if (url !== undefined) token.attrSet('href', url);
      else if (repository !== undefined) token.attrSet('href', `${repository}/${file}`);
      else unlink(children, at);
    }
  }
}

/** Leaves the text of a link, and takes the link away. */
function unlink(children, at) {
  const end = children.findIndex(({ type }, place) => place > at && type === 'link_close');
  for (const place of [at, end]) Object.assign(children[place], { type: 'text', tag: '', content: '', nesting: 0 });
}

/** Code that is indented looks as fenced code does. */
function fenceIndented({ tokens }) {
  for (const token of tokens)
    if (token.type === 'code_block') Object.assign(token, { type: 'fence', tag: 'code', info: 'text', markup: '```' });
}
