/**
 * Checks a service that needs keys in headless Chromium: the page asks for a key, works with one and keeps it only in the tab; at `/docs` a user can enter a
 * key and try a call. There is no request to another host, and nothing is written to the console.
 *
 *     npm ci && node door.mjs URL KEY READER     # a key of the scopes read and history, and one that reads alone
 *
 * Chromium is found as CHROMIUM, or chromium on the path; without it the check is skipped.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';

const [address, key, reader] = process.argv.slice(2);
/** Swagger UI does on localhost alone without a judgement from elsewhere. */
const HOST = 'parks.example';
const url = `http://${HOST}:${new URL(address).port}`;
const executablePath = process.env.CHROMIUM ?? spawnSync('which', ['chromium'], { encoding: 'utf8' }).stdout.trim();
if (executablePath === '') {
  console.log('skipped: there is no chromium; install it, or name it in CHROMIUM');
  process.exit(0);
}
const reports = join(import.meta.dirname, 'reports');
mkdirSync(reports, { recursive: true });
const browser = await puppeteer.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', `--host-resolver-rules=MAP ${HOST} 127.0.0.1`],
});
try {
  await lookAtPage();
  await lookAtDocs();
} finally {
  await browser.close();
}

/** A tab, what its console says (but for answers 401 and 403, which are expected), and the hosts it sent requests to. */
async function open(path) {
  const tab = await browser.newPage();
  const said = [];
  const hosts = new Set();
  tab.on('console', (message) => /status of 40[13]/.test(message.text()) || said.push(message.text()));
  tab.on('pageerror', (error) => said.push(String(error)));
  tab.on('request', (request) => /^http/.test(request.url()) && hosts.add(new URL(request.url()).origin));
  await tab.goto(url + path, { waitUntil: 'networkidle0' });
  return {
    tab,
    end: async (picture) => {
      await tab.screenshot({ path: join(reports, picture) });
      assert.deepEqual(said, [], 'the console is silent');
      assert.deepEqual([...hosts], [new URL(url).origin], 'no other host is asked');
      await tab.close();
    },
  };
}

async function lookAtPage() {
  const { tab, end } = await open('/');
  const seen = () =>
    tab.evaluate(() => ({
      asks: !document.getElementById('key-form').hidden,
      message: document.getElementById('message').textContent,
      parks: document.querySelectorAll('#park option').length,
      lists: document.querySelectorAll('article').length,
      kept: [sessionStorage.getItem('attractions-key'), localStorage.length, document.cookie, location.search],
    }));
  const enter = async (text) => {
    await tab.type('#key', text);
    await Promise.all([tab.click('#key-form button'), tab.waitForNetworkIdle({ idleTime: 300 })]);
  };
  let { asks, message } = await seen();
  assert.ok(asks && message.includes('needs a key'), 'it asks for a key');
  await enter('key-of-nobody');
  ({ asks, message } = await seen());
  assert.ok(asks && message.includes('needs a key'), 'it asks again');
  await enter(reader);
  ({ asks, message } = await seen());
  assert.ok(asks && message.includes("'history'"), 'it says which scope is missing');
  await enter(key);
  const shown = await seen();
  assert.deepEqual([shown.asks, shown.message], [false, '']);
  assert.ok(shown.parks > 0 && shown.lists > 0, 'it shows the parks and a list');
  assert.deepEqual(shown.kept.slice(0, 3), [key, 0, ''], 'the key is kept in the tab alone');
  assert.ok(!shown.kept[3].includes(key));
  await end('page-key.png');
  console.log(`the page asks for a key, and shows ${shown.parks} parks with one`);
}

async function lookAtDocs() {
  const { tab, end } = await open('/docs');
  const click = (selector) => tab.waitForSelector(selector).then((found) => found.click());
  const operations = await tab.$$eval('.opblock', (blocks) => blocks.length);
  assert.ok(operations >= 8, `${operations} operations`);
  await click('.btn.authorize');
  await tab.waitForSelector('.auth-container input');
  await tab.type('.auth-container input', key);
  await click('.auth-container .btn.authorize');
  await click('.auth-btn-wrapper .btn-done');
  await click('#operations-catalogue-parks .opblock-summary-control');
  await click('#operations-catalogue-parks .try-out__btn');
  await click('#operations-catalogue-parks .execute');
  await tab.waitForSelector('#operations-catalogue-parks .live-responses-table .response-col_status');
  const status = await tab.$eval(
    '#operations-catalogue-parks .live-responses-table tbody .response-col_status',
    (cell) => cell.textContent.trim().slice(0, 3),
  );
  assert.equal(status, '200', 'the call that was tried');
  await end('docs.png');
  console.log(`the interface shows ${operations} operations, and a call with the key is answered ${status}`);
}
