import type { Attraction, RecommendationRequest } from '@attractions/contracts';
import { EvaluationError } from '../errors.js';
import type { Judgement } from '../judge/judge.js';
import { recommendationRequestOf } from '../splits/split.js';
import type { Request, Split } from '../splits/split.js';
import { visitorsOf } from '../visit-log.js';

/** A metric of your own: a value for each request, of which a report has the mean. `metricCases` of `@attractions/evaluation/testing` are the contract. */
export interface ListMetric {
  /** What reports call it; unique. */
  readonly name: string;
  /** The value of one list: a finite number, always the same for the same list. */
  of(judged: JudgedList): number;
}

/** One list of a recommender, and what it should have found. */
export interface JudgedList {
  /** Best first, as many as count at most. */
  readonly list: readonly Attraction[];
  readonly answers: readonly Attraction[];
  /** As a client would send it; all of its visits are in one park. */
  readonly request: RecommendationRequest;
  /** Distinct visitors of an attraction in the visits that recommenders learnt from. */
  visitorsOf(attraction: Attraction): number;
}

/**
 * The means of metrics over all requests, by their names.
 * @throws EvaluationError EVALUATION_METRIC_FAILED
 */
export function listMetricsOf(
  metrics: readonly ListMetric[],
  { name, rankings, report }: Judgement,
  { training, requests, answers }: Split,
  attractions: readonly Attraction[],
): Readonly<Record<string, number>> {
  if (metrics.length === 0) return {};
  const { attractionIds, titles, parks, parkOf } = training.names;
  const known = new Map(attractions.map((attraction) => [attraction.attractionId, attraction]));
  const all = attractionIds.map((attractionId, item): Attraction => {
    const park = parks[parkOf[item] as number] as string;
    return known.get(attractionId) ?? { attractionId, park, name: titles[item] as string, themes: [] };
  });
  const visitors = visitorsOf(training);
  const itemOf = new Map(all.map(({ attractionId }, item) => [attractionId, item]));
  const named = (items: Uint32Array) => Array.from(items, (item) => all[item] as Attraction);
  const lists = rankings.map((ranking, n): JudgedList => ({
    list: named(ranking.subarray(0, report.k)),
    answers: named(answers[n] as Uint32Array),
    request: recommendationRequestOf(requests[n] as Request, training.names, report.k),
    visitorsOf: ({ attractionId }) => visitors[itemOf.get(attractionId) ?? -1] ?? 0,
  }));
  return Object.fromEntries(metrics.map((metric) => [metric.name, meanOf(metric, lists, name)]));
}

function meanOf(metric: ListMetric, lists: readonly JudgedList[], recommender: string): number {
  let sum = 0;
  for (const judged of lists) {
    const value = valueOf(metric, judged);
    if (Number.isFinite(value)) sum += value;
    else throw failed(metric, `it gave ${value} for a list of '${recommender}'; give a finite number`);
  }
  return sum / lists.length;
}

function valueOf(metric: ListMetric, judged: JudgedList): number {
  try {
    return metric.of(judged);
  } catch (cause) {
    throw failed(metric, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function failed({ name }: ListMetric, reason: string, cause?: unknown): EvaluationError {
  return new EvaluationError('EVALUATION_METRIC_FAILED', `The metric '${name}' failed: ${reason}.`, { cause });
}
