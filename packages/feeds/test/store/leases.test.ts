import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import type { BlobStore } from '../../src/store/blob-store.js';
import { leasesIn, thisProcess } from '../../src/store/leases.js';
import { memoryStore } from '../../src/store/memory.js';
import { STORES, contentOf } from '../support/stores.js';

/** Leases of a process of a machine on which only `running` run. */
const leasesOf = (store: BlobStore, machine: string, pid: number, running: readonly number[] = [pid]) =>
  leasesIn(store, '_fleet', { machine, pid, runs: (each) => running.includes(each) });

/** The store as it looks when the holders so far were last seen so long ago. */
async function later(store: BlobStore, ms: number): Promise<BlobStore> {
  const holders = (await store.children('_fleet/_holders')).map((name) => `_fleet/_holders/${name}`);
  return {
    ...store,
    stat: async (path) => {
      const found = await store.stat(path);
      return found && { ...found, modifiedMs: found.modifiedMs - (holders.includes(path) ? ms : 0) };
    },
  };
}

describe.each(STORES)('leases in the %s store', (_name, open) => {
  test('one process has a turn at a time; a note is there for the next one', async () => {
    const store = open();
    const [one, two] = [leasesOf(store, 'm', 1, [1, 2]), leasesOf(store, 'm', 2, [1, 2])];
    expect(await one.last('north')).toBeUndefined();
    const lease = await one.take('north');
    expect(lease).toBeDefined();
    expect(await two.take('north')).toBeUndefined();
    expect(await one.take('north')).toBeUndefined();
    await lease?.end({ outcome: 'done' });
    expect(await two.last('north')).toMatchObject({ note: { outcome: 'done' } });
    const next = await two.take('north');
    expect(next).toBeDefined();
    // While it is taken, and where it ends without a note, the last one stays.
    expect(await one.last('north')).toMatchObject({ note: { outcome: 'done' } });
    await next?.end();
    expect(await one.last('north')).toMatchObject({ note: { outcome: 'done' } });
    await Promise.all([one.close(), two.close()]);
    const left = await contentOf(store);
    expect(Object.keys(left)).toEqual(['_fleet/north/000000002-end.json', '_fleet/north/000000002.json']);
  });

  test('of many at once, one takes the turn', async () => {
    const store = open();
    const all = Array.from({ length: 8 }, (_, n) => leasesOf(store, 'm', n, [0, 1, 2, 3, 4, 5, 6, 7]));
    const taken = await Promise.all(all.map((leases) => leases.take('north')));
    expect(taken.filter((lease) => lease !== undefined)).toHaveLength(1);
    await Promise.all(all.map((leases) => leases.close()));
  });
});

test('the turn of a killed process is free on its own machine when the processes that worked for it have ended too', async () => {
  const store = memoryStore();
  const killed = leasesOf(store, 'm', 1);
  await (await killed.take('north'))?.end('first');
  await killed.take('north', [7]);
  const orphan = leasesOf(store, 'm', 2, [2, 7]);
  expect(await orphan.take('north')).toBeUndefined();
  const alone = leasesOf(store, 'm', 2);
  expect(await alone.take('north')).toBeDefined();
  expect(await alone.last('north')).toMatchObject({ note: 'first' });
});

test('of a process on another machine, it is free after a minute without a sign of life', async () => {
  const store = memoryStore();
  await leasesOf(store, 'far', 1).take('north');
  expect(await leasesOf(await later(store, 50_000), 'near', 1).take('north')).toBeUndefined();
  expect(await leasesOf(await later(store, 70_000), 'near', 2).take('north')).toBeDefined();
});

test('one who was too slow to see others come and go does not have the turn', async () => {
  const store = memoryStore();
  const quick = leasesOf(store, 'm', 1);
  await (await quick.take('north'))?.end(1);
  const slow: BlobStore = {
    ...store,
    // Between its look and its put, two whole turns pass.
    putIfAbsent: async (path, bytes) => {
      await (await quick.take('north'))?.end(2);
      await (await quick.take('north'))?.end(3);
      return store.putIfAbsent(path, bytes);
    },
  };
  expect(await leasesOf(slow, 'm', 2).take('north')).toBeUndefined();
  expect(await quick.last('north')).toMatchObject({ note: 3 });
});

test('a process runs until it is killed, also where nobody has asked for its exit code', async () => {
  const { runs, pid } = thisProcess();
  expect(runs(pid)).toBe(true);
  // The shell asks for the exit code of its child only when it reads the next line, so the child is a zombie until then.
  const script = 'sleep 60 & echo $!; read line; kill -9 $!; exec sleep 60';
  const shell = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const child = Number(String((await once(shell.stdout, 'data'))[0]));
  expect(runs(child)).toBe(true);
  shell.stdin.write('\n');
  while (runs(child)) await new Promise(setImmediate);
  shell.kill('SIGKILL');
  await once(shell, 'exit');
  expect(runs(child)).toBe(false);
});

test.each(['', '.', '..', '../x', 'a/b', '_holders', 'A'])('%j is not a name', async (name) => {
  const leases = leasesOf(memoryStore(), 'm', 1);
  await expect(leases.take(name)).rejects.toMatchObject({ code: 'FEEDS_PATH_INVALID' });
  await expect(leases.last(name)).rejects.toMatchObject({ code: 'FEEDS_PATH_INVALID' });
});
