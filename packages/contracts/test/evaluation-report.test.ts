import { describe, expect, test } from '@jest/globals';

import { evaluationReport } from '../src/evaluation-report.js';
import { trials } from '../src/trials.js';
import type { EvaluationReport } from '../src/evaluation-report.js';
import type { Trial } from '../src/trials.js';
import { encoded, roundTrip } from '@attractions/feeds/testing';

const interval = { mean: 0.5, low: 0.25, high: 0.75 };
const measure = { ...interval, difference: interval };
const overall = { segment: 'all', requests: 4, measures: { hitRate: measure, ndcg: measure } };
const recommender = {
  name: 'popular',
  description: 'Most visitors first.',
  metrics: { hitRate: 0.5, ndcg: 0.5 },
  overall,
  parks: [{ ...overall, segment: 'p' }],
  activity: [],
  calibration: [],
  worst: [],
};
const report: EvaluationReport = {
  protocol: {
    split: 'last-new-attraction',
    minAttractions: 4,
    k: 5,
    candidates: 'park',
    intervals: { resamples: 2000, confidence: 0.95, seed: 1 },
  },
  data: { trainingVisits: 10, visitors: 4, attractions: 5, requests: 4 },
  baseline: 'popular',
  recommenders: [recommender],
};
const trial: Trial = {
  study: 's',
  key: 'k',
  round: 0,
  budget: 3,
  options: { rank: 8 },
  metric: 'ndcg@5',
  value: 0.5,
  seconds: 0.25,
};

describe('reports and trials', () => {
  test('come back as they went', async () => {
    expect(await roundTrip(evaluationReport.codec, report)).toEqual(report);
    expect(await roundTrip(trials.codec, trial)).toEqual(trial);
  });

  test.each<[string, unknown, string]>([
    ['nothing', 7, 'A report is an object.'],
    ['no split', { ...report, protocol: {} }, 'protocol names no split.'],
    ['no figures', { ...report, data: { ...report.data, requests: '4' } }, 'data has no whole number requests.'],
    ['nobody', { ...report, recommenders: [] }, 'recommenders is no list of at least one.'],
    ['another baseline', { ...report, baseline: 'x' }, 'The baseline "x" is not among the recommenders.'],
    ['no parks', { ...report, recommenders: [{ ...recommender, parks: null }] }, 'Recommender 1: parks is no list.'],
    [
      'a metric that is no number',
      { ...report, recommenders: [{ ...recommender, metrics: { hitRate: NaN } }] },
      'Recommender 1: metrics is no object of numbers.',
    ],
    [
      'a segment without measures',
      { ...report, recommenders: [{ ...recommender, activity: [{ segment: 'all', requests: 4, measures: {} }] }] },
      'Recommender 1: a segment lacks its requests',
    ],
  ])('a report of %s is refused', async (_, value, message) => {
    await expect(encoded(evaluationReport.codec, value as EvaluationReport)).rejects.toMatchObject({
      code: 'FEEDS_VALUE_INVALID',
      message: expect.stringContaining(message),
    });
  });

  test.each<[object, string]>([
    [{ key: '' }, 'key is , not a text.'],
    [{ round: 0.5 }, 'round is 0.5, not a whole number.'],
    [{ value: Infinity }, 'value is Infinity, not a finite number.'],
    [{ options: null }, 'options is no object.'],
  ])('a trial with %j is refused', async (change, message) => {
    await expect(encoded(trials.codec, { ...trial, ...change } as Trial)).rejects.toMatchObject({
      code: 'FEEDS_VALUE_INVALID',
      message,
    });
  });
});
