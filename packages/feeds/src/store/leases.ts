import { randomUUID } from 'node:crypto';
import { readlinkSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';

import { FeedsError } from '../errors.js';
import type { BlobStore } from './blob-store.js';

/** What came of the last turn of a thing that is done by one process at a time. */
export interface LastTurn {
  readonly note: unknown;
  /** When it ended, by the clock of the machine that did it: milliseconds since 1970. */
  readonly endedMs: number;
}

/** A turn that was taken. */
export interface Lease {
  /** Ends the turn. The note is what `last` gives from now on; without one, that is what it gave before. */
  end(note?: unknown): Promise<void>;
}

/**
 * Turns of things that are named, each by one process at a time, on any number of machines that share a store. They save work, and are not what keeps data safe: a
 * process that was suspended for longer than a minute may find that another has taken its turn. What it commits must be safe without them, as updates of feeds are.
 */
export interface Leases {
  /** Undefined where the thing never had a turn that ended with a note. */
  last(name: string): Promise<LastTurn | undefined>;
  /**
   * Takes the turn of a thing. Undefined while a process that lives has it: one that shows so in the store, or that runs on this machine. The turn of a process that
   * was killed is free at once on its own machine, and after a minute on others.
   *
   * @param pids processes of this machine that do the work, beside this one; the turn is free only when none of them runs any more
   */
  take(name: string, pids?: readonly number[]): Promise<Lease | undefined>;
  /** Shows no longer that this process lives. End all turns first. */
  close(): Promise<void>;
}

/** Names of things: one segment of a path, and no names of ours. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;

const BEAT_MS = 5_000;
const STALE_MS = 60_000;

/** What a test replaces. */
export interface LeaseClock {
  /** This machine and its space of process ids. */
  readonly machine: string;
  readonly pid: number;
  runs(pid: number): boolean;
}

interface Claim extends Pick<LeaseClock, 'machine'> {
  readonly holder: string;
  readonly pids: readonly number[];
  readonly last?: LastTurn;
}

/** The turns that are kept in a folder of a store. Nothing is read or written before the first call. */
export function leasesIn(store: BlobStore, folder: string, process: LeaseClock = thisProcess()): Leases {
  const { machine, pid } = process;
  const holder = randomUUID();
  const holders = `${folder}/_holders`;
  const fileOf = (name: string, turn: number, end = false) =>
    `${folder}/${name}/${String(turn).padStart(9, '0')}${end ? '-end' : ''}.json`;
  /** The store's own time at the last beat, and ours. */
  let beaten: { readonly storeMs: number; readonly atMs: number } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let first: Promise<void> | undefined;

  async function beat(): Promise<void> {
    const path = `${holders}/${holder}`;
    await store.overwrite(path, bytesOf({ machine, pid }));
    const found = await store.stat(path);
    beaten = { storeMs: found?.modifiedMs ?? Date.now(), atMs: performance.now() };
  }

  async function begin(): Promise<void> {
    await beat();
    // A beat that fails is made up for by the next one.
    timer = setInterval(() => void beat().catch(() => undefined), BEAT_MS).unref();
    for (const name of await store.children(holders))
      if (name !== holder && (await isStale(name))) await store.remove(`${holders}/${name}`);
  }

  async function isStale(other: string): Promise<boolean> {
    const found = await store.stat(`${holders}/${other}`);
    if (found === undefined || beaten === undefined) return true;
    return beaten.storeMs + (performance.now() - beaten.atMs) - found.modifiedMs > STALE_MS;
  }

  async function isFree(claim: Claim | undefined): Promise<boolean> {
    if (claim === undefined) return true;
    if (claim.machine === machine && !claim.pids.some((each) => process.runs(each))) return true;
    return isStale(claim.holder);
  }

  /** The newest turn of a thing; 0 before the first. */
  async function newest(name: string) {
    const files = (await store.children(`${folder}/${name}`)).filter((file) => /^\d{9}(-end)?\.json$/.test(file));
    const turn = Math.max(0, ...files.map((file) => Number.parseInt(file, 10)));
    return { turn, files, isEnded: files.includes(`${String(turn).padStart(9, '0')}-end.json`) };
  }

  async function read<T>(path: string): Promise<T | undefined> {
    const found = await store.read(path);
    if (found === undefined) return undefined;
    try {
      return JSON.parse(new TextDecoder().decode(found)) as T;
    } catch {
      return undefined;
    }
  }

  async function lastOf(name: string, { turn, isEnded }: Awaited<ReturnType<typeof newest>>) {
    const ended = isEnded ? await read<LastTurn>(fileOf(name, turn, true)) : undefined;
    return ended ?? (await read<Claim>(fileOf(name, turn)))?.last;
  }

  return {
    last: async (name) => {
      checkName(name);
      const state = await newest(name);
      return state.turn === 0 ? undefined : lastOf(name, state);
    },
    take: async (name, pids = []) => {
      checkName(name);
      await (first ??= begin());
      const state = await newest(name);
      const { turn, isEnded } = state;
      if (turn > 0 && !isEnded && !(await isFree(await read<Claim>(fileOf(name, turn))))) return undefined;
      const last = turn === 0 ? undefined : await lastOf(name, state);
      const ours = turn + 1;
      const claim: Claim = { holder, machine, pids: [pid, ...pids], ...(last && { last }) };
      if (!(await store.putIfAbsent(fileOf(name, ours), bytesOf(claim)))) return undefined;
      const now = await newest(name);
      if (now.turn !== ours) {
        // We were so slow that others had turns in the meantime, and have removed the file that would have stopped us.
        await store.remove(fileOf(name, ours));
        return undefined;
      }
      for (const file of now.files)
        if (Number.parseInt(file, 10) < ours) await store.remove(`${folder}/${name}/${file}`);
      return {
        end: async (note) => {
          const ended: LastTurn | undefined = note === undefined ? last : { note, endedMs: Date.now() };
          await store.putIfAbsent(fileOf(name, ours, true), bytesOf(ended ?? null));
        },
      };
    },
    close: async () => {
      if (first === undefined) return;
      await first.catch(() => undefined);
      clearInterval(timer);
      await store.remove(`${holders}/${holder}`);
    },
  };
}

function checkName(name: string): void {
  if (!NAME.test(name))
    throw new FeedsError(
      'FEEDS_PATH_INVALID',
      `${JSON.stringify(name)} is not a name for a lease; give 1 to 63 of a to z, 0 to 9, _ and -, with a letter or a digit first.`,
    );
}

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Two processes can tell whether the other runs where all of this is equal: the machine since its start, and the space of process ids, which a container has of its own. */
export function thisProcess(): LeaseClock {
  const linux = (read: () => string): string => {
    try {
      return read().trim();
    } catch {
      return '';
    }
  };
  const boot = linux(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  const space = linux(() => readlinkSync('/proc/self/ns/pid'));
  return {
    machine: [hostname(), boot, space].join(' '),
    pid: process.pid,
    runs: (pid) => {
      // One that has ended stays as a zombie until its parent asks for its exit code, and the first process of a container may never do.
      if (/^\d+ \(.*\) [ZX]/s.test(linux(() => readFileSync(`/proc/${pid}/stat`, 'utf8')))) return false;
      try {
        return process.kill(pid, 0);
      } catch (error) {
        return (error as { code?: string }).code === 'EPERM';
      }
    },
  };
}
