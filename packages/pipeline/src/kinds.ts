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
