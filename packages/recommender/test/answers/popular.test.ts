import { describe, expect, test } from '@jest/globals';
import { popular as popularKind } from '@attractions/models';
import { kindRecommender } from '../../src/answers/kind.js';
import { sampleGeneration } from '@attractions/models/testing';

const popular = kindRecommender(sampleGeneration(), popularKind);

describe('the popular recommender', () => {
  test('lists the most visited of all parks, equals in the order of the model, the never visited last', () => {
    expect(popular.recommend({}).recommendations.map(({ attractionId, score }) => [attractionId, score])).toEqual([
      ['bay:slide', 1203],
      ['bay:coaster', 300],
      ['bay:pool', 40],
      ['hill:river', 40],
      ['hill:train', 2],
      ['hill:tower', 1],
      ['moon:crater', 0],
    ]);
  });

  test('answers a park without any visits', () => {
    expect(popular.recommend({ park: 'moon', explain: true }).recommendations).toEqual([
      { attractionId: 'moon:crater', name: 'Crater', score: 0, source: 'popular', reason: 'in moon, not visited yet' },
    ]);
  });

  test('says how popular', () => {
    const reasonOf = (id: string) => popular.recommend({ allow: [id], explain: true }).recommendations[0]?.reason;
    expect(reasonOf('bay:slide')).toBe('popular in bay: 1,203 visitors');
    expect(reasonOf('hill:tower')).toBe('popular in hill: 1 visitor');
  });

  test('names no park where the catalogue has none', () => {
    const sample = sampleGeneration();
    const attractions = sample.attractions.map((attraction) => ({ ...attraction, park: '' }));
    const [first] = kindRecommender({ ...sample, attractions }, popularKind).recommend({
      explain: true,
    }).recommendations;
    expect(first?.reason).toBe('popular: 1,203 visitors');
  });
});
