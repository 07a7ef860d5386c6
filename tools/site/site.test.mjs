/**
 * The site in the short form of `npm test`: it builds, no link is dead, the sidebar has every guide, and a few pages are looked at in Chromium. `check.mjs` is the
 * long form, with all pages.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { blocksIn, blocksOf, commandErrors, jsonErrors, pythonErrors, typeErrors } from './blocks.mjs';
import { buildSite, installed } from './build.mjs';
import { checkBuilt } from './built.mjs';
import { deadLinks, markdownFiles } from './links.mjs';
import { lookAt } from './look.mjs';
import { SHORT, isShown, runPage } from './run.mjs';
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

describe('code blocks', () => {
  const all = blocksIn(markdownFiles());
  const unchecked = all.filter(({ notes }) => 'not-checked' in notes);
  const of = (...languages) => all.filter((one) => languages.includes(one.language) && !unchecked.includes(one));
  const none = (what, errors) => {
    assert.ok(what.length > 0);
    assert.deepEqual(errors, []);
  };

  test('of TypeScript and JavaScript have no error of types', (context) => {
    for (const { at, notes } of unchecked) context.diagnostic(`not checked: ${at}: ${notes['not-checked']}`);
    none(of('ts', 'js'), typeErrors(of('ts', 'js')));
  });
  test('of JSON are JSON', () => none(of('json'), jsonErrors(of('json'))));
  test('of Python can be parsed', (context) => {
    const errors = pythonErrors(of('python'));
    if (errors === undefined) context.skip('there is no python3');
    else none(of('python'), errors);
  });
  test('have no command and no option of attractions that does not exist', async () =>
    none(of('sh', 'console'), await commandErrors(of('sh', 'console'))));

  test('that are wrong are found', async () => {
    const wrong = blocksOf(
      [
        ...['<!-- given: declare const count: number; -->', '', '```ts', 'count.toUpperCase();', '```'],
        ...['```json', '{ a: 1 }', '```', '```python', 'if:', '```'],
        ...[
          '```sh',
          'npx attractions feed ls',
          'FEEDS_ROOT=a npx attractions feeds history x \\',
          '  --limits 3 | head',
          '```',
        ],
        ...['```console', '$ attractions run --sample --fast', 'attractions walks', '```'],
      ].join('\n'),
    ).map((block) => ({ ...block, at: `page:${block.line}` }));
    assert.deepEqual(
      wrong.map(({ language, line }) => [language, line]),
      [...[['ts', 3], ['json', 6], ['python', 9]], ...[['sh', 12], ['console', 17]]],
    ); // prettier-ignore
    assert.match(typeErrors(wrong.slice(0, 1)).join(), /^page:3, line 1 of the block: Property 'toUpperCase' does not/);
    assert.match(jsonErrors(wrong.slice(1, 2)).join(), /^page:6: /);
    assert.deepEqual(await commandErrors(wrong.slice(3)), [
      'page:12: attractions has no command feed',
      'page:12: attractions feeds history has no option --limits',
      'page:17: attractions run has no option --fast',
    ]);
  });

  test('print what is shown, where … stands for anything', () => {
    assert.ok(isShown('a…\nc (1)\n', 'a 1\nb\nc (1)'));
    assert.ok(!isShown('a…\nc\n', 'a\nb\nd'));
  });

  for (const page of SHORT)
    test(
      `of ${page} run in its order`,
      { skip: process.platform === 'win32' && 'there is no bash' },
      async (context) => {
        const { ran, left } = await runPage(page);
        for (const one of left) context.diagnostic(`not run: ${one}`);
        assert.ok(ran > 0);
      },
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
    const looks = await lookAt(['', 'service', 'comparison', 'packages/feeds']);
    if (looks === undefined) context.skip('there is no chromium');
    else assert.equal(looks, 24);
  });
});
