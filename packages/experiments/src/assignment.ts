import { hash } from 'node:crypto';

import { ExperimentsError } from './errors.js';
import { BUCKETS, experimentProblem } from './experiment.js';
import type { Experiment } from './experiment.js';

/**
 * The bucket of a user under a salt: `floor(h * 10000 / 2^32)`, h the first 32 bits, big-endian, of SHA-256 of `v1|salt|userId` in UTF-8.
 * Exact in doubles, so SQL and Python give the same (docs/experiments has both). A lone surrogate in an id is hashed as U+FFFD, since
 * UTF-8 cannot encode it.
 *
 * @returns 0 to 9999
 */
export function bucketOf(salt: string, userId: string): number {
  // As hexadecimal digits: a Buffer for each user takes several times longer.
  const h = parseInt(hash('sha256', `v1|${salt}|${userId}`, 'hex').slice(0, 8), 16);
  return Math.floor((h * BUCKETS) / 2 ** 32);
}

/** What is known of a request besides the user, such as its park and platform. Experiments may be for some of them only. */
export type Attributes = Readonly<Record<string, string>>;

/** The panel of an experiment that a user falls into. */
export interface PanelOf {
  readonly experiment: string;
  readonly version: number;
  readonly panel: string;
  /** 0 to 9999, by the experiment's salt. */
  readonly bucket: number;
  /** Present where the experiment forces the panel on this user, a tester; not to be analysed. */
  readonly forced?: true;
}

/** The panel of one user for one request; undefined if the user takes no part. */
export type Assignment = (userId: string, attributes?: Attributes) => PanelOf | undefined;

/**
 * The panel that a user falls into; undefined if the user takes no part. For many users prepare the experiment once, with `assignmentIn`.
 *
 * @throws ExperimentsError EXPERIMENTS_EXPERIMENT_INVALID
 */
export function assign(experiment: Experiment, userId: string, attributes?: Attributes): PanelOf | undefined {
  return assignmentIn(experiment)(userId, attributes);
}

/**
 * Prepares the assignment of one version of an experiment. It uses two hashes: the layer's salt decides who takes part, the experiment's salt
 * decides the panel. So experiments in one layer exclude each other, while panels do not depend on the layer. Users of the holdout, and
 * requests that the target does not fit, take no part; a forced panel holds without regard to all of these.
 *
 * @returns the panel of a user id, or undefined if the user takes no part
 * @throws ExperimentsError EXPERIMENTS_EXPERIMENT_INVALID
 */
export function assignmentIn(experiment: Experiment): Assignment {
  const bucketIn = bucketsOfUser();
  const assignment = prepared(experiment, bucketIn);
  return (userId, attributes) => {
    bucketIn.next(userId);
    return assignment(userId, attributes);
  };
}

/**
 * Prepares the assignment of several experiments at once, which hashes each salt at most once for a user.
 *
 * @returns the panels of a user id in the order of the experiments, without those that the user takes no part in
 * @throws ExperimentsError EXPERIMENTS_EXPERIMENT_INVALID
 */
export function assignmentsIn(
  experiments: readonly Experiment[],
): (userId: string, attributes?: Attributes) => readonly PanelOf[] {
  const bucketIn = bucketsOfUser();
  const assignments = experiments.map((experiment) => prepared(experiment, bucketIn));
  return (userId, attributes) => {
    bucketIn.next(userId);
    const panels: PanelOf[] = [];
    for (const assignment of assignments) {
      const panel = assignment(userId, attributes);
      if (panel !== undefined) panels.push(panel);
    }
    return panels;
  };
}

/** Whether a request has, for each attribute of the target, one of its values. */
export function isTargeted({ target }: Pick<Experiment, 'target'>, attributes: Attributes = {}): boolean {
  if (target === undefined) return true;
  for (const name of Object.keys(target)) {
    const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (value === undefined || target[name]?.includes(value) !== true) return false;
  }
  return true;
}

/** The buckets of one user after another, each salt hashed at most once a user. */
interface UserBuckets {
  /** Gives a salt a number, to ask with. */
  salt(salt: string): number;
  next(userId: string): void;
  bucket(salt: number): number;
}

function bucketsOfUser(): UserBuckets {
  const salts: string[] = [];
  const buckets: number[] = [];
  let user = '';
  return {
    salt(salt) {
      if (!salts.includes(salt)) salts.push(salt);
      return salts.indexOf(salt);
    },
    next(userId) {
      user = userId;
      for (let n = 0; n < salts.length; n++) buckets[n] = -1;
    },
    bucket(salt) {
      const known = buckets[salt] as number;
      if (known >= 0) return known;
      return (buckets[salt] = bucketOf(salts[salt] as string, user));
    },
  };
}

function prepared(experiment: Experiment, buckets: UserBuckets): Assignment {
  const { experiment: name, version, holdout, forced = {}, target } = experiment;
  const problem = experimentProblem(experiment);
  if (problem !== undefined)
    throw new ExperimentsError('EXPERIMENTS_EXPERIMENT_INVALID', `Experiment '${name}' version ${version}: ${problem}`);
  const [from, to] = experiment.layerBuckets;
  const [layerSalt, salt] = [buckets.salt(experiment.layerSalt), buckets.salt(experiment.salt)];
  const heldOut = holdout && { salt: buckets.salt(holdout.salt), from: holdout.buckets[0], to: holdout.buckets[1] };
  const testers = Object.keys(forced).length > 0 ? new Map(Object.entries(forced)) : undefined;
  const owner = ownersOf(experiment);
  return (userId, attributes) => {
    const forcedPanel = testers?.get(userId);
    if (forcedPanel !== undefined)
      return { experiment: name, version, panel: forcedPanel, bucket: buckets.bucket(salt), forced: true };
    if (target !== undefined && !isTargeted(experiment, attributes)) return undefined;
    const layer = buckets.bucket(layerSalt);
    if (layer < from || layer >= to) return undefined;
    if (heldOut !== undefined) {
      const bucket = buckets.bucket(heldOut.salt);
      if (bucket >= heldOut.from && bucket < heldOut.to) return undefined;
    }
    const bucket = buckets.bucket(salt);
    const panel = owner[bucket];
    return panel === undefined ? undefined : { experiment: name, version, panel, bucket };
  };
}

function ownersOf({ panels }: Experiment): (string | undefined)[] {
  const owner = new Array<string | undefined>(BUCKETS).fill(undefined);
  for (const { name, buckets } of panels) for (const [from, to] of buckets) owner.fill(name, from, to);
  return owner;
}
