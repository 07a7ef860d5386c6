import { describe, expect, test } from '@jest/globals';
import { becauseOf } from '../../src/answers/because.js';
import { createRecommender } from '../../src/answers/compose.js';
import { generationOf } from '@attractions/models';
import { sampleGeneration } from '@attractions/models/testing';
import { visitsOf } from '@attractions/models/testing';

const generation = sampleGeneration();
const because = becauseOf(generation);

describe('because', () => {
  test('names the visits that made the score of a list, summing to it', () => {
    const visits = ['bay:coaster', 'hill:train', 'hill:train', 'bay:slide'];
    for (const { attractionId, score } of createRecommender(generation).recommend({ visits, limit: 3 })
      .recommendations) {
      const explanation = because({ visits }, attractionId);
      const { contributions = [], rest = NaN } = explanation ?? {};
      expect(explanation?.score).toBe(score);
      expect(contributions.map(({ attractionId, visits }) => [attractionId, visits]).sort()).toEqual([
        ['bay:coaster', 1],
        ['bay:slide', 1],
        ['hill:train', 2],
      ]);
      expect(contributions.reduce((sum, { contribution }) => sum + contribution, rest)).toBeCloseTo(score, 12);
      expect(Math.abs(rest)).toBeLessThan(1e-6);
    }
  });

  test('puts what speaks most first', () => {
    const explanation = because({ userId: 'bob@x' }, 'hill:tower');
    expect(explanation?.contributions.map(({ name }) => name)).toEqual(['Bay Coaster', 'Mine Train']);
    const [first, second] = explanation?.contributions.map(({ contribution }) => contribution) ?? [];
    expect(first).toBeGreaterThan(second as number);
  });

  test('counts how often a known user went, where the visits are at hand', () => {
    const { model, attractions } = generation;
    const visits = visitsOf([
      ['bob@x', 'hill:train'],
      ['bob@x', 'hill:train'],
      ['bob@x', 'hill:train'],
      ['ana', 'bay:slide'],
      ['an unknown user', 'bay:slide'],
    ]);
    const counted = becauseOf(generationOf(model, attractions, { visits }))({ userId: 'bob@x' }, 'hill:tower');
    expect(counted?.contributions.map(({ name, visits }) => [name, visits])).toEqual([
      ['Mine Train', 3],
      ['Bay Coaster', 1],
    ]);
  });

  test('says nothing where the model knows nothing, and refuses an unknown attraction', () => {
    expect(because({}, 'bay:pool')).toBeUndefined();
    expect(because({ userId: 'ana' }, 'moon:crater')).toBeUndefined();
    expect(() => because({ userId: 'ana' }, 'gone:ride')).toThrow(
      expect.objectContaining({
        code: 'RECOMMENDER_UNKNOWN_ATTRACTION',
        message: "There is no attraction 'gone:ride' among the 7 of this model; ids look like 'bay:slide'.",
      }),
    );
  });
});
