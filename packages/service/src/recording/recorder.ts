import { mkdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { ServiceError } from '../errors.js';
import { armed, every } from '../every.js';
import { batchesIn, hasCode } from './batch.js';
import type { Commit } from './batch.js';
import { MAX_WAITING, spoolIn } from './spool.js';

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
  /** Whether the caller looks for batches of other processes, with {@link watchSpool}. Default: the recorder does. */
  readonly watched?: boolean;
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
  /** Whether a folder of the spool is a batch of this recorder. */
  isOwn(name: string): boolean;
  /** Writes and commits all lines. Lines that cannot be committed now stay in the spool for the next process. */
  stop(): Promise<void>;
}

/** Commits batches, counts what became of their lines, and logs what went wrong. */
function commitTo(parts: Pick<RecorderParts, 'commit' | 'onResult' | 'logger' | 'what'>) {
  const { onResult, logger, what } = parts;
  return async (names: readonly string[]): Promise<void> => {
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
}

/**
 * Looks for batches of other processes in a spool, which may not exist, and commits those whose owner has ended. Never throws.
 * @returns how many batches of others there are
 */
export function watchSpool(
  parts: Pick<RecorderParts, 'folder' | 'leaseMs' | 'commit' | 'onResult' | 'logger' | 'what'> &
    Pick<Recorder, 'isOwn'>,
): () => Promise<number> {
  const { folder, logger, what, leaseMs = LEASE_MS } = parts;
  const commit = commitTo(parts);
  const abandoned = watchLeases(leaseMs);
  return async () => {
    try {
      const marks = new Map<string, number>();
      const names = await batchesIn(folder).catch((error: unknown) => {
        if (hasCode(error, 'ENOENT')) return [];
        throw error;
      });
      for (const name of names)
        if (!parts.isOwn(name))
          await stat(join(folder, name)).then(
            ({ mtimeMs }) => marks.set(name, mtimeMs),
            () => undefined,
          );
      await commit(abandoned(marks, performance.now()));
      return marks.size;
    } catch (error) {
      logger.error({ err: error }, `${what.lines} cannot be committed; they are kept and tried again`);
      return 0;
    }
  };
}

/** How long a sync that is waited for gathers lines before it begins: each makes a file, and takes some milliseconds anyway. */
const GATHER_MS = 10;

/**
 * Records lines: in the spool, and from there in batches in the feed. Also commits the batches of processes that have ended.
 * @throws ServiceError SERVICE_SPOOL_UNUSABLE where the folder cannot be created or written to
 */
export async function recordIn(parts: RecorderParts): Promise<Recorder> {
  const { folder, logger, what, leaseMs = LEASE_MS } = parts;
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

  const commit = commitTo(parts);
  const commitOwn = () =>
    attempt('committed', async () => {
      await spool.seal();
      const names = await batchesIn(folder);
      await commit(names.filter((name) => spool.isOwn(name) && name !== spool.current()));
      spool.keepOnly(await batchesIn(folder));
    });
  // If another process has taken it, or the disk is full, the lease is not renewed, and an update is smaller.
  const renew = () =>
    attempt('committed', async () => {
      const now = new Date();
      const own = (await batchesIn(folder)).filter(spool.isOwn);
      await Promise.all(own.map((name) => utimes(join(folder, name), now, now).catch(() => undefined)));
    });
  const whileUncommitted = (act: () => Promise<void>) => () => act().then(() => spool.uncommitted() > 0);

  const timers = [
    armed(parts.syncMs, () => flush().then(() => spool.space() < MAX_WAITING)),
    armed(parts.commitMs, whileUncommitted(commitOwn)),
    armed(leaseMs / RENEWALS, whileUncommitted(renew)),
  ] as const;
  const [sync, toCommit, lease] = timers;
  const look = watchSpool({ ...parts, leaseMs, isOwn: spool.isOwn });
  const watch = parts.watched === false ? undefined : every(leaseMs / RENEWALS, async () => void (await look()));
  let next: Promise<void> | undefined;
  return {
    add: (line) => {
      sync.arm();
      toCommit.arm();
      lease.arm();
      return spool.add(line);
    },
    isOwn: spool.isOwn,
    space: spool.space,
    uncommitted: spool.uncommitted,
    synced: () =>
      (next ??= delay(GATHER_MS).then(() => {
        next = undefined;
        return spool.flush();
      })),
    async stop() {
      await Promise.all([watch?.stop(), ...timers.map((timer) => timer.stop())]);
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
