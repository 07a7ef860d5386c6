import { describe, expect, test } from '@jest/globals';
import { checkExperiment, createRecommender } from '../../src/answers/compose.js';
import type { Composition } from '../../src/answers/compose.js';
import { parkClocks } from '../../src/answers/park-clocks.js';
import { paneledRecommender } from '../../src/answers/paneled.js';
import { popular as popularKind } from '@attractions/models';
import { kindRecommender } from '../../src/answers/kind.js';
import { bucketOf, demoExperiment } from '@attractions/experiments';
import type { Experiment, Panel } from '@attractions/experiments';
import { sampleGeneration, sampleNext } from '@attractions/models/testing';

const generation = sampleGeneration();
const clocks = parkClocks({}, () => 0);
const paneled = createRecommender(generation, { experiments: [demoExperiment], clocks });

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
      experiments: [{ ...demoExperiment, layerBuckets: [0, 2746] }],
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
    expect(() => paneledRecommender([experiment], { popular }, popular, ['mapping'])).toThrow(words);
  });

  test('a panel of the next attraction needs a generation with such a model, one of lists a mapping', () => {
    const of = (recommender: string) => ({
      ...demoExperiment,
      panels: [{ name: 'all', recommender, buckets: [[0, 10_000]] as const }],
    });
    const withNext = { ...generation, models: new Map([['next-attraction', sampleNext()]]) };
    const answered = createRecommender(withNext, { experiments: [of('next-attraction')] });
    expect(answered.recommend({ userId: 'ana', park: 'bay' })).toMatchObject({ source: 'next-attraction' });
    for (const recommender of ['next-attraction', 'mapping'])
      expect(() => createRecommender(generation, { experiments: [of(recommender)] })).toThrow(
        'give one of: als, popular.',
      );
    expect(() => checkExperiment(of('next-attraction'), withNext)).not.toThrow();
    expect(() => checkExperiment(of('mapping'), generation, { mapping: new Map() })).not.toThrow();
    for (const recommender of ['next-attraction', 'mapping', 'nobody'])
      expect(() => checkExperiment(of(recommender), generation)).toThrow(
        expect.objectContaining({ code: 'RECOMMENDER_EXPERIMENT_INVALID' }),
      );
  });

  describe('with several experiments', () => {
    const of = (experiment: string, more: Partial<Experiment>): Experiment => ({
      ...demoExperiment,
      experiment,
      salt: experiment,
      panels: [{ name: 'all', recommender: 'popular', buckets: [[0, 10_000]] }],
      ...more,
    });
    const users = Array.from({ length: 500 }, (_, n) => `visitor-${n}`);
    const composed = (experiments: readonly Experiment[], more: Composition = {}) =>
      createRecommender(generation, { experiments, clocks, ...more });

    test('each user of a layer is in one of them, and flags decide no list', () => {
      const flag = of('flag', { layerSalt: 'flag', panels: [{ name: 'on', buckets: [[0, 10_000]] }] });
      const both = composed([
        flag,
        of('low', { layerBuckets: [0, 4_000] }),
        of('high', { layerBuckets: [4_000, 8_000] }),
      ]);
      for (const userId of users) {
        const bucket = bucketOf('demo-layer', userId);
        const expected = bucket < 4_000 ? 'low' : bucket < 8_000 ? 'high' : undefined;
        expect(both.recommend({ userId }).panel?.experiment).toBe(expected);
      }
    });

    test('a target sees the attributes and the park that was asked for, not the one assumed, also through a cache', () => {
      const north = of('bay-only', { target: { park: ['bay'], platform: ['ios'] } });
      const cached = composed([north], { cachedLists: 100 });
      const panelOf = (request: object) => cached.recommend({ userId: 'ana', ...request }).panel?.experiment;
      for (let again = 0; again < 2; again++) {
        expect(panelOf({ park: 'bay', attributes: { platform: 'ios' } })).toBe('bay-only');
        expect(panelOf({ park: 'bay', attributes: { platform: 'android' } })).toBeUndefined();
        expect(panelOf({ park: 'bay' })).toBeUndefined();
        expect(panelOf({ park: 'hill', attributes: { platform: 'ios' } })).toBeUndefined();
        // The last visit is in the bay, so its park is assumed.
        const visits = [{ attractionId: 'bay:pool', visitedAt: -60_000 }];
        expect(panelOf({ visits, attributes: { platform: 'ios' } })).toBeUndefined();
        expect(panelOf({ attributes: { park: 'bay', platform: 'ios' } })).toBe('bay-only');
      }
    });

    test('a forced panel goes first and is marked; who is held out gets the usual list', () => {
      const testers = of('testers', { layerBuckets: [0, 1], forced: { ana: 'all' } });
      const all = of('everybody', { layerBuckets: [1, 10_000], holdout: { salt: 'holdout', buckets: [0, 10_000] } });
      expect(composed([all, testers]).recommend({ userId: 'ana' }).panel).toMatchObject({
        experiment: 'testers',
        forced: true,
      });
      expect(composed([all, testers]).recommend({ userId: 'bob' })).not.toHaveProperty('panel');
    });

    test('the winner of an earlier one answers those who are in none', () => {
      const won = composed(
        [
          of('half', {
            layerBuckets: [0, 5_000],
            panels: [{ name: 'als', recommender: 'als', buckets: [[0, 10_000]] }],
          }),
        ],
        { usual: 'popular' },
      );
      for (const userId of ['ana', ...users]) {
        const { panel, source } = won.recommend({ userId, includeVisited: true });
        expect([panel === undefined, userId === 'ana' ? source : 'popular']).toEqual([
          bucketOf('demo-layer', userId) >= 5_000,
          panel && userId === 'ana' ? 'als' : 'popular',
        ]);
      }
      expect(won.recommend({}).source).toBe('popular');
      expect(() => composed([], { usual: 'nobody' })).toThrow(
        "The recommender 'nobody' is to answer everybody, but is not there",
      );
    });

    test('an interleaved list has the entries of both panels in turn, each with its team; half of the users begin with either', () => {
      const both = of('both', {
        design: 'interleaving',
        panels: [
          { name: 'a', recommender: 'als', buckets: [[0, 5_000]] },
          { name: 'b', recommender: 'popular', buckets: [[5_000, 10_000]] },
        ],
        forced: { tester: 'b' },
      });
      const recommender = composed([both], { cachedLists: 1_000 });
      const alone = (name: string) =>
        composed([
          {
            ...both,
            design: 'ab',
            forced: {},
            panels: [{ ...(both.panels[name === 'a' ? 0 : 1] as Panel), buckets: [[0, 10_000]] }],
          },
        ]);
      const lists = { a: alone('a'), b: alone('b') };
      let firstByA = 0;
      for (const userId of users) {
        const asked = { userId, includeVisited: true, limit: 4 };
        const { recommendations, panel } = recommender.recommend(asked);
        expect(panel?.experiment).toBe('both');
        expect(new Set(recommendations.map(({ attractionId }) => attractionId)).size).toBe(recommendations.length);
        expect(recommendations).toHaveLength(lists.b.recommend(asked).recommendations.length);
        const [first] = recommendations;
        if (first?.team === 'a') firstByA++;
        const [top] = lists[first?.team as 'a' | 'b'].recommend(asked).recommendations;
        expect(first?.attractionId).toBe(top?.attractionId);
        for (let n = 0; n + 1 < recommendations.length; n += 2)
          expect(new Set([recommendations[n]?.team, recommendations[n + 1]?.team]).size).toBe(2);
        expect(recommender.recommend(asked).recommendations).toEqual(recommendations);
      }
      // Binomial: 250 of 500, five standard deviations of 11.
      expect(Math.abs(firstByA - 250)).toBeLessThan(56);
      expect(recommender.recommend({ userId: 'tester' }).recommendations[0]).not.toHaveProperty('team');
    });
  });
});
