import { describe, expect, test } from '@jest/globals';
import { checkExperiment, createRecommender } from '../../src/answers/compose.js';
import { parkClocks } from '../../src/answers/park-clocks.js';
import { paneledRecommender } from '../../src/answers/paneled.js';
import { popular as popularKind } from '@attractions/models';
import { kindRecommender } from '../../src/answers/kind.js';
import { demoExperiment } from '@attractions/experiments';
import { sampleGeneration, sampleNext } from '@attractions/models/testing';

const generation = sampleGeneration();
const clocks = parkClocks({}, () => 0);
const paneled = createRecommender(generation, { experiment: demoExperiment, clocks });

describe('the paneled recommender', () => {
  test('answers each user from their panel and names it', () => {
    // Buckets of `demo-1`: ana 996, in the panel of the model; bob@x is in that of popularity.
    expect(paneled.recommend({ userId: 'ana' })).toMatchObject({
      source: 'als',
      panel: { experiment: 'demo', version: 1, panel: 'model', bucket: 996 },
    });
    const bob = paneled.recommend({ userId: '10003456@N00' });
    expect(bob).toMatchObject({ source: 'popular', panel: { panel: 'popular', bucket: 7532 } });
  });

  test('gives anonymous visitors and users outside the layer the usual answer, without a panel', () => {
    const usual = createRecommender(generation, { clocks });
    expect(paneled.recommend({ visits: ['bay:pool'] })).toEqual(usual.recommend({ visits: ['bay:pool'] }));
    // Bucket of ana in `demo-layer`: 2746.
    const outside = createRecommender(generation, {
      clocks,
      experiment: { ...demoExperiment, layerBuckets: [0, 2746] },
    });
    expect(outside.recommend({ userId: 'ana' })).toEqual(usual.recommend({ userId: 'ana' }));
    expect(outside.recommend({ userId: 'ana' })).not.toHaveProperty('panel');
  });

  test.each([
    ['mapping', "panel 'b' names the recommender 'mapping', for which this generation has no model or lists"],
    ['toString', "panel 'b' names the recommender 'toString', which is unknown; give one of: popular."],
  ])('refuses a panel whose recommender nobody composed: %s', (recommender, words) => {
    const popular = kindRecommender(generation, popularKind);
    const experiment = { ...demoExperiment, panels: [{ name: 'b', recommender, buckets: [[0, 1]] as const }] };
    expect(() => paneledRecommender(experiment, { popular }, popular, ['mapping'])).toThrow(words);
  });

  test('a panel of the next attraction needs a generation with such a model, one of lists a mapping', () => {
    const of = (recommender: string) => ({
      ...demoExperiment,
      panels: [{ name: 'all', recommender, buckets: [[0, 10_000]] as const }],
    });
    const withNext = { ...generation, models: new Map([['next-attraction', sampleNext()]]) };
    const answered = createRecommender(withNext, { experiment: of('next-attraction') });
    expect(answered.recommend({ userId: 'ana', park: 'bay' })).toMatchObject({ source: 'next-attraction' });
    for (const recommender of ['next-attraction', 'mapping'])
      expect(() => createRecommender(generation, { experiment: of(recommender) })).toThrow(
        'give one of: als, popular.',
      );
    expect(() => checkExperiment(of('next-attraction'), withNext)).not.toThrow();
    expect(() => checkExperiment(of('mapping'), generation, { mapping: new Map() })).not.toThrow();
    for (const recommender of ['next-attraction', 'mapping', 'nobody'])
      expect(() => checkExperiment(of(recommender), generation)).toThrow(
        expect.objectContaining({ code: 'RECOMMENDER_EXPERIMENT_INVALID' }),
      );
  });
});
