import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { RecommenderError } from '../../errors.js';
import { every } from '../every.js';
import type { ExposureResult } from '../metrics.js';
import type { Shown } from '../routes/recommendations.js';
import { removeEmpty, segmentsIn } from './commit.js';
import type { Batch } from './commit.js';
import { lineOf } from './line.js';
import { isAbandoned, ownFolder } from './owner.js';
import { spoolIn } from './spool.js';

/** Where exposures go, and how often. */
export interface ExposureParts {
  /** Folder of all spools; each process has one of its own in it. */
  readonly folder: string;
  /** How often lines are synced: what a process that is killed may lose. */
  readonly syncMs: number;
  readonly commitMs: number;
  /** Commits a batch to the feed; gives how many lists it held. */
  commit(batch: Batch): Promise<number>;
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
 * @throws RecommenderError RECOMMENDER_SPOOL_UNUSABLE where the folder cannot be made
 */
export async function recordExposures(parts: ExposureParts): Promise<Exposures> {
  const { logger, onResult } = parts;
  const own = join(parts.folder, ownFolder());
  await mkdir(own, { recursive: true }).catch((cause: unknown) => {
    throw new RecommenderError(
      'RECOMMENDER_SPOOL_UNUSABLE',
      `Lists shown cannot be recorded in '${parts.folder}' (${String(cause)}); set EXPOSURE_SPOOL to a folder of this user, or LOG_EXPOSURES=false.`,
      { cause },
    );
  });
  const spool = spoolIn(own);

  const attempt = async (deed: string, act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      logger.error({ err: error }, `exposures cannot be ${deed}; they are kept, and tried again`);
    }
  };
  const flush = () => attempt('written', spool.flush);

  const commitFrom = async (folder: string, current?: string): Promise<void> => {
    const segments = await segmentsIn(folder, current);
    if (segments.length > 0) onResult('committed', await parts.commit({ folder, segments }));
  };
  const commitAll = () =>
    attempt('committed', async () => {
      await spool.seal();
      await commitFrom(own, spool.current());
      for (const folder of (await readdir(parts.folder)).filter(isAbandoned)) {
        await commitFrom(join(parts.folder, folder));
        await removeEmpty(join(parts.folder, folder));
      }
    });

  const clock = isoClock();
  const syncing = every(parts.syncMs, flush);
  const recovered = commitAll();
  const committing = every(parts.commitMs, commitAll);
  return {
    shown(shown) {
      const taken = spool.add(lineOf(shown, clock()));
      onResult(taken ? 'spooled' : 'dropped', 1);
    },
    async stop() {
      await Promise.all([syncing.stop(), committing.stop(), recovered]);
      await flush();
      await commitAll();
      await removeEmpty(own);
    },
  };
}

/** The time in ISO 8601, spelt once a millisecond. */
function isoClock(): () => string {
  let [spelt, spelled] = [0, ''];
  return () => {
    const now = Date.now();
    if (now !== spelt) [spelt, spelled] = [now, new Date(now).toISOString()];
    return spelled;
  };
}
