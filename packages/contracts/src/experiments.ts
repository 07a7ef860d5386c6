import { experimentSchema, putProblem } from '@attractions/experiments';
import type { Experiment } from '@attractions/experiments';
import type { FeedContract } from '@attractions/feeds';

import { jsonFeed } from './document.js';

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
  return jsonFeed<typeof experimentSchema, Experiment>({
    path: 'experiments/config/v1.0',
    version: '1.1',
    description: 'Immutable versions of experiments.',
    schema: experimentSchema,
    putProblem: (experiment) => putProblem(experiment, recommenders),
  });
}
