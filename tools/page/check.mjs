/**
 * Checks the page of a running service in headless Chromium, in the widths of a desktop and a phone: axe reports nothing, nothing is wider than the window,
 * nothing is written to the console, and the page shows the answers of the interface. Saves a screenshot of each.
 *
 *     npm ci && node check.mjs [URL] [USER]      # URL: http://127.0.0.1:3000
 *
 * Chromium is found as CHROMIUM, or chromium on the path; without it the check is skipped.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';

const [url = 'http://127.0.0.1:3000', user = ''] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? spawnSync('which', ['chromium'], { encoding: 'utf8' }).stdout.trim();
if (executablePath === '') {
  console.log('skipped: there is no chromium; install it, or name it in CHROMIUM');
  process.exit(0);
}
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const reports = join(import.meta.dirname, 'reports');
mkdirSync(reports, { recursive: true });
const browser = await puppeteer.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  for (const [width, height] of [
    [1280, 900],
    [390, 844],
  ])
    for (const scheme of ['light', 'dark']) await look(width, height, scheme);
  await visit();
} finally {
  await browser.close();
}

/** Enters a time and two visits into the form, and compares the lists with those of the interface. */
async function visit() {
  const page = await browser.newPage();
  await page.goto(url, { waitUntil: 'networkidle0' });
  const chosen = await page.evaluate(() => {
    const [last, other] = [...document.querySelectorAll('#been input')].map(({ value }) => value);
    document.querySelector('details').open = true;
    document.getElementById('time').value = '2014-08-05T14:30';
    document.getElementById('last').value = last;
    document.querySelector(`#been input[value="${CSS.escape(other)}"]`).checked = true;
    document.getElementById('ask').requestSubmit();
    return { park: document.getElementById('park').value, last, other };
  });
  await page.waitForNetworkIdle();
  const names = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('article:first-child li')].map((item) => item.firstChild.textContent),
    );
  const asked = new URLSearchParams([
    ['park', chosen.park],
    ['limit', '8'],
    ['at', '2014-08-05T14:30'],
    ['visits', chosen.other],
    ['visits', `${chosen.last}@2014-08-05T14:30`],
  ]);
  const { panels } = await (await fetch(`${url}/v1/users/nobody/panels?${asked}`)).json();
  const expected = panels[0].recommendations.map(({ name }) => name);
  assert.deepEqual(await names(), expected, 'the time and the visits of the form count');
  await page.reload({ waitUntil: 'networkidle0' });
  assert.deepEqual(await names(), expected, 'they are in the address of the page');
  console.log(`a time and two visits: ${expected.length} attractions listed`);
  await page.close();
}

async function look(width, height, scheme) {
  const page = await browser.newPage();
  const said = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(`${url}/?${new URLSearchParams({ user })}`, { waitUntil: 'networkidle0' });
  await page.screenshot({ path: join(reports, `page-${width}-${scheme}.png`), fullPage: true });

  const shown = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    park: document.getElementById('park').value,
    names: [...document.querySelectorAll('article:first-child li')].map((item) => item.firstChild.textContent),
    circles: document.querySelectorAll('circle').length,
    message: document.getElementById('message').textContent,
  }));
  const path = `/v1/users/${encodeURIComponent(user || 'nobody')}/panels?park=${encodeURIComponent(shown.park)}&limit=8`;
  const { panels } = await (await fetch(url + path)).json();
  assert.deepEqual(said, [], 'the console is silent');
  assert.equal(shown.message, '');
  assert.equal(shown.wide, 0, 'nothing is wider than the window');
  assert.ok(shown.circles > 0, 'the map has attractions');
  assert.deepEqual(
    shown.names,
    panels[0].recommendations.map(({ name }) => name),
  );
  // The content security policy of the page allows no other script, so axe is loaded through the debugger.
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    [],
    'axe finds no violation',
  );
  console.log(`${width} px, ${scheme}: axe passed ${passes.length} rules, ${shown.circles} attractions on the map`);
  await page.close();
}
