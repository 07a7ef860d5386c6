import { json } from '@attractions/feeds';
import type { FeedContract, Field } from '@attractions/feeds';
import { FeedsError } from '@attractions/feeds';
import { experimentProblem, putProblem } from '@attractions/experiments';
import type { Experiment } from '@attractions/experiments';

const schema: readonly Field[] = [
  { name: 'experiment', type: 'utf8', nullable: false, description: 'Name of the experiment.' },
  { name: 'version', type: 'int32', nullable: false, description: 'From 1; any change is a new version.' },
  { name: 'layerSalt', type: 'utf8', nullable: false, description: 'Hashed to decide whether a user takes part.' },
  { name: 'layerBuckets', type: 'json', nullable: false, description: '`[from, to)` of the layer that takes part.' },
  { name: 'salt', type: 'utf8', nullable: false, description: 'Hashed to decide the panel.' },
  { name: 'panels', type: 'json', nullable: false, description: 'Panels with their recommender and disjoint buckets.' },
];

/**
 * Experiments, each update one immutable version of one. JSON. A panel may name any recommender: which of them there are depends on the kinds of model that
 * are on where it runs, and a reader decides itself what it can run.
 */
export const experiments: FeedContract<Experiment> = experimentsOf();

/**
 * The same feed for a program that knows its recommenders, and refuses to put an experiment with a panel of another one:
 * `experimentsOf([...DEFAULT_KIND_NAMES, 'mapping', 'mine'])`.
 */
export function experimentsOf(recommenders?: readonly string[]): FeedContract<Experiment> {
  return {
    path: 'experiments/config/v1.0',
    description: 'Immutable versions of experiments.',
    schema,
    codec: json(asExperiment, (experiment) => refuse(putProblem(experiment, recommenders))),
  };
}

function asExperiment(value: unknown): Experiment {
  refuse(experimentProblem(value));
  return value as Experiment;
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new FeedsError('FEEDS_VALUE_INVALID', problem);
}
