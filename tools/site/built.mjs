/** Dead links in the built site: to pages, to anchors and to files that it loads. VitePress itself looks at pages only, and not at anchors. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

const unescaped = (text) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");

/**
 * @param folder what VitePress built
 * @returns `{ pages, links, dead }`: how many pages, how many links inside the site, and a sentence for each dead one
 */
export function checkBuilt(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  const pages = files.filter((path) => path.endsWith('.html'));
  const texts = new Map(pages.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
  const ids = new Map(
    [...texts].map(([path, text]) => [
      path,
      new Set([...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => unescaped(id))),
    ]),
  );
  const there = new Set(files.filter((path) => statSync(join(folder, path)).isFile()));
  const pageAt = (path) => [path, `${path}.html`, posix.join(path, 'index.html')].find((one) => there.has(one));

  let links = 0;
  const dead = [];
  for (const [from, text] of texts) {
    for (const [, raw] of text.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
      const href = unescaped(raw);
      if (/^[a-z][a-z+.-]*:|^\/\//i.test(href) || href === '') continue;
      links++;
      const [path, anchor] = href.split('#');
      const at = path === '' ? from : posix.join(path.startsWith('/') ? '' : posix.dirname(from), decodeURI(path));
      const to = pageAt(at.replace(/^\//, '') || 'index');
      if (to === undefined) dead.push(`${from}: ${href}: there is no such page`);
      else if (anchor && ids.has(to) && !ids.get(to).has(decodeURIComponent(anchor)))
        dead.push(`${from}: ${href}: the page has no such anchor`);
    }
  }
  return { pages: pages.length, links, dead: [...new Set(dead)] };
}
