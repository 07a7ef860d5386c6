import { BUCKETS } from '@attractions/experiments';
import type { Experiment, Panel } from '@attractions/experiments';
import { DEFAULT_KINDS, popular, sourcesOf } from '@attractions/models';
import type { Generation } from '@attractions/models';
import { createRecommender, kindRecommender, parkClocks, similarIn, situated } from '@attractions/recommender';
import type { Composition, Recommender } from '@attractions/recommender';

/** Everything that answers are made from. A request takes the reference once, so its answer never mixes two generations. */
export interface Served {
  readonly generation: Generation;
  readonly recommender: Recommender;
  /** Answers with popular lists, which are made in advance; used while the service is too busy for more. */
  readonly popular: Recommender;
  readonly similar: ReturnType<typeof similarIn>;
  readonly experiment: Experiment | undefined;
  /** Why the wanted experiment does not run. */
  readonly experimentFault: ExperimentFault | undefined;
  /** Made at the first call. */
  panels(): readonly PanelRecommender[];
  /** Whether there are rules: then lists may be shorter than the filters allow. */
  readonly underRules: boolean;
  readonly servedSince: Date;
}

/** A wanted experiment that cannot run: all users get answers as if there were no experiment. */
export interface ExperimentFault {
  /** Its update in the feed of experiments; undefined if the feed cannot be read, or the experiment is not from the feed. */
  readonly update: number | undefined;
  /** `'demo' version 3`; absent where it cannot be read. */
  readonly name?: string;
  readonly code: string;
  readonly error: unknown;
}

/**
 * Makes a generation ready to serve.
 * @throws ModelsError MODELS_MODEL_INVALID, RECOMMENDER_EXPERIMENT_INVALID
 */
export function serving(
  generation: Generation,
  composition: Composition = {},
  experimentFault?: ExperimentFault,
): Served {
  let panels: readonly PanelRecommender[] | undefined;
  return {
    generation,
    recommender: createRecommender(generation, composition),
    popular: situated(
      generation,
      kindRecommender(generation, popular),
      composition.clocks ?? parkClocks(),
      composition.rules,
    ),
    similar: similarIn(generation, composition),
    underRules: (composition.rules ?? []).length > 0,
    experiment: composition.experiment,
    experimentFault,
    panels: () => (panels ??= panelRecommenders(generation, composition)),
    servedSince: new Date(),
  };
}

/** A panel of the running experiment, with a recommender that answers every user as that panel does. */
interface PanelRecommender {
  readonly panel: string;
  readonly recommender: string;
  readonly answers: Recommender;
}

/** The recommender of each panel, for every user; only the usual one if no experiment runs. For comparisons, not for serving. */
function panelRecommenders(generation: Generation, composition: Composition): readonly PanelRecommender[] {
  const { experiment } = composition;
  if (experiment === undefined)
    return [{ panel: 'everybody', recommender: 'usual', answers: createRecommender(generation, composition) }];
  return experiment.panels.map((panel) => ({
    panel: panel.name,
    recommender: panel.recommender ?? 'usual',
    answers: createRecommender(generation, { ...composition, experiment: ofOnePanel(experiment, panel) }),
  }));
}

/** The experiment as if all users were in one panel. */
function ofOnePanel(experiment: Experiment, panel: Panel): Experiment {
  const all = [0, BUCKETS] as const;
  return { ...experiment, layerBuckets: all, panels: [{ ...panel, buckets: [all] }] };
}

/** The sources that entries of lists may have. */
export function answerSources({ kinds = DEFAULT_KINDS, recommenders = {} }: Composition = {}): string[] {
  const chain = kinds.filter(({ name }) => name !== popular.name).flatMap(sourcesOf);
  return [...chain, ...Object.keys(recommenders), 'mapping', ...sourcesOf(popular)];
}
