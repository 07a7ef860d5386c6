import { describe, expect, test } from '@jest/globals';
import { serving } from '../../src/served.js';
import { sampleGeneration } from '@attractions/models/testing';
import { ask, askAt, listening } from '../support/service.js';

const post = async (body: unknown) =>
  askAt(await listening(serving(sampleGeneration())), '/v1/recommendations', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('POST /v1/recommendations', () => {
  test('folds in an anonymous visitor', async () => {
    expect(await post({ visits: ['hill:train'], limit: 1, explain: true })).toMatchObject({
      status: 200,
      body: {
        source: 'fold-in',
        recommendations: [{ name: 'Bay Coaster', reason: 'because you visited Mine Train' }],
      },
    });
  });

  test('answers many users in the order asked', async () => {
    expect(await post({ users: ['nobody', 'ana'], park: 'bay', limit: 1 })).toMatchObject({
      status: 200,
      body: {
        lists: [
          { userId: 'nobody', source: 'popular', recommendations: [{ attractionId: 'bay:slide' }] },
          { userId: 'ana', source: 'als', recommendations: [{ attractionId: 'bay:pool' }] },
        ],
        generation: { model: 0 },
      },
    });
  });

  test.each<[string, unknown, string]>([
    ['both users and visits', { users: ['ana'], visits: [] }, "both 'users' and 'visits'"],
    ['an unknown field', { limt: 1 }, "There is no parameter 'limt' in the body."],
    ['no users', { users: [] }, "'users' in the body"],
    ['a list', [], 'The body must be an object.'],
  ])('refuses %s', async (_, body, words) => {
    expect(await post(body)).toMatchObject({
      status: 400,
      type: 'application/problem+json',
      body: { code: 'RECOMMENDER_REQUEST_INVALID', detail: expect.stringContaining(words) },
    });
  });

  test.each([
    ['application/json', '', 400, 'The body is empty; send a JSON object, such as {}.'],
    ['application/json', '{', 400, "The body is not valid JSON, or has the key '__proto__'; correct it."],
    [
      'application/json',
      '{"__proto__":{}}',
      400,
      "The body is not valid JSON, or has the key '__proto__'; correct it.",
    ],
    ['text/xml', '{"limit":2}', 415, "The body is not sent as JSON; send it with 'content-type: application/json'."],
    ['text/plain', '{"limit":2}', 415, "The body is not sent as JSON; send it with 'content-type: application/json'."],
    ['text/plain; charset=utf-8', '{}', 415, 'The body is not sent as JSON;'],
    ['application/json', `"${'x'.repeat(70_000)}"`, 413, 'The body is larger than 64 KiB; send less in one request.'],
  ])('refuses a body of %s, %.20s, with status %i and a code of the service', async (type, body, status, words) => {
    const url = await listening(serving(sampleGeneration()));
    const headers = { 'content-type': type };
    expect(await askAt(url, '/v1/recommendations', { method: 'POST', headers, body })).toMatchObject({
      status,
      type: 'application/problem+json',
      body: { code: 'RECOMMENDER_REQUEST_INVALID', detail: expect.stringContaining(words) },
    });
  });
});

describe('the catalogue', () => {
  test('lists the parks', async () => {
    expect((await ask('/v1/parks')).body).toEqual({
      parks: [
        { park: 'bay', attractions: 3 },
        { park: 'hill', attractions: 3 },
        { park: 'moon', attractions: 1 },
      ],
      generation: { model: 0, visits: 0, attractions: 0 },
    });
  });

  test('lists the attractions page by page, each once', async () => {
    const url = await listening(serving(sampleGeneration()));
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const { body } = await askAt(url, `/v1/attractions?limit=2${next === '' ? '' : `&after=${next}`}`);
      const page = body as { attractions: { attractionId: string }[]; next: string | null };
      seen.push(...page.attractions.map(({ attractionId }) => attractionId));
      next = page.next;
    }
    expect(seen).toEqual(sampleGeneration().attractions.map(({ attractionId }) => attractionId));
    expect((await askAt(url, '/v1/attractions?park=moon')).body).toMatchObject({
      attractions: [{ attractionId: 'moon:crater', park: 'moon', name: 'Crater', themes: ['space'], visitors: 0 }],
      next: null,
    });
    expect((await askAt(url, '/v1/attractions?park=bay&after=moon:crater')).body).toMatchObject({ attractions: [] });
  });

  test('finds similar attractions', async () => {
    expect(await ask('/v1/attractions/bay%3Aslide/similar?limit=1&park=bay')).toMatchObject({
      status: 200,
      body: { source: 'als', recommendations: [{ name: 'Wave Pool' }] },
    });
    expect(await ask('/v1/attractions/gone%3Aride/similar')).toMatchObject({
      status: 404,
      body: { code: 'RECOMMENDER_UNKNOWN_ATTRACTION' },
    });
  });

  test('tells what the model saw of a user', async () => {
    expect((await ask('/v1/users/bob%40x/visits')).body).toMatchObject({
      known: true,
      visits: [
        { attractionId: 'bay:coaster', name: 'Bay Coaster', visits: 1 },
        { attractionId: 'hill:train', name: 'Mine Train', visits: 1 },
      ],
    });
    expect(await ask('/v1/users/nobody/visits')).toMatchObject({ status: 200, body: { known: false, visits: [] } });
  });
});

describe('the description', () => {
  test('is OpenAPI 3.1 of every path, from the schemas that check requests', async () => {
    const { body } = await ask('/openapi.json');
    const { openapi, paths } = body as { openapi: string; paths: Record<string, Record<string, object>> };
    expect(openapi).toBe('3.1.0');
    expect(
      Object.entries(paths)
        .map(([path, methods]) => `${Object.keys(methods).join()} ${path}`)
        .sort(),
    ).toEqual([
      'get /livez',
      'get /readyz',
      'get /v1/attractions',
      'get /v1/attractions/{attractionId}/similar',
      'get /v1/parks',
      'get /v1/users/{userId}/panels',
      'get /v1/users/{userId}/recommendations',
      'get /v1/users/{userId}/visits',
      'get /v1/version',
      'post /ofrep/v1/evaluate/flags',
      'post /ofrep/v1/evaluate/flags/{key}',
      'post /v1/recommendations',
    ]);
    expect(paths['/v1/users/{userId}/recommendations']?.['get']).toMatchObject({
      operationId: 'recommend',
      parameters: expect.arrayContaining([
        expect.objectContaining({ name: 'limit', schema: expect.objectContaining({ maximum: 100 }) }),
      ]),
    });
  });

  test('has a page on which people try a call, every file of it from here', async () => {
    const { status, type, body } = await ask('/docs');
    expect({ status, type }).toEqual({ status: 200, type: 'text/html; charset=utf-8' });
    expect(body).toContain('swagger-ui-bundle.js');
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'names the methods of a path that does not take %s',
    async (method) => {
      const url = await listening(serving(sampleGeneration()));
      const answer = await askAt(url, '/v1/users/ana/recommendations', { method });
      expect(answer).toMatchObject({ status: 405, body: { code: 'RECOMMENDER_METHOD_NOT_ALLOWED' } });
      expect(answer.headers.get('allow')).toBe('GET, HEAD');
    },
  );
});
