import { describe, expect, test } from '@jest/globals';
import { sampleGeneration, sampleNext } from '@attractions/models/testing';
import { createRecommender } from '../../src/answers/compose.js';
import { entryOf } from '../../src/answers/candidates.js';
import { parkClocks } from '../../src/answers/park-clocks.js';
import type { Recommender } from '../../src/answers/recommender.js';
import { atMost, boost, closed, defineRule } from '../../src/answers/rules.js';
import type { Rule } from '../../src/answers/rules.js';
import { similarIn } from '../../src/answers/similar.js';
import { situated } from '../../src/answers/situated.js';
import { ruleCases } from '../../src/testing/rule-cases.js';

const generation = { ...sampleGeneration(), models: new Map([['next-attraction', sampleNext()]]) };
const clocks = parkClocks({}, () => 5e7);
const TEN_HOURS = 36e6;

/** Opens late; depends on the request. */
const opensAtTen = defineRule({
  name: 'opens-at-ten',
  allows: ({ park }, { at }) => park !== 'hill' || Number(at) % 864e5 >= TEN_HOURS,
});
const ownItems = defineRule({
  name: 'own-items',
  allows: ({ attractionId }, { userId = '' }) => !userId.endsWith(attractionId.slice(-1)),
});
const onePerPark = defineRule({ name: 'one-per-park', caps: { most: 1, of: ({ park }) => park } });
const everything: Rule = {
  ...opensAtTen,
  boosts: ({ themes }, { userId }) => (themes.includes('thrill') ? 7 : userId === 'ana' ? 0.3 : 1),
  ...atMost(1, 'water'),
  name: 'everything',
};

for (const rule of [
  closed(['bay:slide', 'hill:train', 'gone:ride']),
  opensAtTen,
  ownItems,
  onePerPark,
  atMost(1, 'thrill'),
  boost(100, 'water-first', ({ themes }) => themes.includes('water')),
  boost(0.01, 'bay-last', ({ park }) => park === 'bay'),
  everything,
])
  describe(`the rule ${rule.name}`, () => {
    for (const { name, run } of ruleCases(rule, generation)) test(name, run);
  });

test('without rules nothing changes, not even the object of a list that is remembered', () => {
  const recommender = createRecommender(generation, { cachedLists: 10, clocks, rules: [] });
  const list = () => recommender.recommend({ userId: 'ana', park: 'hill' }).recommendations;
  expect(list()).toBe(list());
});

test('several rules hold together, in their order: hidden ones make no room in a cap', () => {
  const rules = [closed(['bay:coaster']), atMost(1, 'thrill')];
  const { recommendations } = createRecommender(generation, { clocks, rules }).recommend({ limit: 10 });
  const thrilling = recommendations.filter(({ attractionId }) =>
    ['bay:coaster', 'hill:train', 'hill:tower'].includes(attractionId),
  );
  expect(thrilling.map(({ attractionId }) => attractionId)).toEqual(['hill:train']);
  expect(recommendations).toHaveLength(5);
});

test('a list that is about a time is made anew under rules', () => {
  let now = TEN_HOURS - 1;
  const ticking = parkClocks({}, () => now);
  const recommender = createRecommender(generation, { cachedLists: 10, clocks: ticking, rules: [opensAtTen] });
  expect(recommender.recommend({ park: 'hill' }).recommendations).toEqual([]);
  now += 1;
  expect(recommender.recommend({ park: 'hill' }).recommendations).toHaveLength(3);
});

test('they hold for a recommender that reads the request by itself', () => {
  const stubborn: Recommender = {
    recommend: ({ exclude = [], limit = 10 }) => ({
      recommendations: generation.attractions
        .flatMap(({ attractionId }, item) =>
          exclude.includes(attractionId) ? [] : [entryOf(generation, item, 1, 'popular')],
        )
        .slice(0, limit),
      source: 'popular',
      generation: generation.seqs,
    }),
  };
  const first = generation.attractions[0]?.attractionId ?? '';
  const listed = (rules: readonly Rule[]) =>
    situated(generation, stubborn, clocks, rules)
      .recommend({ limit: 2 })
      .recommendations.map(({ attractionId }) => attractionId);
  const [, second, third] = generation.attractions.map(({ attractionId }) => attractionId);
  expect(listed([])).toEqual([first, second]);
  expect(listed([closed([first])])).toEqual([second, third]);
});

test.each<[string, Partial<Rule>, string]>([
  ['throws', { allows: () => { throw new Error('No table of heights') } }, "The rule 'mine' failed: No table of heights."],
  ['boosts by 0', { boosts: () => 0 }, "by 0; give a number above 0."],
  ['boosts by NaN', { boosts: () => NaN }, 'by NaN; give a number above 0.'],
  ['has a cap that throws', { caps: { most: 1, of: () => { throw new Error('Oops') } } }, 'Oops'],
])('a rule that %s is named, and nothing is shown', (_, parts, words) => {
  const rules = [{ name: 'mine', ...parts }];
  const refused = expect.objectContaining({ code: 'RECOMMENDER_RULE_FAILED', message: expect.stringContaining(words) });
  expect(() => createRecommender(generation, { rules, clocks }).recommend({})).toThrow(refused);
  expect(() => similarIn(generation, { rules, clocks })('bay:slide')).toThrow(refused);
}); // prettier-ignore

test('the limit of a client stays bounded under rules', () => {
  const { recommend } = createRecommender(generation, { rules: [onePerPark], clocks });
  expect(() => recommend({ limit: 101 })).toThrow(/from 1 to 100/);
  expect(recommend({ limit: 1 }).recommendations).toHaveLength(1);
});
