/** The React example and the client in headless Chromium, against the real service: on its own origin, and from another one with a key. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import puppeteer from 'puppeteer-core';
import { faultyProxy } from './faulty-proxy.mjs';
import { sampleService } from './sample-service.mjs';

const root = join(import.meta.dirname, '../..');
const executablePath = process.env.CHROMIUM ?? spawnSync('which', ['chromium'], { encoding: 'utf8' }).stdout.trim();
const skip = executablePath === '' && 'there is no chromium; install it, or name it in CHROMIUM';

const KEY = 'key-for-pages';

/** The pages of the example, with React as developers get it, whose strict mode runs effects twice. */
async function example() {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'examples/react/src/main.tsx')],
    bundle: true,
    jsx: 'automatic',
    write: false,
    define: { 'process.env.NODE_ENV': '"development"' },
    nodePaths: [join(import.meta.dirname, 'node_modules')],
    alias: { '@attractions/client': join(root, 'packages/client/dist/index.js') },
  });
  const page = readFileSync(join(root, 'examples/react/public/index.html'), 'utf8');
  return { '/app/': page, '/app/main.js': outputFiles[0].text };
}

/** What is in a feed, once the service has ended. */
async function rowsOf(service, feed) {
  const [{ seq }] = await service.commandLine('feeds', 'history', feed);
  const updates = Array.from({ length: seq }, (_, n) => service.commandLine('feeds', 'cat', `${feed}#${n + 1}`));
  return (await Promise.all(updates)).flat();
}

for (const [where, settings, query] of [
  ['on the origin of the service, without a key', {}, (proxy) => ({ service: proxy.url })],
  [
    'from another origin, with a key',
    { API_KEY_HASHES: `${createHash('sha256').update(KEY).digest('hex')}:read+events`, CORS_ORIGINS: '*' },
    (_, service) => ({ service: service.url, key: KEY }),
  ],
])
  test(`${where}: one list is recorded, and clicks of a page that is left join it`, { skip }, async () => {
    const service = await sampleService(settings);
    const proxy = await faultyProxy(service.url, undefined, await example());
    const browser = await puppeteer.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    try {
      const page = await browser.newPage();
      const said = [];
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', (error) => said.push(String(error)));
      const parameters = new URLSearchParams({ user: 'ana', ...query(proxy, service) });
      await page.goto(`${proxy.url}/app/?${parameters}`);
      await page.waitForSelector('li a');
      const names = await page.$$eval('li a', (links) => links.map(({ textContent }) => textContent));
      assert.equal(names.length, 5);
      await page.click('li:nth-child(2) a');
      await page.click('li:nth-child(4) a');
      await page.goto('about:blank');
      assert.deepEqual(said.filter((text) => !/React DevTools/.test(text)), [], 'the console is silent'); // prettier-ignore
      // A browser may send a moment later what a page left behind.
      await eventsTaken(service, 2);
      await browser.close();
      await service.close(async () => {
        const lists = await rowsOf(service, 'serving/exposures');
        assert.deepEqual(lists.map(({ user_id }) => user_id), ['ana']); // prettier-ignore
        const events = await rowsOf(service, 'serving/events');
        const [{ request_id, items }] = lists;
        assert.deepEqual(
          events.map((event) => [event.user_id, event.type, event.request_id, event.attraction_id]),
          [1, 3].map((n) => ['ana', 'click', request_id, items[n]]),
        );
      });
    } finally {
      await browser.close();
      proxy.close();
      await service.close();
    }
  });

/** Settles once the metrics of the service count as many events. */
async function eventsTaken(service, count) {
  const signal = AbortSignal.timeout(20_000);
  for (;;) {
    const text = await (await fetch(`${service.url}/metrics`, { signal })).text();
    if (Number(/^attractions_events_total\{result="spooled"\} (\d+)/m.exec(text)?.[1]) >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
