import { BUCKETS, bucketOf } from './bucket.js';
import { experimentProblem } from './experiment.js';
import type { Experiment } from './experiment.js';
import { ExperimentsError } from './errors.js';

/** The panel of an experiment that a user falls into. */
export interface PanelOf {
  readonly experiment: string;
  readonly version: number;
  readonly panel: string;
  /** 0 to 9999, by the experiment's salt. */
  readonly bucket: number;
}

/**
 * Prepares the assignment of one experiment version. Two hashes: the layer's salt decides who takes part, the experiment's which panel, so
 * experiments in one layer exclude each other while panels stay independent of the layer.
 *
 * @returns the panel of a user id, or undefined where the user takes no part
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
