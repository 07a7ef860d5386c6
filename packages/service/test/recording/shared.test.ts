import { mkdir, mkdtemp, readdir, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from '@jest/globals';
import { exposures } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import { batchesIn } from '../../src/recording/batch.js';
import { isolation, startProcess } from '../support/service-process.js';
import { putGeneration } from '@attractions/models/testing';
import { testIf } from '../support/test-if.js';
import { untilInFolder } from '../support/watched-folder.js';

const unshared = isolation();
const test = testIf(unshared !== undefined, 'no unshare(1), or it may not make a PID namespace here');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recommender-shared-'));
  await putGeneration(openFeeds(folder));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const spool = () => join(folder, '_spool');

/** Asks for some lists, one after the other; gives the ids of the requests that were answered with one. */
async function ask(url: string, client: string, lists: number): Promise<string[]> {
  const answered: string[] = [];
  for (let n = 0; n < lists; n++) {
    const requestId = `${client}-${n}`;
    const response = await fetch(`${url}/v1/users/ana/recommendations`, { headers: { 'x-request-id': requestId } });
    await response.text();
    if (response.ok) answered.push(requestId);
  }
  return answered;
}

async function recorded(): Promise<string[]> {
  const ids: string[] = [];
  const feed = openFeeds(folder).feed(exposures);
  for await (const { seq } of feed.since(0))
    for (const row of await (await feed.at(seq)).read()) ids.push(row.requestId);
  return ids.sort();
}

test('two services that are both process 1 of their container share a folder: each list is in the feed once', async () => {
  const settings = { EXPOSURE_SYNC_MS: '10', EXPOSURE_COMMIT_SECONDS: '0.05' };
  const services = await Promise.all([1, 2].map(() => startProcess(folder, settings, unshared)));
  const asked = services.flatMap(({ url }, s) => [1, 2].map((client) => ask(url, `${s}-${client}`, 200)));
  const answered = (await Promise.all(asked)).flat();
  await Promise.all(services.map(({ end }) => end('SIGTERM')));
  expect(answered).toHaveLength(800);
  expect(await recorded()).toEqual(answered.sort());
  expect(await readdir(spool())).toEqual([]);
});

test('one is stopped for so long that the other takes its lists, and goes on afterwards: each list is in the feed once', async () => {
  const settings = { EXPOSURE_SYNC_MS: '10', EXPOSURE_COMMIT_SECONDS: '3600' };
  const [still, other] = await Promise.all([
    startProcess(folder, settings, unshared),
    startProcess(folder, {}, unshared),
  ]);
  const answered = await ask(still.url, 'before', 200);
  await untilInFolder(spool(), async () => (await batchesIn(spool())).length > 0);
  still.kill('SIGSTOP');
  await untilInFolder(spool(), async () => (await batchesIn(spool())).length === 0);
  expect(await recorded()).not.toEqual([]);
  still.kill('SIGCONT');
  answered.push(...(await ask(still.url, 'after', 200)));
  await Promise.all([still, other].map(({ end }) => end('SIGTERM')));
  expect(answered).toHaveLength(400);
  expect(await recorded()).toEqual(answered.sort());
  expect(await readdir(spool())).toEqual([]);
});

test('while the disk of the spool is full every request is answered, and nothing is lost when it has space again', async () => {
  // A disk of 64 kB that only the service sees, full of a ballast.
  await mkdir(spool());
  const fill = 'mount -t tmpfs -o size=64k tmpfs _spool && ! cat /dev/zero >_spool/ballast 2>/dev/null && exec "$@"';
  const settings = { EXPOSURE_SYNC_MS: '10', EXPOSURE_COMMIT_SECONDS: '3600' };
  const service = await startProcess(folder, settings, [...(unshared ?? []), 'sh', '-c', fill, 'sh']);
  const answered = await ask(service.url, 'full', 100);
  expect(answered).toHaveLength(100);
  const inside = join('/proc', String(service.pid), 'root', spool());
  expect((await readdir(inside, { recursive: true })).filter((name) => name.endsWith('.ndjson'))).toEqual([]);
  await unlink(join(inside, 'ballast'));
  await service.end('SIGTERM');
  expect(await recorded()).toEqual(answered.sort());
});
