import type { Experiment } from '@attractions/experiments';
import { createRecommender } from '@attractions/recommender';
import type { Composition } from '@attractions/recommender';
import { parkClocks } from '@attractions/recommender';
import { popularRecommender } from '@attractions/recommender';
import type { Recommender } from '@attractions/recommender';
import { similarIn } from '@attractions/recommender';
import { situated } from '@attractions/recommender';
import type { Generation } from '@attractions/models';
import { panelRecommenders } from './panels.js';
import type { PanelRecommender } from './panels.js';

/** All that answers are made of. A request takes the reference once, so its answer never mixes two. */
export interface Served {
  readonly generation: Generation;
  readonly recommender: Recommender;
  /** Answers from lists made beforehand, for when there is no time for more. */
  readonly popular: Recommender;
  readonly similar: ReturnType<typeof similarIn>;
  readonly experiment: Experiment | undefined;
  /** Why the experiment that is wanted does not run. */
  readonly experimentFault: ExperimentFault | undefined;
  /** Made when first asked for. */
  panels(): readonly PanelRecommender[];
  /** Whether rules hold: lists may then be shorter than the filters allow. */
  readonly underRules: boolean;
  readonly servedSince: Date;
}

/** An experiment that is wanted and cannot be run: everybody is answered as if there were none. */
export interface ExperimentFault {
  /** Its update of the feed of experiments; undefined where the feed itself cannot be read, or it came from elsewhere. */
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
      popularRecommender(generation),
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
