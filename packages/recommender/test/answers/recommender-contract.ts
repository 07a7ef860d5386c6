import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_LIMIT } from '../../src/answers/recommender.js';
import type { RecommendationRequest, Recommender } from '../../src/answers/recommender.js';
import { attractionIdOf } from '../../src/answers/visited.js';
import { RecommenderError } from '../../src/errors.js';
import { seenBy } from '@attractions/models';
import type { Generation } from '@attractions/models';

/** Any request about a generation: known users and strangers, ids that exist and ids that do not, every filter. */
export function requestOf({ attractions, model, parks, themes }: Generation): fc.Arbitrary<RecommendationRequest> {
  const id = fc.constantFrom(...attractions.map(({ attractionId }) => attractionId), 'moon:unknown', '', '__proto__');
  const ids = fc.array(id, { maxLength: 6 });
  const visit = fc.oneof(id, fc.record({ attractionId: id, visitedAt: fc.integer({ min: 0, max: 10 ** 8 }) }));
  return fc.record(
    {
      userId: fc.constantFrom(...model.userIds, 'stranger', '', '__proto__', 'ünï/cøde 🎢'),
      visits: fc.array(visit, { maxLength: 6 }),
      at: fc.integer({ min: 0, max: 10 ** 8 }),
      park: fc.constantFrom(...parks.keys()),
      limit: fc.integer({ min: 1, max: 12 }),
      themes: fc.subarray([...themes]),
      allow: ids,
      exclude: ids,
      includeVisited: fc.boolean(),
      explain: fc.boolean(),
    },
    { requiredKeys: [] },
  );
}

/** Which attractions may be answered at all: the filters of a request, written a second time and plainly. */
export function eligible(generation: Generation, request: RecommendationRequest): string[] {
  const { userId, visits = [], park, themes = [], allow, exclude = [], includeVisited = false } = request;
  const user = generation.userOf.get(userId ?? 'nobody');
  const seen =
    user === undefined ? [] : Array.from(seenBy(generation, user), (item) => generation.model.attractionIds[item]);
  return generation.attractions
    .filter((attraction) => park === undefined || attraction.park === park)
    .filter((attraction) => themes.length === 0 || attraction.themes.some((theme) => themes.includes(theme)))
    .map(({ attractionId }) => attractionId)
    .filter((id) => allow === undefined || allow.includes(id))
    .filter((id) => !exclude.includes(id))
    .filter((id) => includeVisited || !(visits.map(attractionIdOf).includes(id) || seen.includes(id)));
}

/**
 * What every recommender promises. A *complete* one also fills the list as far as the filters let it; the others may be not able, and are
 * made to stand before one that is.
 */
export function keepsTheContract(
  name: string,
  generation: Generation,
  recommender: Recommender,
  { complete }: { complete: boolean },
): void {
  describe(`${name} keeps the contract`, () => {
    const holds = (law: (request: RecommendationRequest) => void) =>
      fc.assert(fc.property(requestOf(generation), law), { numRuns: 500 });

    test('filters, limit and no repeats hold for every request', () => {
      holds((request) => {
        const ids = recommender.recommend(request).recommendations.map(({ attractionId }) => attractionId);
        const may = eligible(generation, request);
        expect(ids.filter((id) => !may.includes(id))).toEqual([]);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.length).toBeLessThanOrEqual(request.limit ?? DEFAULT_LIMIT);
        if (complete) expect(ids).toHaveLength(Math.min(request.limit ?? DEFAULT_LIMIT, may.length));
      });
    });

    test('entries are named and scored, and reasoned when asked', () => {
      holds((request) => {
        for (const { attractionId, name, score, reason } of recommender.recommend(request).recommendations) {
          expect(name).toBe(generation.attractions.find((known) => known.attractionId === attractionId)?.name);
          expect(Number.isFinite(score)).toBe(true);
          expect(reason === undefined).toBe(request.explain !== true);
          expect(reason).not.toBe('');
        }
      });
    });

    test('scores do not rise within a source and the park assumed, which comes first; the source of the answer is that of the first entry', () => {
      holds((request) => {
        const { recommendations, source, assumed } = recommender.recommend(request);
        expect(recommendations[0]?.source ?? source).toBe(source);
        const isThere = recommendations.map(({ attractionId }) => {
          const { park } = generation.attractions.find((known) => known.attractionId === attractionId) ?? {};
          return park === assumed?.park;
        });
        recommendations.forEach((entry, n) => {
          const before = recommendations[n - 1];
          // The attractions of the park that was assumed come first, and the others start again.
          expect(isThere[n] === true && isThere[n - 1] === false).toBe(false);
          if (before?.source === entry.source && isThere[n] === isThere[n - 1])
            expect(entry.score).toBeLessThanOrEqual(before.score);
        });
      });
    });

    test('the generation is named, and the same request has the same answer', () => {
      holds((request) => {
        expect(recommender.recommend(request).generation).toEqual(generation.seqs);
        expect(recommender.recommend(request)).toEqual(recommender.recommend(request));
      });
    });

    test.each([
      [
        'a limit of 0',
        { limit: 0 },
        'RECOMMENDER_REQUEST_INVALID',
        'The limit is 0; give a whole number from 1 to 100.',
      ],
      ['a limit of 101', { limit: 101 }, 'RECOMMENDER_REQUEST_INVALID', 'The limit is 101;'],
      ['a broken limit', { limit: 2.5 }, 'RECOMMENDER_REQUEST_INVALID', 'The limit is 2.5;'],
      ['an unknown park', { park: 'Atlantis' }, 'RECOMMENDER_UNKNOWN_PARK', [...generation.parks.keys()].join(', ')],
      ['an unknown theme', { themes: ['opera'] }, 'RECOMMENDER_UNKNOWN_THEME', [...generation.themes].join(', ')],
    ])('%s is refused in a sentence', (_, request, code, words) => {
      const call = () => recommender.recommend(request);
      expect(call).toThrow(RecommenderError);
      expect(call).toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) }));
    });
  });
}
