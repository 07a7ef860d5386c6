/**
 * Looks at the built site in headless Chromium, in the widths of a desktop, a tablet and a phone, light and dark: axe finds no violation, nothing is wider than the
 * window, the console is silent, and nothing is asked of another host. Then it searches, and uses the menu of a phone. Saves screenshots in `reports`.
 *
 *     node tools/site/look.mjs [PAGE…]        # all pages of docs/.vitepress/dist, or those named: service packages/feeds
 *
 * Chromium is found as CHROMIUM, or chromium on the path; without it the check is skipped. Its driver and axe are those of `tools/page`.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './pages.mjs';

const dist = join(root, 'docs/.vitepress/dist');
const reports = join(root, 'tools/reports/site');
const WIDTHS = [
  [1440, 900],
  [820, 1180],
  [390, 844],
];

/** Serves the built site on a port that the system gives; returns its address and how to end it. */
async function serveSite() {
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png', '.woff2': 'font/woff2' }; // prettier-ignore
  const server = createServer(({ url }, answer) => {
    const path = decodeURI(new URL(url, 'http://x').pathname);
    const file = [path, `${path}.html`, join(path, 'index.html')]
      .map((one) => join(dist, one))
      .find((one) => statSync(one, { throwIfNoEntry: false })?.isFile());
    answer.writeHead(file ? 200 : 404, { 'content-type': types[extname(file ?? '')] ?? 'application/octet-stream' });
    answer.end(file && readFileSync(file));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${server.address().port}`, end: () => server.close() };
}

const features = (scheme) => [
  { name: 'prefers-color-scheme', value: scheme },
  { name: 'prefers-reduced-motion', value: 'reduce' },
];

/** A tab, with what its console says and the hosts that it asks. */
async function open(browser, url, [width, height], scheme) {
  const tab = await browser.newPage();
  const said = [];
  const hosts = new Set();
  tab.on('console', (message) => said.push(message.text()));
  tab.on('pageerror', (error) => said.push(String(error)));
  tab.on('request', (request) => /^http/.test(request.url()) && hosts.add(new URL(request.url()).origin));
  await tab.setViewport({ width, height });
  await tab.emulateMediaFeatures(features(scheme));
  await tab.goto(url, { waitUntil: 'networkidle0' });
  return { tab, said, hosts };
}

/** One page in all widths, light and dark; a sentence for each problem. */
async function look(browser, axe, site, page) {
  const { tab, said, hosts } = await open(browser, `${site}/${page}`, WIDTHS[0], 'light');
  const name = page === '' ? 'home' : page.replaceAll(/[/@]+/g, '-');
  const problems = [];
  await tab.evaluate(axe);
  for (const [width, height] of WIDTHS) {
    await tab.setViewport({ width, height });
    for (const scheme of ['light', 'dark']) {
      await tab.emulateMediaFeatures(features(scheme));
      await tab.waitForFunction((dark) => document.documentElement.classList.contains('dark') === dark, {}, scheme === 'dark'); // prettier-ignore
      await tab.screenshot({ path: join(reports, `${name}-${width}-${scheme}.png`) });
      const { wide, found } = await tab.evaluate(async () => ({
        wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        found: (await globalThis.axe.run({ resultTypes: ['violations'] })).violations,
      }));
      const here = found.map(
        ({ id, nodes }) => `axe, ${id}: ${nodes.length} times, such as ${nodes[0].html.slice(0, 200)}`,
      );
      if (wide > 0) here.push(`it is ${wide} px wider than the window`);
      problems.push(...here.map((problem) => `/${page} at ${width} px, ${scheme}: ${problem}`));
    }
  }
  if (said.length > 0) problems.push(`/${page}: the console says ${said.join(' ')}`);
  if ([...hosts].some((host) => host !== site)) problems.push(`/${page}: it asks ${[...hosts].join(' ')}`);
  await tab.close();
  return problems;
}

/** Finds an error code and a setting by the search, from the keyboard. */
async function search(browser, site) {
  const { tab, said, hosts } = await open(browser, `${site}/`, WIDTHS[0], 'light');
  for (const [words, expected] of [
    ['FEEDS_LOG_LOST', '/reference/errors#feeds_log_lost'],
    ['MODEL_POLL_SECONDS', '/reference/settings#model_poll_seconds'],
  ]) {
    await tab.keyboard.press('/');
    await tab.waitForSelector('#localsearch-input');
    await tab.type('#localsearch-input', words);
    await tab.waitForSelector('.result');
    const found = await tab.$$eval('.result', (links) => links.map((link) => link.getAttribute('href')));
    assert.ok(found.includes(expected), `${words} finds ${found.join(' ')}`);
    await tab.screenshot({ path: join(reports, 'search.png') });
    await tab.keyboard.press('Escape');
  }
  assert.deepEqual(said, [], 'the console is silent');
  assert.deepEqual([...hosts], [site], 'no other host is asked');
  await tab.close();
}

/** On a phone the sidebar opens by its button, and a link in it leads to its page. */
async function menu(browser, site) {
  const { tab } = await open(browser, `${site}/service`, WIDTHS[2], 'light');
  await tab.click('.VPLocalNav .menu');
  await tab.waitForSelector('.VPSidebar.open');
  await tab.screenshot({ path: join(reports, 'menu-390-light.png') });
  await tab.click('.VPSidebar.open a[href="/feeds"]');
  await tab.waitForFunction(() => document.querySelector('h1')?.textContent.startsWith('Feeds'));
  await tab.close();
}

/**
 * @param pages addresses without a leading slash; none: all
 * @returns how many looks there were, or undefined where there is no Chromium
 * @throws AssertionError with every problem
 */
export async function lookAt(pages) {
  const executablePath = process.env.CHROMIUM ?? spawnSync('which', ['chromium'], { encoding: 'utf8' }).stdout.trim();
  if (executablePath === '') return undefined;
  const { resolve } = createRequire(join(root, 'tools/page/package.json'));
  const { default: puppeteer } = await import(pathToFileURL(resolve('puppeteer-core')));
  const axe = readFileSync(resolve('axe-core/axe.min.js'), 'utf8');
  mkdirSync(reports, { recursive: true });
  const site = await serveSite();
  const browser = await puppeteer.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const problems = [];
    for (const page of pages) problems.push(...(await look(browser, axe, site.url, page)));
    assert.deepEqual(problems, []);
    await search(browser, site.url);
    await menu(browser, site.url);
    return pages.length * WIDTHS.length * 2;
  } finally {
    await browser.close();
    site.end();
  }
}

/** All pages of the built site. */
export const allPages = () =>
  readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.html') && path !== '404.html')
    .map((path) => path.replaceAll('\\', '/').replace(/(^|\/)index\.html$|\.html$/, '$1'));

if (process.argv[1] === import.meta.filename) {
  const named = process.argv.slice(2);
  const looks = await lookAt(named.length > 0 ? named : allPages());
  console.log(looks === undefined ? 'skipped: there is no chromium' : `${looks} looks, no problem`);
}
