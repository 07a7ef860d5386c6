import { json } from '../codec/json.js';
import type { FeedContract, Field } from '../contract.js';
import { FeedsError } from '../errors.js';
import { experimentProblem, isExperiment } from './experiment-problem.js';

/** One immutable version of one experiment; any change is a new version. Bucket arithmetic: `v1` of the design, 10,000 buckets. */
export interface Experiment {
  readonly experiment: string;
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
  /** Names a recommender that the service composes: `als`, `popular`, `mapping`, … */
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

/** Experiments, each update one immutable version of one. JSON. */
export const experiments: FeedContract<Experiment> = {
  path: 'experiments/config/v1.0',
  description: 'Immutable versions of experiments.',
  schema,
  codec: json(asExperiment),
};

function asExperiment(value: unknown): Experiment {
  if (isExperiment(value)) return value;
  throw new FeedsError('FEEDS_VALUE_INVALID', experimentProblem(value) ?? 'The value is no experiment.');
}
