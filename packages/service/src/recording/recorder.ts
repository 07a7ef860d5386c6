import { mkdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { ServiceError } from '../errors.js';
import { every } from '../every.js';
import { batchesIn } from './batch.js';
import type { Commit } from './batch.js';
import { spoolIn } from './spool.js';

/**
 * The lease of a batch: how long other processes leave it to its owner. The owner renews it {@link RENEWALS} times in that period, by changing the time of
 * the folder. Clocks are never compared: another process only watches whether the time of the folder changes, and measures with its own monotonic clock how
 * long it did not. The lease affects only the size of updates: a batch that is taken from a running owner is neither lost nor committed twice.
 */
const LEASE_MS = 5_000;

const RENEWALS = 5;

/**
 * Watches the batches of other processes. Each call takes their current times (`marks`) and returns the batches whose time did not change for a whole lease.
 * These get a new lease, since committing them may fail.
 */
export function watchLeases(leaseMs: number): (marks: ReadonlyMap<string, number>, nowMs: number) => string[] {
  let seen = new Map<string, { readonly mark: number; readonly sinceMs: number }>();
  return (marks, nowMs) => {
    const next: typeof seen = new Map();
    const over: string[] = [];
    for (const [name, mark] of marks) {
      const before = seen.get(name);
      const same = before?.mark === mark;
      const isOver = same && nowMs - before.sinceMs >= leaseMs;
      if (isOver) over.push(name);
      next.set(name, { mark, sinceMs: same && !isOver ? before.sinceMs : nowMs });
    }
    seen = next;
    return over;
  };
}

/** Where lines are written, and how often. */
export interface RecorderParts {
  /** The spool; processes on the same feeds may share it. */
  readonly folder: string;
  /** How often lines are synced to disk: a killed process loses at most the lines since the last sync, unless it waits for it. */
  readonly syncMs: number;
  readonly commitMs: number;
  /** {@link LEASE_MS} where absent. */
  readonly leaseMs?: number;
  /** Commits batches of the spool to the feed. */
  commit(names: readonly string[]): Promise<Commit>;
  readonly logger: FastifyBaseLogger;
  /** `known`: rows that the feed had before. */
  onResult(result: 'committed' | 'known' | 'rejected', rows: number): void;
  /** What the lines are, and what the operator can do if the folder is of no use. */
  readonly what: { readonly lines: string; readonly fix: string };
}

/** Takes lines, and brings them to the feed. */
export interface Recorder {
  /** Takes a line, with its line break. Never waits. Returns false if there is no space left; the line is lost then. */
  add(line: string): boolean;
  /** How many lines there is space for in memory. */
  space(): number;
  /** Lines of this process that are not in the feed yet. */
  uncommitted(): number;
  /** Waits until all lines added before are on disk; many calls share one sync. Throws where the disk fails; the lines are kept for the next sync. */
  synced(): Promise<void>;
  /** Writes and commits all lines. Lines that cannot be committed now stay in the spool for the next process. */
  stop(): Promise<void>;
}

/** How long a sync that is waited for gathers lines before it begins: each makes a file, and takes some milliseconds anyway. */
const GATHER_MS = 10;

/**
 * Records lines: in the spool, and from there in batches in the feed. Also commits the batches of processes that have ended.
 * @throws ServiceError SERVICE_SPOOL_UNUSABLE where the folder cannot be created or written to
 */
export async function recordIn(parts: RecorderParts): Promise<Recorder> {
  const { folder, logger, onResult, what, leaseMs = LEASE_MS } = parts;
  const spool = spoolIn(folder);
  await mkdir(folder, { recursive: true })
    .then(spool.probe)
    .catch((cause: unknown) => {
      throw new ServiceError(
        'SERVICE_SPOOL_UNUSABLE',
        `${what.lines} cannot be recorded in '${folder}' (${String(cause)}); ${what.fix}.`,
        { cause },
      );
    });

  const attempt = async (action: string, act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      logger.error({ err: error }, `${what.lines} cannot be ${action}; they are kept and tried again`);
    }
  };
  const flush = () => attempt('written', spool.flush);

  const commit = async (names: readonly string[]): Promise<void> => {
    if (names.length === 0) return;
    const { committed, known, rejected, failed } = await parts.commit(names);
    onResult('committed', committed);
    if (known > 0) onResult('known', known);
    for (const one of rejected) {
      onResult('rejected', one.lines);
      logger.error(one, `${what.lines} that the feed refuses are set aside`);
    }
    for (const one of failed) logger.error(one, `${what.lines} cannot be committed; they are kept and tried again`);
  };
  const commitOwn = () =>
    attempt('committed', async () => {
      await spool.seal();
      const names = await batchesIn(folder);
      await commit(names.filter((name) => spool.isOwn(name) && name !== spool.current()));
      spool.keepOnly(await batchesIn(folder));
    });

  const abandoned = watchLeases(leaseMs);
  const commitAbandoned = () =>
    attempt('committed', async () => {
      const marks = new Map<string, number>();
      for (const name of await batchesIn(folder)) {
        const path = join(folder, name);
        const now = new Date();
        // If another process has taken it, or the disk is full, the lease is not renewed, and an update is smaller.
        if (spool.isOwn(name)) await utimes(path, now, now).catch(() => undefined);
        else
          await stat(path).then(
            ({ mtimeMs }) => marks.set(name, mtimeMs),
            () => undefined,
          );
      }
      await commit(abandoned(marks, performance.now()));
    });

  const timers = [
    every(parts.syncMs, flush),
    every(parts.commitMs, commitOwn),
    every(leaseMs / RENEWALS, commitAbandoned),
  ];
  let next: Promise<void> | undefined;
  return {
    add: spool.add,
    space: spool.space,
    uncommitted: spool.uncommitted,
    synced: () =>
      (next ??= delay(GATHER_MS).then(() => {
        next = undefined;
        return spool.flush();
      })),
    async stop() {
      await Promise.all(timers.map((timer) => timer.stop()));
      await flush();
      await commitOwn();
    },
  };
}

/** The time in ISO 8601, formatted at most once a millisecond. */
export function isoClock(): () => string {
  let [writtenMs, written] = [0, ''];
  return () => {
    const now = Date.now();
    if (now !== writtenMs) [writtenMs, written] = [now, new Date(now).toISOString()];
    return written;
  };
}
