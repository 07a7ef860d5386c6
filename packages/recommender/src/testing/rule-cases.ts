import assert from 'node:assert/strict';
import type { Attraction, RecommendationRequest } from '@attractions/contracts';
import { popular } from '@attractions/models';
import type { Generation } from '@attractions/models';
import { sampleGeneration, sampleNext } from '@attractions/models/testing';
import { createRecommender } from '../answers/compose.js';
import { kindRecommender } from '../answers/kind.js';
import { parkClocks } from '../answers/park-clocks.js';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../answers/recommender.js';
import type { Recommendation, Recommendations } from '../answers/recommender.js';
import type { Rule } from '../answers/rules.js';
import { similarIn } from '../answers/similar.js';
import { situated } from '../answers/situated.js';
import { sampleRequests } from './requests.js';
import type { Case } from './requests.js';

const REQUESTS = 200;

const SIMILAR = 'attractions similar to ';

/** What the clocks show: the time of a request without one. */
const NOW_MS = 5e7;

type Path = (request: RecommendationRequest) => Recommendations;

/**
 * The contract of {@link Rule}: its results have the right types and never change, and it applies to every list.
 *
 * @param generation what the rule is tried on, at most 100 attractions; default: seven attractions in three parks
 */
export function ruleCases(
  rule: Rule,
  generation: Generation = { ...sampleGeneration(), models: new Map([['next-attraction', sampleNext()]]) },
): readonly Case[] {
  const { attractions } = generation;
  assert.ok(attractions.length <= MAX_LIMIT, `There are ${attractions.length} attractions; give ${MAX_LIMIT} at most.`);
  const { allows, boosts, caps } = rule;
  const cases: Case[] = [];

  cases.push({
    name: 'it has a name, and one of allows, boosts and caps',
    run: () => {
      assert.match(rule.name, /\S/);
      assert.ok(allows ?? boosts ?? caps, 'Give one of allows, boosts, caps.');
      if (caps) assert.ok(Number.isInteger(caps.most) && caps.most >= 1, `caps.most is ${caps.most}`);
    },
  });
  cases.push({
    name: 'the same attraction and request have the same answer, of the right type',
    run: () => {
      const answers = (request: RecommendationRequest, attraction: Attraction) => [
        rule.allows?.(attraction, request) ?? true,
        rule.boosts?.(attraction, request) ?? 1,
        caps?.of(attraction) ?? '',
      ];
      for (const request of sampleRequests(generation, REQUESTS))
        for (const attraction of attractions) {
          const [allowed, factor, kind] = answers(askedAt(request), attraction);
          assert.deepEqual(answers(askedAt(request), attraction), [allowed, factor, kind]);
          assert.equal(typeof allowed, 'boolean');
          assert.ok(typeof factor === 'number' && factor > 0 && factor < Infinity, `It boosts by ${factor}`);
          assert.equal(typeof kind, 'string');
        }
    },
  });
  const under = pathsOf(generation, [rule]);
  for (const [name, plain] of Object.entries(pathsOf(generation, [])))
    cases.push({
      name: `it holds for ${name}`,
      run: () => {
        const requests = sampleRequests(generation, REQUESTS);
        for (const request of name.startsWith(SIMILAR) ? requests.map(withoutVisitor) : requests)
          assert.deepEqual(
            (under[name] as Path)(request).recommendations,
            expected(rule, generation, plain, request),
            `For ${JSON.stringify(request)}`,
          );
      },
    });
  return cases;
}

/** Every way that a list is made. */
function pathsOf(generation: Generation, rules: readonly Rule[]): Readonly<Record<string, Path>> {
  const { attractions } = generation;
  const withoutNext: Generation = { ...generation, models: new Map() };
  const ids = attractions.map(({ attractionId }) => attractionId);
  const mapping = new Map(
    [...generation.model.userIds, 'stranger'].map((user, n) => [user, ids.slice(n % ids.length)]),
  );
  const clocks = parkClocks({}, () => NOW_MS);
  const panel = (recommender: string): Path => {
    const panels = [{ name: 'all', recommender, buckets: [[0, 10_000] as const] }];
    const experiment = { experiment: 'rules', version: 1, layerSalt: 'l', layerBuckets: [0, 10_000] as const, salt: 's', panels }; // prettier-ignore
    return createRecommender(generation, { experiments: [experiment], mapping, clocks, rules }).recommend;
  };
  const similar = similarIn(generation, { rules, clocks });
  return {
    'als, fold-in and popular': createRecommender(withoutNext, { clocks, rules }).recommend,
    'the usual stack': createRecommender(generation, { clocks, rules }).recommend,
    'the usual stack, with lists remembered': createRecommender(generation, { clocks, rules, cachedLists: 9 })
      .recommend,
    'written lists': createRecommender(generation, { mapping, clocks, rules }).recommend,
    ...(generation.models.has('next-attraction') && { 'a panel of next attractions': panel('next-attraction') }),
    'a panel of ALS': panel('als'),
    'a panel of written lists': panel('mapping'),
    'a panel of popular attractions': panel('popular'),
    'degraded answers': situated(generation, kindRecommender(generation, popular), clocks, rules).recommend,
    ...Object.fromEntries(
      ids.map((id) => [`${SIMILAR}${id}`, (request: RecommendationRequest) => similar(id, request)]),
    ),
  };
}

/** A list of similar attractions has no visitor, and its time is always now. */
const withoutVisitor = (request: RecommendationRequest): RecommendationRequest => ({
  ...request,
  userId: undefined,
  visits: undefined,
  at: undefined,
});

/** The expected list, in a second, simple implementation: all that may be shown, ranked without the rule, then boosted, capped and cut. */
function expected(rule: Rule, generation: Generation, plain: Path, request: RecommendationRequest): Recommendation[] {
  const asked = askedAt(request);
  const attractionOf = (id: string) =>
    generation.attractions.find(({ attractionId }) => attractionId === id) as Attraction;
  const barred = generation.attractions.filter((attraction) => rule.allows?.(attraction, asked) === false);
  const exclude = [...(request.exclude ?? []), ...barred.map(({ attractionId }) => attractionId)];
  const { recommendations, assumed } = plain({ ...request, exclude, limit: MAX_LIMIT });
  const stretchOf = ({ attractionId, source }: Recommendation) => {
    const { park } = attractionOf(attractionId);
    return `${source} ${assumed === undefined ? '' : park === assumed.park}`;
  };
  const stretches = [...new Set(recommendations.map(stretchOf))];
  const boosted = stretches.flatMap((stretch) =>
    recommendations
      .filter((entry) => stretchOf(entry) === stretch)
      .map((entry) => {
        const factor = rule.boosts?.(attractionOf(entry.attractionId), asked) ?? 1;
        return { ...entry, score: entry.score < 0 ? entry.score / factor : entry.score * factor };
      })
      .sort((a, b) => b.score - a.score),
  );
  const kinds = boosted.map(({ attractionId }) => rule.caps?.of(attractionOf(attractionId)));
  const { most = Infinity } = rule.caps ?? {};
  return boosted
    .filter((_, n) => kinds[n] === undefined || kinds.slice(0, n).filter((kind) => kind === kinds[n]).length < most)
    .slice(0, request.limit ?? DEFAULT_LIMIT);
}

const askedAt = (request: RecommendationRequest): RecommendationRequest => ({ ...request, at: request.at ?? NOW_MS });
