/** Evaluation for commands. Commands import this when they run, so that `attractions run` starts sooner. */
import { runEvaluate, runValidate } from '@attractions/evaluation';
import type { EvaluateSummary, ModelSubject, ValidateSummary } from '@attractions/evaluation';

import { candidateOf, mayShowUnder } from './candidate.js';
import type { PipelineContext } from './commands/command.js';
import { contendersOf } from './contenders/contenders.js';
import { scoringKindsIn } from './kinds.js';
import { trainedKindsIn } from './training.js';

export { evaluationText } from './evaluation-text.js';
export { evaluateLists, listEvaluationText } from './evaluate-lists.js';
export { recorded } from './recorded.js';
export { tune } from './tuning/tune.js';

/** The latest model beside all contenders, under the rules and with the written lists of the configuration. */
export function evaluateVisits(context: PipelineContext, runId?: string): Promise<EvaluateSummary> {
  const { config, store, logger, signal, progress, own } = context;
  const kinds = scoringKindsIn(config, own);
  return runEvaluate(config, {
    store,
    logger,
    signal,
    progress,
    kinds,
    contenders: contendersOf(config, context),
    metrics: own?.metrics,
    ...(runId !== undefined && { runId }),
    mayShowOf: ({ attractions }) => mayShowUnder(own?.rules, attractions),
  });
}

/** The gate, for one model or the latest, under the rules and with the written lists of the configuration. */
export function validateModel(model: number | undefined, context: PipelineContext): Promise<ValidateSummary> {
  const { config, store, logger, signal, progress, own } = context;
  const kinds = trainedKindsIn(config, own);
  const answered = (subject: ModelSubject) => candidateOf(subject, { ...own, kinds });
  return runValidate(config, { store, logger, signal, progress, model, kinds, candidateOf: answered });
}
