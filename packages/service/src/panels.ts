import type { Experiment, Panel } from '@attractions/experiments';
import { createRecommender } from '@attractions/recommender';
import type { Composition } from '@attractions/recommender';
import type { Recommender } from '@attractions/recommender';
import { BUCKETS } from '@attractions/experiments';
import type { Generation } from '@attractions/models';

/** A panel of the running experiment, and how it would answer anybody. */
export interface PanelRecommender {
  readonly panel: string;
  readonly recommender: string;
  readonly answers: Recommender;
}

/** Every panel's recommender, whoever asks; where no experiment runs, the usual one alone. For looking at, not for serving. */
export function panelRecommenders(generation: Generation, composition: Composition): readonly PanelRecommender[] {
  const { experiment } = composition;
  if (experiment === undefined)
    return [{ panel: 'everybody', recommender: 'usual', answers: createRecommender(generation, composition) }];
  return experiment.panels.map((panel) => ({
    panel: panel.name,
    recommender: panel.recommender,
    answers: createRecommender(generation, { ...composition, experiment: ofOnePanel(experiment, panel) }),
  }));
}

/** The experiment as if all users were in one panel. */
function ofOnePanel(experiment: Experiment, panel: Panel): Experiment {
  const all = [0, BUCKETS] as const;
  return { ...experiment, layerBuckets: all, panels: [{ ...panel, buckets: [all] }] };
}
