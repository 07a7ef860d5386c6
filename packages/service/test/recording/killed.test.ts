import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exposures } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import type { Exposure } from '@attractions/contracts';
import { batchesIn, nameOf } from '../../src/recording/batch.js';
import { exposuresIn } from '../support/exposures.js';
import { startProcess } from '../support/service-process.js';
import { untilInFolder } from '../support/watched-folder.js';
import { putGeneration } from '@attractions/models/testing';

const KILLS = 3;

/** The least number of syncs of a process before it is killed. */
const SYNCS = 4;

let folder: string;
let spool: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recommender-killed-'));
  spool = join(folder, '_spool');
  await putGeneration(openFeeds(folder));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Chunks in the spool; those of one process count on from 1 in the order of its syncs. */
async function chunks(): Promise<{ readonly owner: string; readonly n: number; readonly path: string }[]> {
  const found = [];
  for (const name of await batchesIn(spool)) {
    const owner = nameOf(name)?.batch.replace(/-\d+$/, '') ?? '';
    for (const chunk of await readdir(join(spool, name)).catch(() => []))
      if (chunk.endsWith('.ndjson')) found.push({ owner, n: Number.parseInt(chunk), path: join(spool, name, chunk) });
  }
  return found;
}

/** Lists that the client was given, with how many syncs of their process were seen to have ended by then. */
type Answered = Map<string, { readonly items: readonly string[]; readonly syncs: number }>;

/**
 * Sends requests to a process under load, kills it at a random moment, and checks what was lost. Reads no clock: a sync takes all lines that exist when it
 * begins, and begins when the previous one has ended (and EXPOSURE_SYNC_MS are over, which another test checks). So an answer that came when n syncs had
 * ended is in sync n + 2 at the latest.
 */
async function killedLife(life: string, before: ReadonlySet<string>, sent: Set<string>): Promise<Answered> {
  // It commits only at the end, so that every sync can be seen.
  const settings = { EXPOSURE_SYNC_MS: '50', EXPOSURE_COMMIT_SECONDS: '3600' };
  const { url, end } = await startProcess(folder, settings);
  const syncs = async () =>
    Math.max(0, ...(await chunks()).filter(({ owner }) => !before.has(owner)).map(({ n }) => n));
  const answered: Answered = new Map();
  let due = Infinity;
  let killed: Promise<unknown> | undefined;
  const client = async (name: string): Promise<void> => {
    for (let n = 0; killed === undefined; n++) {
      const requestId = `${life}-${name}-${n}`;
      sent.add(requestId);
      let items: string[];
      try {
        const response = await fetch(`${url}/v1/users/ana/recommendations`, { headers: { 'x-request-id': requestId } });
        const { recommendations } = (await response.json()) as { recommendations: { attractionId: string }[] };
        items = recommendations.map(({ attractionId }) => attractionId);
      } catch {
        // The process died under this request.
        return;
      }
      const seen = await syncs();
      answered.set(requestId, { items, syncs: seen });
      if (due === Infinity && seen >= SYNCS) due = answered.size + Math.random() * 100;
      if (answered.size >= due) killed ??= end('SIGKILL');
    }
  };
  await Promise.all(['a', 'b', 'c'].map(client));
  await killed;
  const ended = await syncs();
  const kept = new Set((await rowsOnDisk()).map(({ requestId }) => requestId));
  const lost = [...answered].filter(([requestId]) => !kept.has(requestId));
  for (const [, one] of lost) expect(ended).toBeLessThan(one.syncs + 2);
  return answered;
}

const rowsOnDisk = async () =>
  (await Promise.all((await chunks()).map(({ path }) => readFile(path, 'utf8')))).flatMap(
    (text) => exposuresIn(text).rows,
  );

test('SIGKILL at random moments: lost is only what no sync has taken, and the feed gets the rest, once and unchanged', async () => {
  const sent = new Set<string>();
  const answered: Answered = new Map();
  for (let life = 0; life < KILLS; life++) {
    const before = new Set((await chunks().catch(() => [])).map(({ owner }) => owner));
    for (const [requestId, one] of await killedLife(String(life), before, sent)) answered.set(requestId, one);
  }
  const onDisk = await rowsOnDisk();
  expect(onDisk.length).toBeGreaterThan(0);

  // What the killed ones have left is taken up when nobody has touched it for a while.
  const last = await startProcess(folder, {});
  await untilInFolder(spool, async () => (await batchesIn(spool)).length === 0);
  await last.end('SIGTERM');
  const feed = openFeeds(folder).feed(exposures);
  const rows: Exposure[] = [];
  for await (const { seq } of feed.since(0)) rows.push(...(await (await feed.at(seq)).read()));
  const byId = (list: Exposure[]) => list.sort((a, b) => (a.requestId < b.requestId ? -1 : 1));
  expect(byId(rows)).toEqual(byId(onDisk));
  expect(new Set(rows.map(({ requestId }) => requestId)).size).toBe(rows.length);
  for (const { requestId, items } of rows) {
    expect(sent).toContain(requestId);
    expect(items).toEqual(answered.get(requestId)?.items ?? items);
  }
});
