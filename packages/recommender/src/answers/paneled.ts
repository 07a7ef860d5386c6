import type { Experiment } from '@attractions/experiments';
import { RecommenderError } from '../errors.js';
import { assignmentIn } from '@attractions/experiments';
import type { Recommender } from './recommender.js';

/**
 * Sends each user to the recommender of the panel they fall into, always the same one while the experiment's version stands, and names the
 * panel in the answer. Who takes no part is answered by `otherwise`, without a panel: anonymous visitors, users outside the layer's
 * buckets, and buckets that no panel owns.
 *
 * @param recommenders by the names that panels use
 * @param lacking names that are known, though the generation has no model or lists for them; for the message
 * @throws RecommenderError RECOMMENDER_EXPERIMENT_INVALID for overlapping ranges or a name that `recommenders` lacks
 */
export function paneledRecommender(
  experiment: Experiment,
  recommenders: Readonly<Record<string, Recommender>>,
  otherwise: Recommender,
  lacking: readonly string[] = [],
): Recommender {
  const assign = assignmentIn(experiment);
  checkPanels(experiment, Object.keys(recommenders), lacking);
  const byPanel = new Map(experiment.panels.map(({ name, recommender }) => [name, recommenders[recommender]]));
  return {
    recommend(request) {
      const panel = request.userId === undefined ? undefined : assign(request.userId);
      const recommender = panel && byPanel.get(panel.panel);
      if (recommender === undefined) return otherwise.recommend(request);
      return { ...recommender.recommend(request), panel };
    },
  };
}

/**
 * Refuses an experiment with a panel that none of the recommenders at hand can answer.
 *
 * @param lacking names that are known, though the generation has no model or lists for them
 * @throws RecommenderError RECOMMENDER_EXPERIMENT_INVALID
 */
export function checkPanels(
  { experiment, version, panels }: Experiment,
  recommenders: readonly string[],
  lacking: readonly string[],
): void {
  const fault = panels.find(({ recommender }) => !recommenders.includes(recommender));
  if (fault === undefined) return;
  const why = lacking.includes(fault.recommender)
    ? 'for which this generation has no model or lists'
    : 'which nobody knows';
  throw new RecommenderError(
    'RECOMMENDER_EXPERIMENT_INVALID',
    `Experiment '${experiment}' version ${version}: panel '${fault.name}' asks for the recommender '${fault.recommender}', ${why}; give one of: ${recommenders.join(', ')}.`,
  );
}
