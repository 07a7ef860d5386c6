import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, expect, test } from '@jest/globals';
import { attractions, visits } from '@attractions/contracts';
import { openFeeds, parentOf } from '@attractions/feeds';

import { visitsTable } from './support/visits-table.js';

const root = await mkdtemp(join(tmpdir(), 'als-interrupt-'));
afterAll(() => rm(root, { recursive: true }));

const producer = { id: 'test', package: 'test', version: '0.0.0' };
const PROGRAM = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

async function putVisits(): Promise<void> {
  const feeds = openFeeds(root);
  const places = Array.from({ length: 300 }, (_, i) => ({
    attractionId: `p:${i}`,
    park: 'p',
    name: `${i}`,
    themes: [],
  }));
  const parent = await feeds.feed(attractions).put(places, { producer });
  const rows = Array.from({ length: 40_000 }, (_, n) => [`u${n % 4000}`, `p:${(n * n) % 300}`, n] as const);
  await feeds.feed(visits).put(visitsTable(rows), { producer, parents: [parentOf(parent)] });
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends the command in the middle of an iteration, and nothing is committed',
  async (signal) => {
    await putVisits();
    const environment = {
      ...process.env,
      FEEDS_ROOT: root,
      ALS_ITERATIONS: '1000',
      ALS_RANK: '128',
      TRAIN_THREADS: '2',
    };
    const child = spawn(process.execPath, [PROGRAM], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let told = '';
    for await (const text of child.stderr) {
      told += String(text);
      if (told.includes('iteration 3 of 1000')) break;
    }
    expect(told).toContain('iteration 3 of 1000');
    child.kill(signal);
    const [code, killedBy] = await once(child, 'exit');
    expect({ code, killedBy }).toEqual({ code: 1, killedBy: null });
    expect((await openFeeds(root).list()).filter((feed) => feed.startsWith('training/'))).toEqual([]);
  },
);
