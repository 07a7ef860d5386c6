import { BUCKETS, decidesLists } from '@attractions/experiments';
import type { Experiment, Panel } from '@attractions/experiments';
import { DEFAULT_KINDS, popular, sourcesOf } from '@attractions/models';
import type { Generation } from '@attractions/models';
import { createRecommender, kindRecommender, parkClocks, similarIn, situated } from '@attractions/recommender';
import type { Composition, ExperimentFault, Recommender, RunningExperiments } from '@attractions/recommender';

/** Everything that answers are made from. A request takes the reference once, so its answer never mixes two generations. */
export interface Served {
  readonly generation: Generation;
  readonly recommender: Recommender;
  /** Answers with popular lists, which are made in advance; used while the service is too busy for more. */
  readonly popular: Recommender;
  readonly similar: ReturnType<typeof similarIn>;
  /** All that run, those that decide lists and flags. */
  readonly experiments: readonly Experiment[];
  /** Experiments that were stopped, in their last version. */
  readonly stopped: readonly Experiment[];
  /** Experiments that should run and cannot; the others run. */
  readonly experimentFaults: readonly ExperimentFault[];
  /** Made at the first call. */
  panels(): readonly PanelRecommender[];
  /** Whether there are rules: then lists may be shorter than the filters allow. */
  readonly underRules: boolean;
  readonly servedSince: Date;
}

/**
 * Makes a generation ready to serve.
 * @throws ModelsError MODELS_MODEL_INVALID, RECOMMENDER_EXPERIMENT_INVALID
 */
export function serving(
  generation: Generation,
  composition: Composition = {},
  { faults = [], stopped = [] }: Partial<Pick<RunningExperiments, 'faults' | 'stopped'>> = {},
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
    experiments: composition.experiments ?? [],
    stopped,
    experimentFaults: faults,
    panels: () => (panels ??= panelRecommenders(generation, composition)),
    servedSince: new Date(),
  };
}

/** A panel of a running experiment, with a recommender that answers every user as that panel does. */
interface PanelRecommender {
  /** Absent where no experiment decides lists. */
  readonly experiment?: string;
  readonly panel: string;
  readonly recommender: string;
  readonly answers: Recommender;
}

/** The recommender of each panel that decides lists, for every user; only the usual one if there is none. For comparisons, not for serving. */
function panelRecommenders(generation: Generation, composition: Composition): readonly PanelRecommender[] {
  const deciding = (composition.experiments ?? []).filter(decidesLists);
  if (deciding.length === 0)
    return [{ panel: 'everybody', recommender: 'usual', answers: createRecommender(generation, composition) }];
  return deciding.flatMap((experiment) =>
    experiment.panels.map((panel) => ({
      experiment: experiment.experiment,
      panel: panel.name,
      recommender: panel.recommender ?? 'usual',
      answers: createRecommender(generation, { ...composition, experiments: [ofOnePanel(experiment, panel)] }),
    })),
  );
}

/** The experiment as if all users were in one panel. */
function ofOnePanel({ experiment, version, layerSalt, salt }: Experiment, panel: Panel): Experiment {
  const all = [0, BUCKETS] as const;
  return { experiment, version, layerSalt, salt, layerBuckets: all, panels: [{ ...panel, buckets: [all] }] };
}

/** The sources that entries of lists may have. */
export function answerSources({ kinds = DEFAULT_KINDS, recommenders = {} }: Composition = {}): string[] {
  const chain = kinds.filter(({ name }) => name !== popular.name).flatMap(sourcesOf);
  return [...chain, ...Object.keys(recommenders), 'mapping', ...sourcesOf(popular)];
}
