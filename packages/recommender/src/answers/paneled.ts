import type { Experiment } from '@attractions/experiments';
import { RecommenderError } from '../errors.js';
import { assignmentIn } from '@attractions/experiments';
import type { Recommender } from './recommender.js';

/**
 * Sends each user to the recommender of their panel, and names the panel in the answer. A user keeps the panel while the version of the experiment runs.
 * `otherwise` answers those who take no part, without a panel: anonymous visitors, users outside the buckets of the layer, and users in buckets that no panel
 * owns.
 *
 * @param recommenders by the names that panels use
 * @param lacking known names for which the generation has no model or lists; for the message
 * @throws RecommenderError RECOMMENDER_EXPERIMENT_INVALID for overlapping ranges, or a name that is not in `recommenders`
 */
export function paneledRecommender(
  experiment: Experiment,
  recommenders: Readonly<Record<string, Recommender>>,
  otherwise: Recommender,
  lacking: readonly string[] = [],
): Recommender {
  const assign = assignmentIn(experiment);
  checkPanels(experiment, Object.keys(recommenders), lacking);
  const byPanel = new Map(
    experiment.panels.map(({ name, recommender }) => [
      name,
      recommender === undefined ? undefined : recommenders[recommender],
    ]),
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

/**
 * Refuses an experiment with a panel whose recommender is not available.
 *
 * @param lacking known names for which the generation has no model or lists
 * @throws RecommenderError RECOMMENDER_EXPERIMENT_INVALID
 */
export function checkPanels(
  { experiment, version, panels }: Experiment,
  recommenders: readonly string[],
  lacking: readonly string[],
): void {
  const fault = panels.find(({ recommender }) => recommender !== undefined && !recommenders.includes(recommender));
  if (fault?.recommender === undefined) return;
  const why = lacking.includes(fault.recommender)
    ? 'for which this generation has no model or lists'
    : 'which is unknown';
  throw new RecommenderError(
    'RECOMMENDER_EXPERIMENT_INVALID',
    `Experiment '${experiment}' version ${version}: panel '${fault.name}' names the recommender '${fault.recommender}', ${why}; give one of: ${recommenders.join(', ')}.`,
  );
}
