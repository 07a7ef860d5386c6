/** Kinds of model with their training. Imported only where something is trained, since it takes a while. */
import { kindsToTrain, trainedKinds } from '@attractions/als-trainer';
import { optionsOf } from '@attractions/als-trainer/settings';
import type { AlsOptions } from '@attractions/als-trainer';
import type { AlsGeneration, VisitsTable } from '@attractions/contracts';
import { DEFAULT_KIND_NAMES, alsScoring, kindsNamed } from '@attractions/models';
import type { ModelKind, TrainingRun } from '@attractions/models';
import { namesIn } from '@attractions/models/settings';

import type { PipelineContext } from './commands/command.js';
import type { OwnParts } from './own-parts.js';
import type { PipelineConfig } from './settings.js';

/** The kinds of model that are on. */
export const trainedKindsIn = (
  config: PipelineConfig,
  own: Pick<OwnParts, 'models'> = {},
  options: Partial<AlsOptions> = optionsOf(config),
): readonly ModelKind[] => kindsNamed(own.models ?? namesIn(config.models), trainedKinds(options));

/** All built-in kinds, ALS on what the settings train it on, and those of them that are on. */
export function kindsToRun(
  config: PipelineConfig,
  own: Pick<OwnParts, 'models'>,
  { logger }: Pick<PipelineContext, 'logger'>,
): { readonly builtIn: readonly ModelKind[]; readonly kinds: readonly ModelKind[] } {
  const builtIn = kindsToTrain(config, { logger });
  return { builtIn, kinds: kindsNamed(own.models ?? namesIn(config.models), builtIn) };
}

/** The kinds that are on by default, ALS with these options. */
export const usualKinds = (options: Partial<AlsOptions> = {}): readonly ModelKind[] =>
  kindsNamed(DEFAULT_KIND_NAMES, trainedKinds(options));

/**
 * Trains ALS, listed or not, since the number of its update names the generation; and the other kinds, by their names. The result is the input of
 * `generationOf`.
 */
export async function trainedOn(
  visits: VisitsTable,
  kinds: readonly ModelKind[],
  run: TrainingRun,
  builtIn: readonly ModelKind[] = trainedKinds(),
): Promise<{ model: AlsGeneration; models: Record<string, unknown> }> {
  const als = [...kinds, ...builtIn].find(({ name }) => name === alsScoring.name) as ModelKind<AlsGeneration>;
  const model = await als.train(visits, run as TrainingRun<AlsGeneration>);
  const models: Record<string, unknown> = {};
  for (const kind of kinds) if (kind.of === undefined) models[kind.name] = await kind.train(visits, run);
  return { model, models };
}
