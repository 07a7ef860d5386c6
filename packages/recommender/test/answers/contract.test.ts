import { expect, test } from '@jest/globals';
import type { Attraction } from '@attractions/contracts';
import { alsScoring } from '@attractions/models';
import type { Generation } from '@attractions/models';
import { candidates } from '../../src/answers/candidates.js';
import { kindRecommender } from '../../src/answers/kind.js';
import { createRecommender } from '../../src/answers/compose.js';
import { withFallback } from '../../src/answers/fallback.js';
import { mappingRecommender } from '../../src/answers/mapping.js';
import { parkClocks } from '../../src/answers/park-clocks.js';
import { nextAttractionScoring } from '@attractions/models';
import { popular as popularKind } from '@attractions/models';
import { demoExperiment } from '@attractions/experiments';
import { sampleGeneration, sampleNext } from '@attractions/models/testing';
import type { Recommender } from '../../src/answers/recommender.js';
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

const backwards = (of: Generation): Recommender => ({
  recommend(request) {
    const { limit, passes } = candidates(of, request);
    const items = [...of.attractions.keys()].reverse().filter(passes).slice(0, limit);
    const recommendations = items.map((item, n) => {
      const { attractionId, name } = of.attractions[item] as Attraction;
      return { attractionId, name, score: -n, source: 'backwards', ...(request.explain && { reason: 'by its name' }) };
    });
    return { recommendations, source: 'backwards', generation: of.seqs };
  },
});
const ownPanel = {
  ...demoExperiment,
  panels: [{ name: 'own', recommender: 'backwards', buckets: [[0, 10_000]] as const }],
};
const withOwn = createRecommender(generation, { experiments: [ownPanel], recommenders: { backwards }, clocks });
keepsTheContract("a recommender of one's own", generation, backwards(generation), { complete: true });
keepsTheContract("a panel of a recommender of one's own", generation, withOwn, { complete: true });
test("a panel is answered by the recommender of one's own that it names", () => {
  expect(withOwn.recommend({ userId: 'ana' })).toMatchObject({ source: 'backwards', panel: { panel: 'own' } });
});
test.each(['als', 'mapping', 'popular'])("a recommender of one's own is not named %s", (name) => {
  const own = () => createRecommender(generation, { recommenders: { [name]: backwards } });
  expect(own).toThrow(
    `A recommender of your own is named '${name}', as a kind of model or the written lists; rename it.`,
  );
});

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
keepsTheContract('panels', generation, createRecommender(generation, { experiments: [experiment], mapping, clocks }), {
  complete: true,
});
