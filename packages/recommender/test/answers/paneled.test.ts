import { describe, expect, test } from '@jest/globals';
import { createRecommender } from '../../src/answers/compose.js';
import { parkClocks } from '../../src/answers/park-clocks.js';
import { paneledRecommender } from '../../src/answers/paneled.js';
import { popularRecommender } from '../../src/answers/popular.js';
import { demoExperiment } from '../../src/experiment/demo.js';
import { sampleGeneration } from '../support/sample.js';

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

  test('refuses a panel whose recommender nobody composed', () => {
    const popular = popularRecommender(generation);
    for (const recommender of ['mapping', 'toString']) {
      const experiment = { ...demoExperiment, panels: [{ name: 'b', recommender, buckets: [[0, 1]] as const }] };
      expect(() => paneledRecommender(experiment, { popular }, popular)).toThrow(
        `Panel 'b' asks for the recommender '${recommender}'; give one of: popular.`,
      );
    }
  });
});
