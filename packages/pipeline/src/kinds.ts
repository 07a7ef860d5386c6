import { demoExperiment } from '@attractions/experiments';
import type { Experiment } from '@attractions/experiments';
import { BUILT_IN_KINDS, kindsNamed } from '@attractions/models';
import type { ScoringKind } from '@attractions/models';
import { namesIn } from '@attractions/models/settings';

import type { OwnParts } from './own-parts.js';
import type { PipelineConfig } from './settings.js';

/** The kinds of model that are on, without their training, which takes a while to import. */
export const scoringKindsIn = (
  { models }: Pick<PipelineConfig, 'models'>,
  own: Pick<OwnParts, 'models'> = {},
): readonly ScoringKind[] => kindsNamed<ScoringKind>(own.models ?? namesIn(models), BUILT_IN_KINDS);

/** The demo experiment where ALS is on, else the same with the kind that is tried first. */
export function demoOf(kinds: readonly Pick<ScoringKind, 'name'>[]): Experiment {
  const [first] = kinds;
  if (first === undefined || kinds.some(({ name }) => name === 'als')) return demoExperiment;
  const panels = demoExperiment.panels.map((panel) =>
    panel.recommender === 'als' ? { ...panel, recommender: first.name } : panel,
  );
  return { ...demoExperiment, panels };
}
