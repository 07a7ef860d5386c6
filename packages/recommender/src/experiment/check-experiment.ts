import type { Experiment } from '@attractions/feeds';
import { RecommenderError } from '../errors.js';
import { BUCKETS } from './bucket.js';

type Range = Experiment['layerBuckets'];

/**
 * Refuses an experiment whose assignment would be ambiguous. Panels need not own every bucket.
 * @throws RecommenderError RECOMMENDER_EXPERIMENT_INVALID, with the first fault
 */
export function checkExperiment({ experiment, version, layerBuckets, panels }: Experiment): void {
  const refuse = (fault: string) => {
    throw new RecommenderError(
      'RECOMMENDER_EXPERIMENT_INVALID',
      `Experiment '${experiment}' version ${version}: ${fault}`,
    );
  };
  const names = panels.map(({ name }) => name);
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (panels.length === 0) refuse('it has no panels; give at least one.');
  if (twice !== undefined) refuse(`two panels are called '${twice}'; give each its own name.`);

  const owned = panels.flatMap(({ name, buckets }) => buckets.map((range) => ({ owner: `panel '${name}'`, range })));
  for (const { owner, range } of [{ owner: 'the layer', range: layerBuckets }, ...owned])
    if (!isRange(range))
      refuse(`${owner} has buckets ${inWords(range)}; give two whole numbers that rise, within 0 to ${BUCKETS}.`);

  const rising = owned.toSorted((a, b) => a.range[0] - b.range[0]);
  rising.forEach((later, n) => {
    const earlier = rising[n - 1];
    if (earlier !== undefined && later.range[0] < earlier.range[1])
      refuse(
        `${earlier.owner} and ${later.owner} both own bucket ${later.range[0]}; make ${inWords(earlier.range)} and ${inWords(later.range)} disjoint.`,
      );
  });
}

function isRange([from, to]: Range): boolean {
  return Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from < to && to <= BUCKETS;
}

function inWords([from, to]: Range): string {
  return `[${from}, ${to})`;
}
