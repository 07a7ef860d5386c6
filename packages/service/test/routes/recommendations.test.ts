import { describe, expect, test } from '@jest/globals';
import type { Recommendations } from '@attractions/recommender';
import { createRecommender } from '@attractions/recommender';
import { parkClocks } from '@attractions/recommender';
import { demoExperiment } from '@attractions/experiments';
import { serving } from '../../src/served.js';
import { sampleGeneration, sampleNext } from '@attractions/models/testing';
import type { Shown } from '../../src/routes/recommendations.js';
import { askAt, listening, silent } from '../support/service.js';

const noon = Date.UTC(2014, 7, 5, 12);
const clocks = parkClocks({ parks: { hill: 'Europe/Berlin' } }, () => noon);
const panels = demoExperiment.panels.map((panel) =>
  panel.name === 'model' ? { ...panel, recommender: 'next-attraction' } : panel,
);
const composition = { clocks, experiments: [{ ...demoExperiment, panels }], cachedLists: 100 };
const generation = { ...sampleGeneration(), models: new Map([['next-attraction', sampleNext()]]) };
const library = createRecommender(generation, composition);
const url = () => listening(serving(generation, composition));

const get = async (user: string, query: string) => askAt(await url(), `/v1/users/${user}/recommendations?${query}`);
const post = async (body: object) =>
  askAt(await url(), '/v1/recommendations', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const idsIn = (body: unknown) => (body as Recommendations).recommendations.map(({ attractionId }) => attractionId);

/** Of the service, where the client gave none. */
const requestId = expect.stringMatching(/^[0-9a-f-]{36}-[0-9a-z]+$/);

test('the id of a request is in the answer, in its header and in the record of what was shown', async () => {
  const shown: Shown[] = [];
  const base = await listening(serving(generation, composition), silent, { shown: (one) => void shown.push(one) });
  const path = '/v1/users/ana/recommendations?limit=2';
  const headers = { 'x-request-id': 'mine:1' };
  for (const init of [{}, {}, {}, { headers }]) {
    const answer = await askAt(base, path, init);
    const { requestId: given, recommendations } = answer.body as { requestId: string; recommendations: object[] };
    expect(recommendations).toHaveLength(2);
    expect([given, given]).toEqual([answer.headers.get('x-request-id'), shown.at(-1)?.requestId]);
  }
  expect(new Set(shown.map((one) => one.requestId)).size).toBe(4);
  expect(shown.at(-1)?.requestId).toBe('mine:1');
});

describe('one request, three ways', () => {
  const request = {
    userId: 'ana',
    park: 'bay',
    at: '2014-08-05T12:00:00Z',
    visits: ['hill:train', { attractionId: 'bay:slide', visitedAt: '2014-08-05T11:59' }],
    limit: 5,
    themes: ['thrill', 'water'],
    allow: ['bay:pool', 'bay:coaster', 'bay:slide'],
    exclude: ['bay:pool'],
    includeVisited: true,
    explain: true,
  };

  test('the library, a query and a body answer the same', async () => {
    const answer = library.recommend(request);
    expect(answer).toMatchObject({ source: 'next-attraction', panel: { panel: 'model' } });
    expect(idsIn(answer)).toEqual(['bay:coaster', 'bay:slide']);
    const query = new URLSearchParams([
      ['park', 'bay'],
      ['at', request.at],
      ['visits', 'hill:train'],
      ['visits', 'bay:slide@2014-08-05T11:59'],
      ['limit', '5'],
      ...request.themes.map((theme): [string, string] => ['themes', theme]),
      ...request.allow.map((id): [string, string] => ['allow', id]),
      ['exclude', 'bay:pool'],
      ['includeVisited', 'true'],
      ['explain', 'true'],
    ]);
    expect((await get('ana', String(query))).body).toEqual({ ...answer, requestId });
    expect((await post(request)).body).toEqual({ ...answer, requestId });
  });

  test('without a time and a park the answer says what was assumed, remembered or not', async () => {
    const base = await url();
    const asks = Array.from({ length: 3 }, () => askAt(base, '/v1/users/ana/recommendations?limit=2'));
    const expected = library.recommend({ userId: 'ana', limit: 2 });
    expect(expected.assumed).toMatchObject({ at: '2014-08-05T12:00:00.000', park: null });
    for (const { body } of await Promise.all(asks)) expect(body).toEqual({ ...expected, requestId });
    const { body } = await get('stranger', 'visits=hill:train@2014-08-05T10:30:00Z');
    expect(body).toMatchObject({ assumed: { at: '2014-08-05T14:00:00.000', timeZone: 'Europe/Berlin', park: 'hill' } });
  });

  test('many users share the time and the filters', async () => {
    const { body } = await post({
      users: ['ana', 'nobody'],
      park: 'bay',
      at: '2014-08-05T12:00',
      exclude: ['bay:pool'],
    });
    const answers = ['ana', 'nobody'].map((userId) => ({
      userId,
      ...library.recommend({ userId, park: 'bay', at: noon, exclude: ['bay:pool'] }),
    }));
    expect(body).toEqual({ lists: answers, generation: generation.seqs, requestId });
  });

  test('each panel is asked the same', async () => {
    const query = 'park=bay&at=2014-08-05T12:00&visits=bay:slide@2014-08-05T11:59&limit=1';
    const { body } = await askAt(await url(), `/v1/users/ana/panels?${query}`);
    const visits = [{ attractionId: 'bay:slide', visitedAt: '2014-08-05T11:59' }];
    const [first] = library.recommend({ userId: 'ana', park: 'bay', at: noon, visits, explain: true }).recommendations;
    expect(body).toMatchObject({
      panels: expect.arrayContaining([expect.objectContaining({ recommendations: [first] })]),
    });
  });
});

describe('the former names', () => {
  test.each([
    ['theme=thrill', { themes: ['thrill'] }],
    ['theme=thrill&themes=space', { themes: ['thrill', 'space'] }],
    ['include_visited=true', { includeVisited: true }],
  ])('%s still counts in a query', async (query, request) => {
    const { body } = await get('ana', `park=bay&at=2014-08-05T09:00&${query}`);
    const answer = library.recommend({ userId: 'ana', park: 'bay', at: '2014-08-05T09:00', ...request });
    expect(body).toEqual({ ...answer, requestId });
  });

  test('deny still counts in a body, beside exclude', async () => {
    const { body } = await post({ park: 'bay', deny: ['bay:slide'], exclude: ['bay:pool'] });
    expect(idsIn(body)).toEqual(['bay:coaster']);
  });

  test('they are described as deprecated', async () => {
    const { body } = await askAt(await url(), '/openapi.json');
    const { paths } = body as { paths: Record<string, Record<string, { parameters: { name: string }[] }>> };
    const named = paths['/v1/users/{userId}/recommendations']?.['get']?.parameters ?? [];
    expect(
      named.filter((parameter) => JSON.stringify(parameter).includes('"deprecated":true')).map(({ name }) => name),
    ).toEqual(['theme', 'include_visited']);
    expect(JSON.stringify(paths['/v1/recommendations'])).toContain('2014-08-05T14:10:00');
  });
});

describe('what is refused', () => {
  test.each([
    ['at=noon', "The time is 'noon'; give RFC 3339, such as"],
    ['at=NaN', "The time is 'NaN'; give RFC 3339"],
    ['at=1407240000000', "The time is '1407240000000'; give RFC 3339"],
    ['at=10000-01-01T00:00:00Z', "The time is '10000-01-01T00:00:00Z'; give RFC 3339"],
    ['at=2014-08-05T10:00:00+02:00', 'in a URL the + is written %2B'],
    ['visits=bay:slide@2014-13-05T10:00', "The time is '2014-13-05T10:00'; give RFC 3339"],
    ['visits=bay:slide@2014-08-05', "The time is '2014-08-05'; give RFC 3339"],
    ['at=2014-08-05T10:00&at=2014-08-05T10:00', "'at' in the query must be a string."],
    ['deny=bay:slide', "There is no parameter 'deny' in the query."],
  ])('?%s', async (query, detail) => {
    expect(await get('ana', query)).toMatchObject({
      status: 400,
      body: { code: 'RECOMMENDER_REQUEST_INVALID', detail: expect.stringContaining(detail) },
    });
  });

  test.each<[object, string]>([
    [{ at: 1407240000000 }, "'at' in the body must be a string."],
    [{ visits: [{ attractionId: 'bay:slide', visitedAt: 7 }] }, "'visits.0.visitedAt' in the body must be a string."],
    [{ visits: [{ attractionId: 'bay:slide', when: '' }] }, 'visitedAt'],
    [{ visits: [{ attractionId: 'bay:slide', visitedAt: '9999-99-99T00:00' }] }, "The time is '9999-99-99T00:00'"],
    [{ users: ['ana'], userId: 'ana' }, "The body has both 'users' and 'userId'"],
    [{ theme: ['thrill'] }, "There is no parameter 'theme' in the body."],
  ])('%j', async (body, detail) => {
    expect(await post(body)).toMatchObject({
      status: 400,
      body: { code: 'RECOMMENDER_REQUEST_INVALID', detail: expect.stringContaining(detail) },
    });
  });

  test('an id may have an @ that no time follows', async () => {
    const { status, body } = await get('nobody', 'visits=bob%40x&visits=a%40b%40c&visits=bay%3Aslide&park=bay');
    expect(status).toBe(200);
    expect(idsIn(body)).not.toContain('bay:slide');
  });
});
