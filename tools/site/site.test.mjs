/**
 * The site in the short form of `npm test`: it builds, no link is dead, the sidebar has every guide, and a few pages are looked at in Chromium. `check.mjs` is the
 * long form, with all pages.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { buildSite, installed } from './build.mjs';
import { checkBuilt } from './built.mjs';
import { deadLinks, markdownFiles } from './links.mjs';
import { lookAt } from './look.mjs';
import { anchorOf, copiedPages, guides, root, sidebar, target } from './pages.mjs';

describe('links', () => {
  test('no Markdown file of the repository has a dead one', () => {
    const files = markdownFiles();
    assert.ok(
      files.includes('README.md') && files.includes('packages/feeds/README.md') && files.includes('docs/etl.md'),
    );
    assert.deepEqual(deadLinks(files), []);
  });

  test('a dead one is found, by its line', () => {
    const text = [
      ...['# A page', '## The `right` place', '[here](#the-right-place) [not](#wrong)', '`[code](no.md)`', '```'],
      ...['[code](no.md)', '```', '[no](no.md) ![no](no.png)', '[no](feeds.md#no-such-heading)', '[no](/etl)'],
      ...[
        '[yes](feeds.md#open-feeds) [yes](../packages/etl) [yes](https://example.org/no)',
        '[yes]: reference/http.md',
      ],
    ].join('\n');
    const read = (file) => {
      if (file === 'docs/page.md') return text;
      return file === 'docs/feeds.md' ? '## Open feeds' : file === 'docs/reference/http.md' ? '' : undefined;
    };
    assert.deepEqual(
      deadLinks(['docs/page.md'], read).map((problem) => problem.split(': ').slice(0, 2).join(' ')),
      ['docs/page.md:3 #wrong', ...['no.md', 'no.png'].map((href) => `docs/page.md:8 ${href}`)].concat(
        'docs/page.md:9 feeds.md#no-such-heading',
        'docs/page.md:10 /etl',
      ),
    );
  });

  test('a link leads to the page of its file', () => {
    for (const [from, href, url] of [
      ['docs/etl.md', 'feeds.md#open-feeds', '/feeds#open-feeds'],
      ['docs/etl.md', '../packages/feeds', '/packages/feeds'],
      ['packages/feeds/README.md', '../../docs/feeds.md', '/feeds'],
      [
        'docs/etl.md',
        '../tools/decisions/0018-add-files-for-new-visits.md',
        '/decisions/0018-add-files-for-new-visits',
      ],
      ['docs/etl.md', 'reference/index.md', '/reference/'],
      ['docs/etl.md', '../tools/deploy/Dockerfile', undefined],
    ])
      assert.equal(target(from, href).url, url, href);
  });

  test("anchors are GitHub's", () => {
    assert.equal(anchorOf('Models, and `experiments`: who is in?'), 'models-and-experiments-who-is-in');
  });
});

test('the sidebar has every guide and every copied page once', () => {
  const linksOf = ({ link, items = [] }) => [...(link && items.length === 0 ? [link] : []), ...items.flatMap(linksOf)];
  const links = sidebar().flatMap(linksOf);
  assert.deepEqual(
    links.filter((link, at) => links.indexOf(link) !== at),
    [],
  );
  const expected = [...guides(), ...[...copiedPages().values()].filter((page) => !page.endsWith('index'))];
  assert.deepEqual(
    expected.filter((page) => !links.includes(`/${page}`)),
    [],
  );
});

describe('the built site', () => {
  test('has a page for everything, and no dead link', async () => {
    const { pages, links } = await buildSite();
    assert.ok(pages > 80 && links > 5_000, `${pages} pages, ${links} links`);
    const errors = readFileSync(join(root, 'docs/.vitepress/dist/reference/errors.html'), 'utf8');
    for (const code of ['FEEDS_LOG_LOST', 'CONFIG_INVALID', 'SPARK_']) assert.ok(errors.includes(code), code);
    assert.equal(checkBuilt(join(root, 'docs/.vitepress/dist')).pages, pages);
  });

  test('fits three widths, light and dark, and passes axe', async (context) => {
    installed(join(root, 'tools/page'));
    const looks = await lookAt(['', 'service', 'reference/http', 'packages/feeds']);
    if (looks === undefined) context.skip('there is no chromium');
    else assert.equal(looks, 24);
  });
});
