import type { EvaluationReport } from './evaluation-report.js';

/** Why a value is no report, as a sentence naming the first thing that is wrong; undefined where it is one. */
export function evaluationReportProblem(value: unknown): string | undefined {
  if (!isObject(value)) return 'A report is an object.';
  const { protocol, data, baseline, recommenders } = value;
  if (!isObject(protocol) || typeof protocol['split'] !== 'string') return 'protocol names no split.';
  const counts = ['trainingVisits', 'visitors', 'attractions', 'requests'];
  const missing = isObject(data) ? counts.find((name) => !Number.isSafeInteger(data[name])) : 'object';
  if (missing !== undefined) return `data has no whole number ${missing}.`;
  if (!Array.isArray(recommenders) || recommenders.length === 0) return 'recommenders is no list of at least one.';
  for (const [n, recommender] of recommenders.entries()) {
    const problem = recommenderProblem(recommender);
    if (problem !== undefined) return `Recommender ${n + 1}: ${problem}`;
  }
  const names = recommenders.map(({ name }) => name);
  return names.includes(baseline)
    ? undefined
    : `The baseline ${JSON.stringify(baseline)} is not among the recommenders.`;
}

/** Tells whether a value is a report. */
export function isEvaluationReport(value: unknown): value is EvaluationReport {
  return evaluationReportProblem(value) === undefined;
}

function recommenderProblem(value: unknown): string | undefined {
  if (!isObject(value)) return 'it is no object.';
  if (typeof value['name'] !== 'string' || value['name'] === '') return 'it has no name.';
  const { metrics, overall } = value;
  if (!isObject(metrics) || !Object.values(metrics).every(Number.isFinite)) return 'metrics is no object of numbers.';
  const lists = ['parks', 'activity', 'calibration', 'worst'];
  const missing = lists.find((name) => !Array.isArray(value[name]));
  if (missing !== undefined) return `${missing} is no list.`;
  const segments = [overall, ...(value['parks'] as unknown[]), ...(value['activity'] as unknown[])];
  return segments.every(isSegment)
    ? undefined
    : 'a segment lacks its requests, or the hitRate or ndcg of its measures.';
}

function isSegment(value: unknown): boolean {
  if (!isObject(value) || !Number.isSafeInteger(value['requests']) || !isObject(value['measures'])) return false;
  const { hitRate, ndcg } = value['measures'];
  return [hitRate, ndcg].every(
    (measure) => isInterval(measure) && isObject(measure) && isInterval(measure['difference']),
  );
}

function isInterval(value: unknown): boolean {
  return isObject(value) && ['mean', 'low', 'high'].every((name) => Number.isFinite(value[name]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
