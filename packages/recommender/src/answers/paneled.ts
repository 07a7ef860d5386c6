import { assignmentIn, decidesLists } from '@attractions/experiments';
import type { Experiment, PanelOf } from '@attractions/experiments';
import { RecommenderError } from '../errors.js';
import { interleavedRecommender } from './interleaved.js';
import type { RecommendationRequest, Recommender } from './recommender.js';

/**
 * Sends each user to the recommender of their panel, and names the panel in the answer. A user keeps the panel while the version of the experiment runs.
 * `otherwise` answers those who take no part, without a panel: anonymous visitors, users outside the buckets of the layer, users in buckets that no panel
 * owns, users held out, and requests that no target fits. Where an experiment forces a panel on a user, it goes before all others.
 *
 * Targets see only the `attributes` of the request; `situated` puts the park that was asked for among them.
 *
 * @param experiments those without recommenders are left out. At most one of them takes a request, unless it is forced
 * @param recommenders by the names that panels use
 * @param lacking known names for which the generation has no model or lists; for the message
 * @throws ExperimentsError EXPERIMENTS_EXPERIMENT_INVALID for overlapping ranges
 * @throws RecommenderError RECOMMENDER_EXPERIMENT_INVALID for a name that is not in `recommenders`
 */
export function paneledRecommender(
  experiments: readonly Experiment[],
  recommenders: Readonly<Record<string, Recommender>>,
  otherwise: Recommender,
  lacking: readonly string[] = [],
): Recommender {
  const deciding = experiments.filter(decidesLists);
  for (const experiment of deciding) checkPanels(experiment, Object.keys(recommenders), lacking);
  const panelOf = decidingPanel(deciding);
  const answering = new Map(
    deciding.map((experiment) => [experiment.experiment, answersOf(experiment, recommenders)] as const),
  );
  return {
    recommend(request) {
      const panel = panelOf(request);
      const recommender = panel && answering.get(panel.experiment)?.(panel);
      if (recommender === undefined) return otherwise.recommend(request);
      return { ...recommender.recommend(request), panel };
    },
  };
}

/** What answers each panel; the panels of an interleaving experiment answer together, whichever a user is in. A forced panel answers alone. */
function answersOf(
  { design, panels, salt }: Experiment,
  recommenders: Readonly<Record<string, Recommender>>,
): (panel: PanelOf) => Recommender | undefined {
  const teams = panels.flatMap(({ name, recommender = '' }) => {
    const found = recommenders[recommender];
    return found === undefined ? [] : [{ panel: name, recommender: found }];
  });
  const alone = new Map(teams.map(({ panel, recommender }) => [panel, recommender]));
  const [a, b] = teams;
  const both = design === 'interleaving' && a && b ? interleavedRecommender(salt, a, b) : undefined;
  return ({ panel, forced }) => (both !== undefined && !forced ? both : alone.get(panel));
}

/** The panel that decides the list of a request: the first that is forced, or else the first that the hash gives. */
function decidingPanel(experiments: readonly Experiment[]): (request: RecommendationRequest) => PanelOf | undefined {
  const assignments = experiments.map(assignmentIn);
  return ({ userId, attributes }) => {
    if (userId === undefined) return undefined;
    let assigned: PanelOf | undefined;
    for (const assignment of assignments) {
      const panel = assignment(userId, attributes);
      if (panel?.forced) return panel;
      assigned ??= panel;
    }
    return assigned;
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
