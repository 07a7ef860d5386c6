import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cachedRecommender, textsKeptOf } from '../../src/answers/cached.js';
import { createRecommender } from '../../src/answers/compose.js';
import { DEFAULT_KINDS } from '@attractions/models';
import { timeKeyIn } from '../../src/answers/kind.js';
import { parkClocks } from '../../src/answers/park-clocks.js';
import type { RecommendationRequest, Recommender } from '../../src/answers/recommender.js';
import { demoExperiment } from '@attractions/experiments';
import { sampleGeneration, sampleNext } from '@attractions/models/testing';
import { sampleRequests } from '../../src/testing/requests.js';

const DAY = 86_400_000;

const generation = { ...sampleGeneration(), models: new Map([['next-attraction', sampleNext()]]) };
const noon = Date.UTC(2026, 6, 1, 12);
const clocks = parkClocks({}, () => noon);
const usual = createRecommender(generation, { clocks });
const timeKey = timeKeyIn(generation, DEFAULT_KINDS, clocks);

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
    const cached = cachedRecommender(recommender, timeKey, 10);
    const first = cached.recommend({ userId: 'ana', limit: 3 });
    expect(cached.recommend({ userId: 'ana', limit: 3 })).toBe(first);
    expect(first).toEqual(usual.recommend({ userId: 'ana', limit: 3 }));
    expect(asked).toHaveLength(1);
  });

  test('has one place for the texts of a list from its second request on', () => {
    const cached = cachedRecommender(usual, timeKey, 10);
    const ask = () => textsKeptOf(cached.recommend({ userId: 'ana', limit: 3 }));
    expect(ask()).toBeUndefined();
    const texts = ask();
    expect(texts).toEqual({});
    expect(ask()).toBe(texts);
    expect(textsKeptOf(usual.recommend({ userId: 'ana', limit: 3 }))).toBeUndefined();
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
    { ...base, exclude: ['bay:pool'] },
    { ...base, includeVisited: true },
    { ...base, explain: true },
    { ...base, attributes: { platform: 'ios' } },
  ];

  test('takes no request for another that differs in a single field', () => {
    const { recommender, asked } = counted();
    const cached = cachedRecommender(recommender, timeKey, 100);
    cached.recommend(base);
    for (const request of others) expect(cached.recommend(request)).toEqual(usual.recommend(request));
    expect(asked).toHaveLength(1 + others.length);
  });

  test('takes requests of one hour for the same, and one right after a visit for another', () => {
    const { recommender, asked } = counted();
    const cached = cachedRecommender(recommender, timeKey, 10);
    const visits = (ago: number) => [{ attractionId: 'bay:slide', visitedAt: noon - ago * 3_600_000 }];
    const first = cached.recommend({ park: 'bay', at: noon, visits: visits(9) });
    expect(cached.recommend({ park: 'bay', at: noon + 3_599_999, visits: visits(30) })).toBe(first);
    expect(cached.recommend({ park: 'bay', visits: ['bay:slide'] })).toBe(first);
    expect(asked).toHaveLength(1);
    cached.recommend({ park: 'bay', at: noon + 3_600_000, visits: visits(9) });
    cached.recommend({ park: 'bay', at: noon, visits: visits(8) });
    cached.recommend({ park: 'bay', at: noon, visits: visits(8) });
    expect(asked).toHaveLength(4);
  });

  test('gives what would be answered without it, whenever and whatever is asked', () => {
    const parks = sampleNext().parks.map((tables) => ({
      ...tables,
      lately: tables.attractionIds.map((_, k) => 3 - 2 * k),
      asOf: 2 * DAY,
      halfLifeDays: 1,
    }));
    const lastVisits = { items: Int32Array.of(0, -1), times: Float64Array.of(2 * DAY, -Infinity) };
    const dated = { ...generation, lastVisits, models: new Map([['next-attraction', { asOf: 2 * DAY, parks }]]) };
    let now = 0;
    const moving = parkClocks({ default: 'America/New_York', parks: { hill: 'Europe/Berlin' } }, () => now);
    const plain = createRecommender(dated, { clocks: moving, experiments: [demoExperiment] });
    const cached = createRecommender(dated, { clocks: moving, experiments: [demoExperiment], cachedLists: 10_000 });
    const time = fc.integer({ min: 0, max: 5 * DAY });
    const timed = fc.tuple(
      fc.array(fc.constantFrom(...sampleRequests(dated, 500)), { minLength: 1, maxLength: 5 }),
      fc.array(time, { minLength: 10 }),
    );
    fc.assert(
      fc.property(timed, ([requests, times]) => {
        for (const [n, moment] of times.entries()) {
          now = moment;
          const { at, ...request } = requests[n % requests.length] as RecommendationRequest;
          const asked = at === undefined ? request : { ...request, at: moment };
          expect(cached.recommend(asked)).toEqual(plain.recommend(asked));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('drops the list that was requested longest ago', () => {
    const { recommender, asked } = counted();
    const cached = cachedRecommender(recommender, timeKey, 2);
    for (const userId of ['ana', 'bob', 'ana', 'eve', 'ana', 'bob']) cached.recommend({ userId });
    expect(asked.map(({ userId }) => userId)).toEqual(['ana', 'bob', 'eve', 'bob']);
  });

  test('remembers no refusal', () => {
    const { recommender, asked } = counted();
    const cached = cachedRecommender(recommender, timeKey, 10);
    for (let n = 0; n < 2; n++) expect(() => cached.recommend({ park: 'nowhere' })).toThrow('nowhere');
    expect(asked).toHaveLength(2);
  });
});
