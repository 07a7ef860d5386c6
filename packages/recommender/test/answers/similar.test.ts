import { describe, expect, test } from '@jest/globals';
import { recommendEach } from '../../src/answers/recommender.js';
import { createRecommender } from '../../src/answers/compose.js';
import { similarIn } from '../../src/answers/similar.js';
import { sampleGeneration } from '@attractions/models/testing';

const generation = sampleGeneration();
const similar = similarIn(generation);
const namesOf = (answer: ReturnType<typeof similar>) => answer.recommendations.map(({ name }) => name);

describe('similar', () => {
  test('finds the nearest by cosine, not itself', () => {
    const answer = similar('bay:slide', { limit: 2, explain: true });
    expect(answer).toMatchObject({
      source: 'als',
      recommendations: [{ reason: 'visited by the same people as Big Slide' }, {}],
    });
    // Cosines with (0.9, 0.1): river (0.7, 0.1) 64 / sqrt(82 * 50), pool (0.8, 0.2) 74 / sqrt(82 * 68).
    expect(namesOf(answer)).toEqual(['Lazy River', 'Wave Pool']);
    expect(answer.recommendations[0]?.score).toBeCloseTo(64 / Math.sqrt(82 * 50), 6);
    expect(answer.recommendations[1]?.score).toBeCloseTo(74 / Math.sqrt(82 * 68), 6);
  });

  test('keeps the filters', () => {
    expect(namesOf(similar('bay:slide', { park: 'bay' }))).toEqual(['Wave Pool', 'Bay Coaster']);
    expect(namesOf(similar('bay:slide', { themes: ['thrill'], exclude: ['hill:train'] }))).toEqual([
      'Free Fall Tower',
      'Bay Coaster',
    ]);
  });

  test('lets popular attractions stand in for one without factors', () => {
    expect(similar('moon:crater', { limit: 2 })).toMatchObject({ source: 'popular' });
    expect(namesOf(similar('moon:crater', { limit: 2 }))).toEqual(['Big Slide', 'Bay Coaster']);
    expect(namesOf(similar('moon:crater', { park: 'bay', limit: 1 }))).toEqual(['Big Slide']);
  });

  test('refuses an unknown attraction', () => {
    expect(() => similar('gone:ride')).toThrow(/no attraction 'gone:ride'/);
  });
});

describe('recommendEach', () => {
  test('answers each user as one request would, and lazily', () => {
    const recommender = createRecommender(generation);
    const lists = [
      ...recommendEach(recommender, [...generation.model.userIds, 'new'], { park: 'bay', at: 0, limit: 2 }),
    ];
    expect(lists.map(([userId]) => userId)).toEqual(['ana', 'bob@x', 'new']);
    for (const [userId, answer] of lists)
      expect(answer).toEqual(recommender.recommend({ userId, park: 'bay', at: 0, limit: 2 }));
    const never = {
      recommend: () => {
        throw new Error('asked');
      },
    };
    expect(() => recommendEach(never, ['ana'])).not.toThrow();
  });
});
