import { describe, expect, test } from '@jest/globals';
import { cachedRecommender } from '../../src/answers/cached.js';
import { createRecommender } from '../../src/answers/compose.js';
import type { RecommendationRequest, Recommender } from '../../src/answers/recommender.js';
import { sampleGeneration } from '../support/sample.js';

const usual = createRecommender(sampleGeneration());

/** The usual recommender, and the requests that reached it. */
function counted(): { recommender: Recommender; asked: RecommendationRequest[] } {
  const asked: RecommendationRequest[] = [];
  return {
    asked,
    recommender: {
      recommend(request) {
        asked.push(request);
        return usual.recommend(request);
      },
    },
  };
}

describe('a cache', () => {
  test('makes the list of a request once, and it is the same list', () => {
    const { recommender, asked } = counted();
    const cached = cachedRecommender(recommender);
    const first = cached.recommend({ userId: 'ana', limit: 3 });
    expect(cached.recommend({ userId: 'ana', limit: 3 })).toBe(first);
    expect(first).toEqual(usual.recommend({ userId: 'ana', limit: 3 }));
    expect(asked).toHaveLength(1);
  });

  const base: RecommendationRequest = { userId: 'ana', limit: 3 };
  const others: RecommendationRequest[] = [
    { ...base, userId: 'bob' },
    { limit: 3 },
    { ...base, limit: 4 },
    { ...base, park: 'hill' },
    { ...base, visits: ['bay:pool'] },
    { ...base, visits: ['bay:pool', 'bay:pool'] },
    { ...base, themes: ['water'] },
    { ...base, allow: ['bay:pool'] },
    { ...base, deny: ['bay:pool'] },
    { ...base, includeVisited: true },
    { ...base, explain: true },
  ];

  test('takes no request for another that differs in a single field', () => {
    const { recommender, asked } = counted();
    const cached = cachedRecommender(recommender);
    cached.recommend(base);
    for (const request of others) expect(cached.recommend(request)).toEqual(usual.recommend(request));
    expect(asked).toHaveLength(1 + others.length);
  });

  test('answers a request with a time anew', () => {
    const { recommender, asked } = counted();
    const cached = cachedRecommender(recommender);
    const at = Date.UTC(2026, 6, 1, 12);
    for (const request of [{ at }, { at }, { visits: [{ attractionId: 'bay:pool', visitedAt: at }] }])
      cached.recommend(request);
    expect(asked).toHaveLength(3);
  });

  test('forgets the list that was asked for longest ago', () => {
    const { recommender, asked } = counted();
    const cached = cachedRecommender(recommender, 2);
    for (const userId of ['ana', 'bob', 'ana', 'eve', 'ana', 'bob']) cached.recommend({ userId });
    expect(asked.map(({ userId }) => userId)).toEqual(['ana', 'bob', 'eve', 'bob']);
  });

  test('remembers no refusal', () => {
    const { recommender, asked } = counted();
    const cached = cachedRecommender(recommender);
    for (let n = 0; n < 2; n++) expect(() => cached.recommend({ park: 'nowhere' })).toThrow('nowhere');
    expect(asked).toHaveLength(2);
  });
});
