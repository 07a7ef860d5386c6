import { createHash } from 'node:crypto';

import type { Exposure } from '@attractions/contracts';
import type { Experiment } from '@attractions/experiments';

/** How many buckets users are spread over. */
const BUCKETS = 10_000;

/** The panel that a user belongs to. */
export interface Assignment {
  readonly panel: string;
  readonly bucket: number;
}

/**
 * The assignment of a user, from the experiment's text alone. Written independently of the service that assigns, so that an error in
 * one shows in the other: floor(h * 10000 / 2^32), h the first 32 bits of SHA-256 of `v1|salt|userId`.
 *
 * @returns undefined where the user takes no part
 */
export function assignmentOf(experiment: Experiment, userId: string): Assignment | undefined {
  const [from, to] = experiment.layerBuckets;
  const layer = bucketOf(experiment.layerSalt, userId);
  if (layer < from || layer >= to) return undefined;
  const bucket = bucketOf(experiment.salt, userId);
  const owner = experiment.panels.find((panel) => panel.buckets.some(([low, high]) => bucket >= low && bucket < high));
  return owner && { panel: owner.name, bucket };
}

/** How an exposure differs from what the experiment's text assigns; undefined where it agrees. */
export function disagreement(
  experiment: Experiment,
  { userId, panel, bucket, requestId }: Exposure,
): string | undefined {
  const logged = `request ${requestId} shows '${String(userId)}' panel ${String(panel)}, bucket ${String(bucket)}`;
  const expected = userId === undefined ? undefined : assignmentOf(experiment, userId);
  if (expected === undefined) return `${logged}, who takes no part`;
  if (expected.panel === panel && expected.bucket === bucket) return undefined;
  return `${logged}, which recomputes to panel ${expected.panel}, bucket ${expected.bucket}`;
}

function bucketOf(salt: string, userId: string): number {
  const bits = createHash('sha256').update(`v1|${salt}|${userId}`, 'utf8').digest().readUInt32BE(0);
  return Math.floor((bits * BUCKETS) / 2 ** 32);
}
