import { hash } from 'node:crypto';

import { ExperimentsError } from './errors.js';
import { BUCKETS, experimentProblem } from './experiment.js';
import type { Experiment } from './experiment.js';

/**
 * The bucket of a user under a salt: `floor(h * 10000 / 2^32)`, h the first 32 bits, big-endian, of SHA-256 of `v1|salt|userId` in UTF-8.
 * Exact in doubles, so SQL and Python give the same (docs/experiments.md has both). A lone surrogate in an id is hashed as U+FFFD, since
 * UTF-8 cannot encode it.
 *
 * @returns 0 to 9999
 */
export function bucketOf(salt: string, userId: string): number {
  const h = hash('sha256', `v1|${salt}|${userId}`, 'buffer').readUInt32BE(0);
  return Math.floor((h * BUCKETS) / 2 ** 32);
}

/** The panel of an experiment that a user falls into. */
export interface PanelOf {
  readonly experiment: string;
  readonly version: number;
  readonly panel: string;
  /** 0 to 9999, by the experiment's salt. */
  readonly bucket: number;
}

/**
 * The panel that a user falls into; undefined if the user takes no part. For many users prepare the experiment once, with `assignmentIn`.
 *
 * @throws ExperimentsError EXPERIMENTS_EXPERIMENT_INVALID
 */
export function assign(experiment: Experiment, userId: string): PanelOf | undefined {
  return assignmentIn(experiment)(userId);
}

/**
 * Prepares the assignment of one version of an experiment. It uses two hashes: the layer's salt decides who takes part, the experiment's salt
 * decides the panel. So experiments in one layer exclude each other, while panels do not depend on the layer.
 *
 * @returns the panel of a user id, or undefined if the user takes no part
 * @throws ExperimentsError EXPERIMENTS_EXPERIMENT_INVALID
 */
export function assignmentIn(experiment: Experiment): (userId: string) => PanelOf | undefined {
  const { experiment: name, version, layerSalt, salt } = experiment;
  const problem = experimentProblem(experiment);
  if (problem !== undefined)
    throw new ExperimentsError('EXPERIMENTS_EXPERIMENT_INVALID', `Experiment '${name}' version ${version}: ${problem}`);
  const [from, to] = experiment.layerBuckets;
  const owner = ownersOf(experiment);
  return (userId) => {
    const layer = bucketOf(layerSalt, userId);
    if (layer < from || layer >= to) return undefined;
    const bucket = bucketOf(salt, userId);
    const panel = owner[bucket];
    return panel === undefined ? undefined : { experiment: name, version, panel, bucket };
  };
}

function ownersOf({ panels }: Experiment): (string | undefined)[] {
  const owner = new Array<string | undefined>(BUCKETS).fill(undefined);
  for (const { name, buckets } of panels) for (const [from, to] of buckets) owner.fill(name, from, to);
  return owner;
}
