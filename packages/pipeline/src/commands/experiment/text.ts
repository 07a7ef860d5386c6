import type { Experiment } from '@attractions/experiments';

/** What an experiment is from now on, in sentences. */
export function changedText(what: string, experiment: Experiment): string {
  const { layer, layerSalt, layerBuckets, panels, target = {}, holdout, forced = {}, design, winner } = experiment;
  const targets = Object.entries(target).map(([name, values]) => `${name} is ${values.join(' or ')}`);
  const testers = Object.keys(forced).length;
  return [
    `${what} '${experiment.experiment}', version ${experiment.version}: ${percent([layerBuckets])} of layer '${layer ?? layerSalt}'${targets.length === 0 ? '' : `, where ${targets.join(' and ')}`}.`,
    `Panels${design === 'interleaving' ? ', interleaved' : ''}: ${panels.map((panel) => `${namedText(panel)} ${percent(panel.buckets)}`).join(', ')}.`,
    ...(holdout ? [`Held out: ${percent([holdout.buckets])} of all users.`] : []),
    ...(testers > 0 ? [`Testers: ${testers}.`] : []),
    ...(winner === undefined ? [] : [`Winner: ${winner}.`]),
  ].join('\n');
}

/** `als`, or `control (popular)` where the recommender has another name. */
export function namedText({
  name,
  recommender,
}: {
  readonly name: string;
  readonly recommender?: string | undefined;
}): string {
  return recommender === undefined || recommender === name ? name : `${name} (${recommender})`;
}

function percent(ranges: readonly (readonly [from: number, to: number])[]): string {
  return `${ranges.reduce((sum, [from, to]) => sum + to - from, 0) / 100} %`;
}
