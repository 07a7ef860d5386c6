import type { EvaluationReport } from '@attractions/contracts';

import { EvaluationError } from '../errors.js';
import { judge } from '../judge/judge.js';
import type { Judgement, JudgeOptions } from '../judge/judge.js';
import type { Contender } from '../judge/contender.js';
import { itemKnn } from '../baselines/item-knn.js';
import { popular } from '../baselines/popular.js';
import { popularInPark } from '../baselines/popular-in-park.js';
import type { Split } from '../splits/split.js';
import { calibrationOf } from './calibration.js';
import { byActivity, byPark, everyone, segmentOf } from './segments.js';
import { worstRequests } from './worst-requests.js';

/** What every report has, and what `popular in park` all others are compared with. */
export const baselines: readonly Contender[] = [popular, popularInPark, itemKnn];

/** How a report is drawn up. */
export interface ReportOptions extends JudgeOptions {
  /** Of the intervals. Defaults 2000, .95 and 1. */
  readonly resamples?: number;
  readonly confidence?: number;
  readonly seed?: number;
}

/** A report and what it was drawn from. How long things took is in the judgements alone, so the report is the same each time. */
export interface DrawnReport {
  readonly report: EvaluationReport;
  readonly judgements: readonly Judgement[];
}

/**
 * Judges the contenders beside the baselines and draws up the report.
 * @throws EvaluationError EVALUATION_SCORES_INVALID, EVALUATION_OPTIONS_INVALID
 */
export async function drawReport(
  split: Split,
  contenders: readonly Contender[],
  options: ReportOptions = {},
): Promise<DrawnReport> {
  const { k = 5, candidates = 'park', resamples = 2000, confidence = 0.95, seed = 1 } = options;
  const intervals = { resamples, confidence, seed };
  const judgements = await judge(split, [...baselines, ...contenders], { k, candidates });
  const baseline = judgements.find(({ name }) => name === popularInPark.name) as Judgement;
  const repeated = judgements.find(({ name }, n) => judgements.findIndex((other) => other.name === name) !== n);
  if (repeated)
    throw new EvaluationError(
      'EVALUATION_OPTIONS_INVALID',
      `Two recommenders are named '${repeated.name}'; rename one.`,
    );
  const segments = (groups: ReturnType<typeof byPark>, judgement: Judgement) =>
    groups.map((group) => segmentOf(group, judgement, baseline, intervals));
  const { training, requests } = split;
  const report: EvaluationReport = {
    protocol: { ...split.protocol, k, candidates, intervals },
    data: {
      trainingVisits: training.users.length,
      visitors: new Set(training.users).size,
      attractions: training.names.attractionIds.length,
      requests: requests.length,
    },
    baseline: baseline.name,
    recommenders: judgements.map((judgement) => ({
      name: judgement.name,
      description: judgement.description,
      metrics: judgement.report.metrics,
      overall: segmentOf(everyone(split), judgement, baseline, intervals),
      parks: segments(byPark(split), judgement),
      activity: segments(byActivity(split), judgement),
      calibration: calibrationOf(judgement, split.answers),
      worst: worstRequests(judgement, split),
    })),
  };
  return { report, judgements };
}
