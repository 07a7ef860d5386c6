import assert from 'node:assert/strict';
import type { RecommendationRequest } from '@attractions/contracts';
import type { Generation } from '@attractions/models';
import { DEFAULT_LIMIT } from '../answers/recommender.js';
import type { Recommender } from '../answers/recommender.js';
import { RecommenderError } from '../errors.js';
import { eligible, sampleRequests } from './requests.js';
import type { Case } from './requests.js';

const REQUESTS = 500;

/**
 * The contract of every recommender. A *complete* one also fills the list as far as the filters allow. Others may return short or empty lists, and need a
 * complete one after them.
 */
export function recommenderCases(
  recommender: Recommender,
  generation: Generation,
  { complete }: { readonly complete: boolean },
): readonly Case[] {
  const { attractions, parks, themes, seqs } = generation;
  const placeOf = (id: string) => attractions.find(({ attractionId }) => attractionId === id);
  const cases: Case[] = [];
  const law = (name: string, holds: (request: RecommendationRequest, words: string) => void): void => {
    const run = () => sampleRequests(generation, REQUESTS).forEach((each) => holds(each, JSON.stringify(each)));
    cases.push({ name, run });
  };

  law('filters, limit and no repeats hold for every request', (request, words) => {
    const ids = recommender.recommend(request).recommendations.map(({ attractionId }) => attractionId);
    const may = eligible(generation, request);
    const limit = request.limit ?? DEFAULT_LIMIT;
    assert.deepEqual(ids.filter((id) => !may.includes(id)), [], `Filtered out by ${words}`); // prettier-ignore
    assert.equal(new Set(ids).size, ids.length, `A repeat for ${words}`);
    assert.ok(ids.length <= limit, `${ids.length} entries for ${words}`);
    if (complete) assert.equal(ids.length, Math.min(limit, may.length), `A short list for ${words}`);
  });

  law('entries have a name and a score, and a reason if the request has `explain`', (request, words) => {
    for (const { attractionId, name, score, reason } of recommender.recommend(request).recommendations) {
      assert.equal(name, placeOf(attractionId)?.name);
      assert.ok(Number.isFinite(score), `The score ${score} for ${words}`);
      assert.equal(reason === undefined, request.explain !== true, `The reason '${reason}' for ${words}`);
      assert.notEqual(reason, '');
    }
  });

  law('scores do not rise within a source and the assumed park, which comes first; the answer has the source of its first entry', (request, words) => {
    const { recommendations, source, assumed } = recommender.recommend(request);
    assert.equal(recommendations[0]?.source ?? source, source);
    const isThere = recommendations.map(({ attractionId }) => placeOf(attractionId)?.park === assumed?.park);
    recommendations.forEach((entry, n) => {
      const before = recommendations[n - 1];
      assert.ok(!(isThere[n] === true && isThere[n - 1] === false), `The park assumed is not first for ${words}`);
      if (before?.source === entry.source && isThere[n] === isThere[n - 1])
        assert.ok(entry.score <= before.score, `A score rises for ${words}`);
    });
  }); // prettier-ignore

  law('the answer names the generation, and the same request has the same answer', (request) => {
    assert.deepEqual(recommender.recommend(request).generation, seqs);
    assert.deepEqual(recommender.recommend(request), recommender.recommend(request));
  });

  const refusals = [
    ['a limit of 0', { limit: 0 }, 'REQUEST_INVALID', 'The limit is 0; give a whole number from 1 to 100.'],
    ['a limit of 101', { limit: 101 }, 'REQUEST_INVALID', 'The limit is 101;'],
    ['a broken limit', { limit: 2.5 }, 'REQUEST_INVALID', 'The limit is 2.5;'],
    ['an unknown park', { park: 'Atlantis' }, 'UNKNOWN_PARK', [...parks.keys()].join(', ')],
    ['an unknown theme', { themes: ['opera'] }, 'UNKNOWN_THEME', [...themes].join(', ')],
  ] as const;
  for (const [name, request, code, words] of refusals)
    cases.push({
      name: `${name} is refused in a sentence`,
      run: () =>
        assert.throws(
          () => recommender.recommend(request),
          (error) =>
            error instanceof RecommenderError && error.code === `RECOMMENDER_${code}` && error.message.includes(words),
        ),
    });
  return cases;
}
