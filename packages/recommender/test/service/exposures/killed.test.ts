import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exposures, openFeeds } from '@attractions/feeds';
import { putGeneration } from '../../support/stored.js';

const cli = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));

const SYNC_MS = 100;

/** What the sync of a busy disk, on a busy machine, may take on top. */
const SYNC_TAKES_MS = 2_000;

const KILLS = 3;

/** Answers of a process before it is killed, at least. */
const ANSWERS = 50;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recommender-killed-'));
  await putGeneration(openFeeds(folder));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function start() {
  const env = {
    PATH: process.env['PATH'] ?? '',
    LOG_LEVEL: 'warn',
    FEEDS_ROOT: folder,
    PORT: '0',
    EXPOSURE_SYNC_MS: String(SYNC_MS),
    EXPOSURE_COMMIT_SECONDS: '0.3',
  };
  const child = spawn(process.execPath, [cli, '--json'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const [line] = await once(child.stdout, 'data');
  const { url } = JSON.parse(String(line)) as { url: string };
  return { url, end: (signal: 'SIGKILL' | 'SIGTERM') => (child.kill(signal), closed) };
}

interface Answered {
  readonly items: readonly string[];
  readonly atMs: number;
  /** When the process that answered was killed. */
  readonly killedMs: () => number;
}

test('SIGKILL at random moments: no list twice, none invented, and lost at most what was shown since the last sync', async () => {
  const sent = new Set<string>();
  const answered = new Map<string, Answered>();

  for (let round = 0; round < KILLS; round++) {
    const { url, end } = await start();
    let killedMs = Infinity;
    const due = answered.size + ANSWERS;
    let reached: () => void = () => undefined;
    const enough = new Promise<void>((resolve) => (reached = resolve));
    const asker = async () => {
      for (let n = 0; killedMs === Infinity; n++) {
        const requestId = `${round}-${Math.random()}-${n}`;
        sent.add(requestId);
        try {
          const headers = { 'x-request-id': requestId };
          const response = await fetch(`${url}/v1/users/ana/recommendations`, { headers });
          const { recommendations } = (await response.json()) as { recommendations: { attractionId: string }[] };
          const items = recommendations.map(({ attractionId }) => attractionId);
          answered.set(requestId, { items, atMs: Date.now(), killedMs: () => killedMs });
          if (answered.size >= due) reached();
        } catch {
          // The process died under this request.
        }
      }
    };
    const askers = [asker(), asker(), asker()];
    await enough;
    // The random moment.
    await sleep(Math.random() * 500);
    killedMs = Date.now();
    await end('SIGKILL');
    await Promise.all(askers);
  }
  await (await start()).end('SIGTERM');

  const feed = openFeeds(folder).feed(exposures);
  const rows = new Map<string, readonly string[]>();
  for await (const { seq } of feed.since(0))
    for (const { requestId, items } of await (await feed.at(seq)).read()) {
      expect(rows.has(requestId)).toBe(false);
      rows.set(requestId, items);
    }
  for (const [requestId, items] of rows) {
    expect(sent).toContain(requestId);
    expect(items).toEqual(answered.get(requestId)?.items ?? items);
  }
  const lost = [...answered].filter(([requestId]) => !rows.has(requestId));
  for (const [, { atMs, killedMs }] of lost) expect(killedMs() - atMs).toBeLessThanOrEqual(SYNC_MS + SYNC_TAKES_MS);
  expect(rows.size).toBeGreaterThan(answered.size / 2);
});
