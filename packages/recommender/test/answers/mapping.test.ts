import { describe, expect, test } from '@jest/globals';
import { mappingRecommender } from '../../src/answers/mapping.js';
import { sampleGeneration } from '@attractions/models/testing';

const written = new Map([['ana', ['hill:tower', 'gone:ride', 'bay:pool', 'hill:tower', 'moon:crater']]]);
const mapping = mappingRecommender(sampleGeneration(), written);

describe('the mapping recommender', () => {
  test('keeps the order as written, without unknown ids and repeats, also for attractions the model does not know', () => {
    expect(mapping.recommend({ userId: 'ana' })).toMatchObject({
      source: 'mapping',
      recommendations: [
        { attractionId: 'hill:tower', score: 1 },
        { attractionId: 'bay:pool', score: 1 / 2 },
        { attractionId: 'moon:crater', score: 1 / 3 },
      ],
    });
  });

  test('keeps an entry its score where a filter hides those before it', () => {
    expect(mapping.recommend({ userId: 'ana', park: 'bay' }).recommendations).toMatchObject([{ score: 1 / 2 }]);
  });

  test('is not able for everybody else', () => {
    for (const request of [{}, { userId: 'bob@x' }, { userId: 'toString' }])
      expect(mapping.recommend(request)).toMatchObject({ recommendations: [], source: 'mapping' });
  });
});
