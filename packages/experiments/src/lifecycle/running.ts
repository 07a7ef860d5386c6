import { shown } from '../experiment.js';
import type { Experiment } from '../experiment.js';
import { overlaps } from './shares.js';

/** An experiment that does not run although it is not stopped, and why. */
export interface LeftOut {
  readonly experiment: Experiment;
  readonly problem: string;
}

/**
 * The version with the highest number of each experiment, in the order in which they are given. Of two with the same number the later counts: only a program
 * that keeps no rules puts such.
 */
export function latestVersions(versions: readonly Experiment[]): Experiment[] {
  const latest = new Map<string, Experiment>();
  for (const version of versions) {
    const before = latest.get(version.experiment);
    if (before !== undefined && before.version > version.version) continue;
    // Deleted first, so that the order is that of the latest versions.
    latest.delete(version.experiment);
    latest.set(version.experiment, version);
  }
  return [...latest.values()];
}

/**
 * The experiments that run together: the latest version of each, unless it is stopped. Of two that conflict the one that was changed later
 * runs, and the other is left out.
 *
 * @param versions of all experiments, oldest first
 */
export function runningIn(versions: readonly Experiment[]): {
  readonly running: readonly Experiment[];
  readonly leftOut: readonly LeftOut[];
} {
  const running: Experiment[] = [];
  const leftOut: LeftOut[] = [];
  const wanted = latestVersions(versions).filter(({ status }) => status !== 'stopped');
  for (const experiment of wanted.toReversed()) {
    const problem = running.map((later) => conflict(experiment, later)).find((found) => found !== undefined);
    if (problem === undefined) running.unshift(experiment);
    else leftOut.unshift({ experiment, problem });
  }
  return { running, leftOut };
}

/** Whether an experiment decides lists: its panels have recommenders. Otherwise it is a flag that clients ask for. */
export function decidesLists({ panels }: Experiment): boolean {
  return panels.some(({ recommender }) => recommender !== undefined);
}

/**
 * Why two experiments must not run at once, as a sentence; undefined if they may. A list comes from one recommender, so two experiments that decide lists must
 * never both have the same request: they need disjoint buckets of one layer, or disjoint targets.
 */
export function conflict(experiment: Experiment, other: Experiment): string | undefined {
  if (!decidesLists(experiment) || !decidesLists(other) || haveDisjointTargets(experiment, other)) return undefined;
  const both = `Experiments '${experiment.experiment}' and '${other.experiment}' both decide lists`;
  if (experiment.layerSalt !== other.layerSalt)
    return `${both}, but are in two layers, ${shown(experiment.layerSalt)} and ${shown(other.layerSalt)}; put them into one layer, give them targets without a value in common, or stop one.`;
  if (!overlaps(experiment.layerBuckets, other.layerBuckets)) return undefined;
  return `${both}, with the overlapping buckets ${shown(experiment.layerBuckets)} and ${shown(other.layerBuckets)} of layer ${shown(experiment.layerSalt)}; make them disjoint, give the experiments targets without a value in common, or stop one.`;
}

/** Whether no request fits both: they have an attribute in common, and no value of it. */
export function haveDisjointTargets({ target: a = {} }: Experiment, { target: b = {} }: Experiment): boolean {
  return Object.entries(a).some(([name, values]) => {
    const others = Object.hasOwn(b, name) ? b[name] : undefined;
    return others !== undefined && !values.some((value) => others.includes(value));
  });
}
