/** What judges models. Commands load it when they are run: `attractions run` does without, and starts sooner. */
import { runEvaluate, runValidate } from '@attractions/evaluation';
import type { EvaluateSummary, ValidateSummary } from '@attractions/evaluation';

import { candidateOf } from './candidate.js';
import type { PipelineContext } from './commands/command.js';
import { contendersOf } from './contenders/contenders.js';

export { runExperiment } from '@attractions/evaluation';
export { evaluateLists, listEvaluationText } from './evaluate-lists.js';
export { tune } from './tuning/tune.js';

/** The latest model beside all contenders. */
export function evaluateVisits({ config, store, logger, signal }: PipelineContext): Promise<EvaluateSummary> {
  return runEvaluate(config, { store, logger, signal, contenders: contendersOf(config, { signal, logger }) });
}

/** The gate, for one model or the latest. */
export function validateModel(model: number | undefined, context: PipelineContext): Promise<ValidateSummary> {
  const { config, store, logger, signal } = context;
  return runValidate(config, { store, logger, signal, model, candidateOf });
}
