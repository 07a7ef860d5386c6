import { json } from '../codec/json.js';
import type { FeedContract, Field } from '../contract.js';
import { FeedsError } from '../errors.js';
import { experimentProblem, PANEL_RECOMMENDERS, putProblem } from './experiment-problem.js';

/** One immutable version of one experiment; any change is a new version. Bucket arithmetic: `v1` of the design, 10,000 buckets. */
export interface Experiment {
  readonly experiment: string;
  /** From 1 to 2147483647. */
  readonly version: number;
  /** Hashed to decide whether a user takes part; experiments that share it exclude each other by disjoint ranges. */
  readonly layerSalt: string;
  /** Buckets of the layer that take part, `[from, to)` within 0..10000. */
  readonly layerBuckets: readonly [number, number];
  /** Hashed to decide the panel. */
  readonly salt: string;
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly name: string;
  /** Names a recommender that the service composes; `PANEL_RECOMMENDERS` are those of this release. */
  readonly recommender: string;
  /** Bucket ranges `[from, to)` this panel owns; all panels' ranges are disjoint. */
  readonly buckets: readonly (readonly [number, number])[];
}

const schema: readonly Field[] = [
  { name: 'experiment', type: 'utf8', nullable: false, description: 'Name of the experiment.' },
  { name: 'version', type: 'int32', nullable: false, description: 'From 1; any change is a new version.' },
  { name: 'layerSalt', type: 'utf8', nullable: false, description: 'Hashed to decide whether a user takes part.' },
  { name: 'layerBuckets', type: 'json', nullable: false, description: '`[from, to)` of the layer that takes part.' },
  { name: 'salt', type: 'utf8', nullable: false, description: 'Hashed to decide the panel.' },
  { name: 'panels', type: 'json', nullable: false, description: 'Panels with their recommender and disjoint buckets.' },
];

/**
 * Experiments, each update one immutable version of one. JSON. A put is refused where a panel names a recommender that is not among
 * `PANEL_RECOMMENDERS`; a reader takes any name, and decides itself what it can run.
 */
export const experiments: FeedContract<Experiment> = experimentsOf(PANEL_RECOMMENDERS);

/** The same feed for a program that has other recommenders: `experimentsOf([...PANEL_RECOMMENDERS, 'mine'])`. */
export function experimentsOf(recommenders: readonly string[]): FeedContract<Experiment> {
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
