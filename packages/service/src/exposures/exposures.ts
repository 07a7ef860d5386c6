import { mkdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { ServiceError } from '../errors.js';
import { every } from '../every.js';
import type { ExposureResult } from '../metrics.js';
import type { Shown } from '../routes/recommendations.js';
import { batchesIn } from './batch.js';
import type { Commit } from './batch.js';
import { LEASE_MS, RENEWALS, watchLeases } from './lease.js';
import { lineOf } from './line.js';
import { spoolIn } from './spool.js';

/** Where exposures go, and how often. */
export interface ExposureParts {
  /** The spool, which any processes of the same feeds may share. */
  readonly folder: string;
  /** How often lines are synced: what a process that is killed may lose. */
  readonly syncMs: number;
  readonly commitMs: number;
  /** {@link LEASE_MS} where absent. */
  readonly leaseMs?: number;
  /** Commits batches of the spool to the feed. */
  commit(names: readonly string[]): Promise<Commit>;
  readonly logger: FastifyBaseLogger;
  onResult(result: ExposureResult, lists: number): void;
}

/** The record of lists shown. */
export interface Exposures {
  /** Neither throws nor waits. */
  shown(shown: Shown): void;
  /** Writes and commits what is there; what cannot be committed now stays in the spool for the next process. */
  stop(): Promise<void>;
}

/**
 * Records what is shown: line by line in the spool, from there in batches in the feed. Takes up what ended processes have left.
 * @throws ServiceError SERVICE_SPOOL_UNUSABLE where the folder cannot be made or written to
 */
export async function recordExposures(parts: ExposureParts): Promise<Exposures> {
  const { folder, logger, onResult, leaseMs = LEASE_MS } = parts;
  const spool = spoolIn(folder);
  await mkdir(folder, { recursive: true })
    .then(spool.probe)
    .catch((cause: unknown) => {
      throw new ServiceError(
        'SERVICE_SPOOL_UNUSABLE',
        `Lists shown cannot be recorded in '${folder}' (${String(cause)}); set EXPOSURE_SPOOL to a folder of this user, or LOG_EXPOSURES=false.`,
        { cause },
      );
    });

  const attempt = async (deed: string, act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      logger.error({ err: error }, `exposures cannot be ${deed}; they are kept, and tried again`);
    }
  };
  const flush = () => attempt('written', spool.flush);

  const commit = async (names: readonly string[]): Promise<void> => {
    if (names.length === 0) return;
    const { committed, rejected, failed } = await parts.commit(names);
    onResult('committed', committed);
    for (const one of rejected) {
      onResult('rejected', one.lines);
      logger.error(one, 'exposures that the feed refuses are set aside');
    }
    for (const one of failed) logger.error(one, 'exposures cannot be committed; they are kept, and tried again');
  };
  const commitOwn = () =>
    attempt('committed', async () => {
      await spool.seal();
      const names = await batchesIn(folder);
      await commit(names.filter((name) => spool.isOwn(name) && name !== spool.current()));
    });

  const abandoned = watchLeases(leaseMs);
  const commitAbandoned = () =>
    attempt('committed', async () => {
      const marks = new Map<string, number>();
      for (const name of await batchesIn(folder)) {
        const path = join(folder, name);
        const now = new Date();
        // Somebody else may be faster, or the disk full: then the lease is not renewed, which costs nothing but a smaller update.
        if (spool.isOwn(name)) await utimes(path, now, now).catch(() => undefined);
        else
          await stat(path).then(
            ({ mtimeMs }) => marks.set(name, mtimeMs),
            () => undefined,
          );
      }
      await commit(abandoned(marks, performance.now()));
    });

  const clock = isoClock();
  const turns = [
    every(parts.syncMs, flush),
    every(parts.commitMs, commitOwn),
    every(leaseMs / RENEWALS, commitAbandoned),
  ];
  return {
    shown(shown) {
      const taken = spool.add(lineOf(shown, clock()));
      onResult(taken ? 'spooled' : 'dropped', 1);
    },
    async stop() {
      await Promise.all(turns.map((turn) => turn.stop()));
      await flush();
      await commitOwn();
    },
  };
}

/** The time in ISO 8601, written out once a millisecond. */
function isoClock(): () => string {
  let [writtenMs, written] = [0, ''];
  return () => {
    const now = Date.now();
    if (now !== writtenMs) [writtenMs, written] = [now, new Date(now).toISOString()];
    return written;
  };
}
