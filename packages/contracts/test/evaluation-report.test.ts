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
    ['nothing', 7, 'The document is 7; give an object.'],
    [
      'no split',
      { ...report, protocol: {} },
      'protocol.split is missing; give one of last-new-attraction, by-time, random.',
    ],
    [
      'no figures',
      { ...report, data: { ...report.data, requests: '4' } },
      'data.requests is "4"; give a whole number.',
    ],
    ['nobody', { ...report, recommenders: [] }, 'recommenders is []; give a list of at least one recommender.'],
    ['another baseline', { ...report, baseline: 'x' }, 'baseline is "x"; give one of the recommenders: popular.'],
    [
      'no parks',
      { ...report, recommenders: [{ ...recommender, parks: null }] },
      'recommenders[0].parks is null; give a list.',
    ],
    [
      'a metric that is no number',
      { ...report, recommenders: [{ ...recommender, metrics: { hitRate: NaN } }] },
      'recommenders[0].metrics.hitRate is NaN; give a finite number.',
    ],
    [
      'a segment without measures',
      { ...report, recommenders: [{ ...recommender, activity: [{ segment: 'all', requests: 4, measures: {} }] }] },
      'recommenders[0].activity[0].measures.hitRate is missing; give an object.',
    ],
    [
      'a request without its place',
      { ...report, recommenders: [{ ...recommender, worst: [{ userId: 'u', park: 'p', time: '', answer: '' }] }] },
      'recommenders[0].worst[0].place is missing; give a whole number from 1 to 2147483647.',
    ],
  ])('a report of %s is refused', async (_, value, message) => {
    await expect(encoded(evaluationReport.codec, value as EvaluationReport)).rejects.toMatchObject({
      code: 'FEEDS_VALUE_INVALID',
      message,
    });
  });

  test.each<[object, string]>([
    [{ key: '' }, 'key is ""; give a text that is not empty.'],
    [{ round: 0.5 }, 'round is 0.5; give a whole number from 0 to 2147483647.'],
    [{ value: Infinity }, 'value is Infinity; give a finite number.'],
    [{ standardError: 'x' }, 'standardError is "x"; give a finite number.'],
    [{ options: { rank: [8] } }, 'options.rank is [8]; give a text, a finite number, true or false.'],
    [{ options: null }, 'options is null; give an object.'],
  ])('a trial with %j is refused', async (change, message) => {
    await expect(encoded(trials.codec, { ...trial, ...change } as Trial)).rejects.toMatchObject({
      code: 'FEEDS_VALUE_INVALID',
      message,
    });
  });
});
