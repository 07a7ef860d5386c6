import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { lists } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import { modelOf, putGeneration, sampleGeneration } from '@attractions/models/testing';

const USERS = 30_000;
const PROGRAM = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const root = await mkdtemp(join(tmpdir(), 'lists-interrupt-'));
afterAll(() => rm(root, { recursive: true }));

beforeAll(async () => {
  const { attractionIds, itemFactors, rank } = sampleGeneration().model;
  const users = Array.from({ length: USERS }, (_, n) => {
    return [`u${n}`, { factors: [Math.sin(n), Math.cos(n)], seen: [n % 6] }] as const;
  });
  const model = modelOf({ rank, attractionIds, itemFactors: [...itemFactors], users: Object.fromEntries(users) });
  await putGeneration(openFeeds(root), { model });
});

/** Starts the command, stops it in the middle, and gives how it ended. */
async function stopped(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL') {
  const env = { ...process.env, FORCE_COLOR: '0', FEEDS_ROOT: root, LISTS_THREADS: '2', LOG_LEVEL: 'info' };
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  for await (const text of child.stderr) {
    told += String(text);
    if (told.includes(`of ${USERS} users`)) break;
  }
  expect(told).toContain(`of ${USERS} users`);
  child.kill(signal);
  const [code, killedBy] = await once(child, 'exit');
  return { code, killedBy };
}

const feed = openFeeds(root).feed(lists);

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s in the middle of the lists: exit code 1, nothing is committed',
  async (signal) => {
    expect(await stopped(signal)).toEqual({ code: 1, killedBy: null });
    expect(await feed.head()).toBeUndefined();
    const data = await readdir(join(root, lists.path), { recursive: true }).catch(() => []);
    expect(data.filter((name) => name.endsWith('.parquet'))).toEqual([]);
  },
);

test('a kill in the middle leaves nothing that a reader sees, and the next run is whole', async () => {
  expect(await stopped('SIGKILL')).toEqual({ code: null, killedBy: 'SIGKILL' });
  expect(await feed.head()).toBeUndefined();
  const env = { ...process.env, FORCE_COLOR: '0', FEEDS_ROOT: root, LOG_LEVEL: 'silent' };
  const child = spawn(process.execPath, [PROGRAM, '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  for await (const text of child.stdout) printed += String(text);
  expect(JSON.parse(printed)).toMatchObject({ users: USERS, feeds: [{ feed: lists.path, seq: 1 }] });
  const rows = await (await feed.latest()).read();
  expect(new Set(rows.map(({ userId }) => userId)).size).toBe(USERS);
});
