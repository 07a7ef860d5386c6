import { alsScoring } from '@attractions/models';
import { kindRecommender } from '../../src/answers/kind.js';
import { createRecommender } from '../../src/answers/compose.js';
import { withFallback } from '../../src/answers/fallback.js';
import { mappingRecommender } from '../../src/answers/mapping.js';
import { parkClocks } from '../../src/answers/park-clocks.js';
import { nextAttractionScoring } from '@attractions/models';
import { popular as popularKind } from '@attractions/models';
import { demoExperiment } from '@attractions/experiments';
import { sampleGeneration, sampleNext } from '@attractions/models/testing';
import { keepsTheContract } from './recommender-contract.js';

const generation = sampleGeneration();
const clocks = parkClocks({}, () => 5e7);
const popular = kindRecommender(generation, popularKind);
const als = kindRecommender(generation, alsScoring);
const mapping = new Map([
  ['ana', ['hill:tower', 'gone:ride', 'bay:pool', 'hill:tower']],
  ['stranger', ['moon:crater']],
]);
const mapped = mappingRecommender(generation, mapping);
const experiment = {
  ...demoExperiment,
  panels: [
    ...demoExperiment.panels,
    { name: 'written', recommender: 'mapping', buckets: [[9_000, 10_000]] as const },
  ].map((panel) => (panel.name === 'popular' ? { ...panel, buckets: [[5_000, 9_000]] as const } : panel)),
};

keepsTheContract('als alone', generation, als, { complete: false });
keepsTheContract('mapping alone', generation, mapped, { complete: false });
const withNext = { ...generation, models: new Map([['next-attraction', sampleNext()]]) };
keepsTheContract('next attraction alone', withNext, kindRecommender(withNext, nextAttractionScoring, clocks), {
  complete: false,
});
keepsTheContract('the usual stack with it', withNext, createRecommender(withNext, { mapping, clocks }), {
  complete: true,
});
keepsTheContract('popular', generation, popular, { complete: true });
keepsTheContract('als, then popular', generation, withFallback(als, popular), { complete: true });
keepsTheContract('mapping, als, popular', generation, withFallback(mapped, als, popular), { complete: true });
keepsTheContract('the usual stack', generation, createRecommender(generation, { clocks }), { complete: true });
keepsTheContract('the usual stack, cached', withNext, createRecommender(withNext, { cachedLists: 50, clocks }), {
  complete: true,
});
keepsTheContract('panels', generation, createRecommender(generation, { experiment, mapping, clocks }), {
  complete: true,
});
