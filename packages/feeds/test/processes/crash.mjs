// Kills a put at each of its system calls in turn, by strace: SIGKILL at the n-th call that a thread makes, for n = 1, 2, ... until the
// put survives, for every thread of the process, in a feed without updates and in one with some. After each, a fresh reader must see the
// old update or the new one, whole, the new one where the put had said so; a repair must leave nothing; and the next put must succeed.
// Prints what it counted as JSON; fails on a violation. node crash.mjs [STRIDE]: every STRIDE-th call only. Needs strace and Linux.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { attractions, openFeeds } from '../support/built.mjs';

const stride = Number(process.argv[2] ?? 1);
const script = fileURLToPath(new URL('put-told.mjs', import.meta.url));
const producer = { id: 'survivor', package: 'test', version: '0.0.0' };
const ROWS = 40;
const violations = [];
const seenAfterKill = { old: 0, new: 0 };
let kills = 0;
let leftovers = 0;

/** Runs a put and kills it at the `n`-th call of its `thread`-th thread. */
async function crash(root, thread, n) {
  const environment = { ...process.env, UV_THREADPOOL_SIZE: '1' };
  const child = spawn(process.execPath, [script, root, String(ROWS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: environment,
  });
  const exit = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  await lines.next();
  const threads = (await readdir(`/proc/${child.pid}/task`)).map(Number).sort((a, b) => a - b);
  if (thread >= threads.length) {
    child.kill('SIGKILL');
    await exit;
    return { threads: threads.length, told: true };
  }
  const inject = `inject=all:signal=SIGKILL:when=${n}`;
  const strace = spawn('strace', ['-p', String(threads[thread]), '-o', '/dev/null', '-e', 'trace=all', '-e', inject], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const detached = once(strace, 'exit');
  await once(strace.stderr, 'data');
  child.stdin.on('error', () => undefined).write('go\n');
  const told = (await lines.next()).value === 'done';
  child.kill('SIGKILL');
  await Promise.all([exit, detached]);
  return { threads: threads.length, told };
}

/** Looks at the feed as a process that has never seen it, then goes on with it. */
async function judge(root, before, told, where) {
  const violation = (problem) => violations.push(`${where}: ${problem}`);
  const feed = openFeeds(root).feed(attractions);
  const head = await feed.head();
  const seen = head?.seq ?? 0;
  if (seen !== before && seen !== before + 1) violation(`the latest update is ${seen}, where ${before} was`);
  if (told && seen !== before + 1) violation('the put said that it was done, and it is not there');
  if (!told) seenAfterKill[seen === before ? 'old' : 'new']++;
  if (head) {
    const rows = await (await feed.latest()).read();
    if (rows.length !== (seen === before ? 1 : ROWS)) violation(`update ${seen} has ${rows.length} rows`);
  }
  const { findings } = await feed.verify();
  for (const { kind, path, problem } of findings) if (kind === 'broken') violation(`${path} ${problem}`);
  leftovers += findings.length;
  await feed.repair({ minAgeMs: 0 });
  for (const { path, problem } of (await feed.verify()).findings) violation(`not repaired: ${path} ${problem}`);
  const next = await feed.put([], { producer });
  if (next.seq !== seen + 1) violation(`the next put was ${next.seq} after ${seen}`);
}

for (const before of [0, 1]) {
  for (let thread = 0, threads = 1; thread < threads; thread++) {
    for (let n = 1, survived = false; !survived; n += stride) {
      const root = await mkdtemp(join(tmpdir(), 'feeds-crash-'));
      const row = { attractionId: 'p:0', park: 'p', name: 'Old', themes: [] };
      if (before === 1) await openFeeds(root).feed(attractions).put([row], { producer });
      const victim = await crash(root, thread, n);
      threads = victim.threads;
      survived = victim.told;
      if (!survived) kills++;
      await judge(root, before, survived, `call ${n} of thread ${thread} after ${before} updates`).catch((error) =>
        violations.push(`call ${n} of thread ${thread} after ${before} updates: ${error.stack}`),
      );
      await rm(root, { recursive: true });
    }
  }
}
console.log(JSON.stringify({ kills, seenAfterKill, leftovers, violations }));
process.exitCode = violations.length === 0 ? 0 : 1;
