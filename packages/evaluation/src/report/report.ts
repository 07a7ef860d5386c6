import type { Attraction, CalibrationBin, EvaluationReport, Segment, WorstRequest } from '@attractions/contracts';
import { itemKnn, popular, popularInPark } from '../baselines.js';
import { EvaluationError } from '../errors.js';
import type { Contender } from '../judge/contender.js';
import { judge } from '../judge/judge.js';
import type { Judgement, JudgeOptions } from '../judge/judge.js';
import type { Split, Request } from '../splits/split.js';
import { listMetricsOf } from './list-metric.js';
import type { ListMetric } from './list-metric.js';
import { byActivity, byPark, everyone, segmentOf } from './segments.js';

/** The recommenders of every report; all others are compared with `popular in park`. */
export const baselines: readonly Contender[] = [popular, popularInPark, itemKnn];

/** How a report is made. */
export interface ReportOptions extends JudgeOptions {
  /** Of the intervals. Defaults: 2000, .95 and 1. */
  readonly resamples?: number;
  readonly confidence?: number;
  readonly seed?: number;
  /** As {@link JudgeOptions.onContender}. */
  readonly onContender?: JudgeOptions['onContender'];
  /** Of your own, beside all others. */
  readonly metrics?: readonly ListMetric[] | undefined;
  /** What metrics of your own are told of the attractions; default: their names and parks. */
  readonly attractions?: readonly Attraction[] | undefined;
}

/** A report and the judgements it was made from. Only the judgements say how long things took, so the report is the same each time. */
export interface DrawnReport {
  readonly report: EvaluationReport;
  readonly judgements: readonly Judgement[];
}

/**
 * Judges the contenders beside the baselines and makes the report.
 * @throws EvaluationError EVALUATION_SCORES_INVALID, EVALUATION_OPTIONS_INVALID, EVALUATION_METRIC_FAILED
 */
export async function drawReport(
  split: Split,
  contenders: readonly Contender[],
  options: ReportOptions = {},
): Promise<DrawnReport> {
  const { k = 5, candidates = 'park', resamples = 2000, confidence = 0.95, seed = 1 } = options;
  const { mayShow, metrics = [], attractions = [] } = options;
  const intervals = { resamples, confidence, seed };
  const all = [...baselines, ...contenders];
  checkNames(all);
  const judgements = await judge(split, all, { k, candidates, mayShow, onContender: options.onContender });
  const baseline = judgements.find(({ name }) => name === popularInPark.name) as Judgement;
  const { training, requests } = split;
  // A group of all requests, such as those of the only park, need not be resampled again.
  const segments = (groups: ReturnType<typeof byPark>, judgement: Judgement, overall: Segment) =>
    groups.map((group) =>
      group.requests.length === requests.length
        ? { ...overall, segment: group.name }
        : segmentOf(group, judgement, baseline, intervals),
    );
  const report: EvaluationReport = {
    protocol: { ...split.protocol, k, candidates, intervals },
    data: {
      trainingVisits: training.users.length,
      visitors: new Set(training.users).size,
      attractions: training.names.attractionIds.length,
      requests: requests.length,
    },
    baseline: baseline.name,
    recommenders: judgements.map((judgement) => {
      const overall = segmentOf(everyone(split), judgement, baseline, intervals);
      return {
        name: judgement.name,
        description: judgement.description,
        metrics: { ...judgement.report.metrics, ...listMetricsOf(metrics, judgement, split, attractions) },
        overall,
        parks: segments(byPark(split), judgement, overall),
        activity: segments(byActivity(split), judgement, overall),
        calibration: calibrationOf(judgement, split.answers),
        worst: worstRequests(judgement, split),
      };
    }),
  };
  return { report, judgements };
}

/** Before anything is learnt. */
function checkNames(all: readonly Contender[]): void {
  const repeated = all.find(({ name }, n) => all.findIndex((other) => other.name === name) !== n);
  if (repeated)
    throw new EvaluationError(
      'EVALUATION_OPTIONS_INVALID',
      `Two recommenders are named '${repeated.name}'; rename one.`,
    );
}

const BINS = 10;

/** All pairs of a request and a candidate, in ten bins of rising score and nearly equal size. */
function calibrationOf({ rankings, scores }: Judgement, answers: readonly Uint32Array[]): CalibrationBin[] {
  const pairs = rankings.flatMap((ranking, request) => {
    const wanted = new Set(answers[request]);
    return Array.from(ranking, (item, place) => ({
      score: scores[request]?.[place] as number,
      answered: wanted.has(item),
    }));
  });
  pairs.sort((a, b) => a.score - b.score);
  return Array.from({ length: BINS }, (_, bin) =>
    pairs.slice(Math.floor((bin * pairs.length) / BINS), Math.floor(((bin + 1) * pairs.length) / BINS)),
  )
    .filter((bin) => bin.length > 0)
    .map((bin) => ({
      pairs: bin.length,
      meanScore: bin.reduce((sum, { score }) => sum + score, 0) / bin.length,
      answered: bin.filter(({ answered }) => answered).length / bin.length,
    }));
}

const WORST = 10;

/** The requests whose best answer has the lowest place in the ranking; of equal places the earlier request comes first. */
function worstRequests({ rankings, report }: Judgement, { requests, answers, training }: Split): WorstRequest[] {
  const { titles, userIds, parks } = training.names;
  const title = (item: number): string => titles[item] as string;
  return rankings
    .map((ranking, request) => {
      const wanted = new Set(answers[request]);
      const found = ranking.findIndex((item) => wanted.has(item));
      return { request, place: found < 0 ? ranking.length + 1 : found + 1, answer: ranking[found] };
    })
    .sort((a, b) => b.place - a.place || a.request - b.request)
    .slice(0, WORST)
    .map(({ request, place, answer }) => {
      const { user, park, time } = requests[request] as Request;
      const ranking = rankings[request] as Uint32Array;
      return {
        userId: userIds[user] as string,
        park: parks[park] as string,
        time: new Date(time).toISOString(),
        answer: title(answer ?? (answers[request]?.[0] as number)),
        place,
        candidates: ranking.length,
        listed: Array.from(ranking.slice(0, report.k), title),
      };
    });
}
