import type { EvaluationReport } from '@attractions/contracts';

import type { ModelSubject } from '../subject.js';
import { visitLogOf } from '../visit-log.js';
import type { Candidate, CheckResult, GateLimits, GateProgress } from './candidate.js';
import { figuresOf } from './figures.js';
import { fitCheck, historiesOf, monotoneCheck } from './fit.js';
import { listChecks } from './lists.js';
import { finiteCheck, kindsFault, vocabularyCheck } from './parts.js';

/** The result of all checks. */
export interface Verdict {
  readonly passed: boolean;
  readonly checks: readonly CheckResult[];
  /** Absent where the parts of the model do not fit, so that it cannot answer. */
  readonly report?: EvaluationReport;
}

/**
 * Checks a model before it is served. A model whose parts do not fit is not asked for lists; for every other model all checks are made, so that
 * one run shows all that is wrong.
 *
 * @param candidateOf called for a model whose parts fit.
 */
export async function judgeModel(
  subject: ModelSubject,
  candidateOf: (subject: ModelSubject) => Candidate,
  limits: GateLimits,
  progress: GateProgress = {},
): Promise<Verdict> {
  const log = visitLogOf(subject.visits, subject.attractions);
  const [vocabulary, finite] = [vocabularyCheck(subject, log), finiteCheck(subject)];
  const fault = vocabulary.passed && finite.passed ? kindsFault(subject) : undefined;
  const parts = [fault === undefined ? vocabulary : { ...vocabulary, passed: false, found: fault }, finite];
  if (!parts.every(({ passed }) => passed)) return { passed: false, checks: parts };
  const candidate = candidateOf(subject);
  const histories = historiesOf(subject, log);
  const behaviour = [
    fitCheck(subject, histories),
    monotoneCheck(candidate, histories),
    ...listChecks(candidate, histories, limits, progress),
  ];
  const { report, checks } = await figuresOf(candidate, log, limits, progress);
  const all = [...parts, ...behaviour, ...checks];
  return { passed: all.every(({ passed }) => passed), checks: all, report };
}
