import type { Experiment } from '@attractions/feeds';
import { RecommenderError } from '../errors.js';
import { assignmentIn } from '../experiment/assignment.js';
import type { Recommender } from './recommender.js';

/**
 * Sends each user to the recommender of the panel they fall into, always the same one while the experiment's version stands, and names the
 * panel in the answer. Who takes no part is answered by `otherwise`, without a panel: anonymous visitors, users outside the layer's
 * buckets, and buckets that no panel owns.
 *
 * @param recommenders by the names that panels use
 * @throws RecommenderError RECOMMENDER_EXPERIMENT_INVALID for overlapping ranges or a name that `recommenders` lacks
 */
export function paneledRecommender(
  experiment: Experiment,
  recommenders: Readonly<Record<string, Recommender>>,
  otherwise: Recommender,
): Recommender {
  const assign = assignmentIn(experiment);
  const byPanel = new Map(
    experiment.panels.map(({ name, recommender }) => [name, named(recommenders, recommender, name)]),
  );
  return {
    recommend(request) {
      const panel = request.userId === undefined ? undefined : assign(request.userId);
      const recommender = panel && byPanel.get(panel.panel);
      if (recommender === undefined) return otherwise.recommend(request);
      return { ...recommender.recommend(request), panel };
    },
  };
}

function named(recommenders: Readonly<Record<string, Recommender>>, name: string, panel: string): Recommender {
  const found = Object.hasOwn(recommenders, name) ? recommenders[name] : undefined;
  if (found !== undefined) return found;
  throw new RecommenderError(
    'RECOMMENDER_EXPERIMENT_INVALID',
    `Panel '${panel}' asks for the recommender '${name}'; give one of: ${Object.keys(recommenders).join(', ')}.`,
  );
}
