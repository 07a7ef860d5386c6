import { describe, expect, test } from '@jest/globals';
import { createRecommender } from '../../src/answers/compose.js';
import { withFallback } from '../../src/answers/fallback.js';
import { popular as popularKind } from '@attractions/models';
import { kindRecommender } from '../../src/answers/kind.js';
import { demoExperiment } from '@attractions/experiments';
import { sampleGeneration } from '@attractions/models/testing';

const generation = sampleGeneration();
const popular = kindRecommender(generation, popularKind);
const linesOf = (answer: ReturnType<typeof popular.recommend>) =>
  answer.recommendations.map(({ attractionId, source }) => `${attractionId} ${source}`);

describe('the fallback chain', () => {
  test('tops a short list up from the next source, each entry under its own', () => {
    const mapping = new Map([['ana', ['hill:tower']]]);
    const answer = createRecommender(generation, { mapping }).recommend({ userId: 'ana', limit: 7 });
    expect(answer.source).toBe('mapping');
    expect(linesOf(answer)).toEqual([
      'hill:tower mapping',
      'bay:pool als',
      'hill:river als',
      'hill:train als',
      'bay:coaster als',
      'moon:crater popular',
    ]);
  });

  test('goes on where the first is not able', () => {
    const usual = createRecommender(generation);
    expect(linesOf(usual.recommend({ userId: 'new', limit: 2 }))).toEqual(['bay:slide popular', 'bay:coaster popular']);
    expect(usual.recommend({ userId: 'new', visits: ['bay:pool'], limit: 1 }).source).toBe('fold-in');
  });

  test('does not ask the next where the list is full', () => {
    const never = {
      recommend: () => {
        throw new Error('asked');
      },
    };
    expect(() => withFallback(popular, never).recommend({ limit: 3 })).not.toThrow();
    expect(() => withFallback(popular, never).recommend({ limit: 8 })).toThrow('asked');
  });

  test('keeps the panel of the link that has one', () => {
    const paneled = createRecommender(generation, { experiments: [demoExperiment] });
    const chain = withFallback(paneled, popular);
    const request = { userId: 'ana', limit: 20 };
    expect(chain.recommend(request).panel).toEqual(paneled.recommend(request).panel);
    expect(chain.recommend(request).panel).toBeDefined();
  });

  test('answers nothing only where nothing passes', () => {
    const answer = createRecommender(generation).recommend({ userId: 'ana', allow: [] });
    expect(answer).toMatchObject({
      recommendations: [],
      source: 'popular',
      generation: { model: 0, visits: 0, attractions: 0 },
    });
  });
});
