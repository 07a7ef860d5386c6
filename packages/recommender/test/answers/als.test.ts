import { describe, expect, test } from '@jest/globals';
import { alsScoring } from '@attractions/models';
import { kindRecommender } from '../../src/answers/kind.js';
import { sampleGeneration } from '@attractions/models/testing';

const als = kindRecommender(sampleGeneration(), alsScoring);
const idsOf = (request: Parameters<typeof als.recommend>[0]) =>
  als.recommend(request).recommendations.map(({ attractionId }) => attractionId);

describe('the ALS recommender', () => {
  test('ranks a known user by their own factors, what they saw left out', () => {
    expect(idsOf({ userId: 'ana' })).toEqual(['bay:pool', 'hill:river', 'hill:train', 'bay:coaster', 'hill:tower']);
    const [first] = als.recommend({ userId: 'ana' }).recommendations;
    expect(first).toEqual({ attractionId: 'bay:pool', name: 'Wave Pool', score: Math.fround(0.81), source: 'als' });
  });

  test('shows visited attractions again only when asked', () => {
    expect(idsOf({ userId: 'ana', includeVisited: true })[0]).toBe('bay:slide');
  });

  test('folds in an unknown user from visits', () => {
    const answer = als.recommend({ userId: 'new', visits: ['hill:train'], limit: 2 });
    expect(answer.source).toBe('fold-in');
    expect(answer.recommendations.map(({ name }) => name)).toEqual(['Bay Coaster', 'Free Fall Tower']);
  });

  test('hides the visits of the request from a known user too, who is folded in with them', () => {
    const answer = als.recommend({ userId: 'ana', visits: ['bay:pool'], limit: 1 });
    expect(answer).toMatchObject({ source: 'fold-in', recommendations: [{ attractionId: 'hill:river' }] });
  });

  test('returns an empty list for an unknown user without known visits', () => {
    for (const request of [{}, { userId: 'new' }, { visits: [] }, { visits: ['moon:crater', 'gone:ride'] }])
      expect(als.recommend(request)).toMatchObject({ recommendations: [], source: 'als' });
  });

  test('gives the visit that speaks most for an entry as the reason', () => {
    const reasons = als.recommend({ userId: 'bob@x', limit: 5, explain: true }).recommendations;
    expect(reasons.find(({ name }) => name === 'Free Fall Tower')?.reason).toBe('because you visited Bay Coaster');
    const [again] = als.recommend({ visits: ['bay:slide'], includeVisited: true, explain: true }).recommendations;
    expect(again).toMatchObject({ name: 'Big Slide', reason: 'because you were there before' });
  });
});
