import { describe, expect, test } from '@jest/globals';
import { atMost, boost, closed } from '@attractions/recommender';
import type { Rule } from '@attractions/recommender';
import { demoExperiment } from '@attractions/experiments';
import { sampleGeneration, sampleNext } from '@attractions/models/testing';
import { checkAnswers } from '../src/generations/smoke.js';
import { pressureOf } from '../src/admission/pressure.js';
import { serving } from '../src/served.js';
import { askAt, listening, silent } from './support/service.js';

const generation = { ...sampleGeneration(), models: new Map([['next-attraction', sampleNext()]]) };
const rules = [
  closed(['bay:slide']),
  atMost(1, 'thrill'),
  boost(1e6, 'river-first', ({ name }) => name === 'Lazy River'),
];

const post = (body: object) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

describe('under rules, over HTTP', () => {
  test.each<[string, string, RequestInit]>([
    ['a user', '/v1/users/ana/recommendations?includeVisited=true', {}],
    ['a user in a park', '/v1/users/ana/recommendations?park=hill&includeVisited=true', {}],
    ['an unknown user', '/v1/users/nobody/recommendations', {}],
    ['visits', '/v1/recommendations', post({ visits: ['bay:pool'], includeVisited: true })],
    ['many users', '/v1/recommendations', post({ users: ['ana', 'bob@x', 'nobody'], includeVisited: true })],
    ['similar attractions', '/v1/attractions/bay:pool/similar', {}],
    ['similar attractions of one that nobody visited', '/v1/attractions/moon:crater/similar', {}],
    ['each panel', '/v1/users/ana/panels', {}],
  ])('lists of %s keep them', async (_, path, init) => {
    const composition = { rules, experiments: [demoExperiment], cachedLists: 10 };
    for (const load of ['normal', 'degraded'] as const) {
      const pressure = { ...pressureOf({ maxInFlight: 10, maxDelayMs: 60_000 }), load: () => load };
      const url = await listening(serving(generation, composition), silent, { pressure });
      const { status, body } = await askAt(url, path, init);
      expect(status).toBe(200);
      const { lists, panels } = body as Record<string, { recommendations: Entry[] }[] | undefined>;
      for (const { recommendations } of lists ?? panels ?? [body as { recommendations: Entry[] }]) {
        const ids = recommendations.map(({ attractionId }) => attractionId);
        expect(ids).not.toContain('bay:slide');
        expect(ids.filter((id) => ['bay:coaster', 'hill:train', 'hill:tower'].includes(id))).toHaveLength(1);
        const source = recommendations.find(({ attractionId }) => attractionId === 'hill:river')?.source;
        expect(recommendations.find((entry) => entry.source === source)?.attractionId).toBe('hill:river');
      }
    }
  });

  test('a rule that fails is found before anything is served, and named', async () => {
    const broken: Rule = { name: 'tall-enough', allows: () => { throw new Error('No table.') } }; // prettier-ignore
    await expect(checkAnswers(serving(generation, { rules }))).resolves.toBeUndefined();
    await expect(checkAnswers(serving(generation, { rules: [broken] }))).rejects.toMatchObject({
      code: 'SERVICE_SMOKE_FAILED',
      message: expect.stringContaining("The rule 'tall-enough' failed: No table."),
    });
  });
});

interface Entry {
  readonly attractionId: string;
  readonly source: string;
}
