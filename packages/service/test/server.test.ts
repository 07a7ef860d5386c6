import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { demoExperiment } from '@attractions/experiments';
import { serving } from '../src/served.js';
import { sampleGeneration } from '@attractions/models/testing';
import { ask, askAt, listening } from './support/service.js';

describe('GET /v1/users/{userId}/recommendations', () => {
  test('answers a known user by name, with scores, sources and the generation', async () => {
    const { status, body } = await ask('/v1/users/ana/recommendations?limit=2');
    expect(status).toBe(200);
    expect(body).toEqual({
      recommendations: [
        { attractionId: 'bay:pool', name: 'Wave Pool', score: Math.fround(0.81), source: 'als' },
        { attractionId: 'hill:river', name: 'Lazy River', score: Math.fround(0.7 + 0.005), source: 'als' },
      ],
      source: 'als',
      generation: { model: 0, visits: 0, attractions: 0 },
      assumed: {
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/),
        timeZone: 'UTC',
        park: null,
        parkFrom: 'no-recent-visit',
      },
      requestId: expect.any(String),
    });
  });

  test('answers an unknown user from the popular ones', async () => {
    const { status, body } = await ask('/v1/users/nobody/recommendations');
    expect(status).toBe(200);
    expect(body).toMatchObject({ source: 'popular', recommendations: { length: 7 } });
  });

  test('answers a mapped user from their list', async () => {
    const mapping = new Map([['mia', ['hill:tower']]]);
    const { body } = await ask('/v1/users/mia/recommendations?limit=1', { mapping });
    expect(body).toMatchObject({ source: 'mapping', recommendations: [{ name: 'Free Fall Tower' }] });
  });

  test('names the panel', async () => {
    const { body } = await ask('/v1/users/ana/recommendations', { experiments: [demoExperiment] });
    expect(body).toMatchObject({ panel: { experiment: 'demo', version: 1, panel: 'model', bucket: 996 } });
  });

  test.each([
    ['bob@x', 'als'],
    ['bob%40x', 'als'],
    ['a%2Fb', 'popular'],
    ['%C3%BCn%C3%AF%20%F0%9F%8E%A2', 'popular'],
    ['__proto__', 'popular'],
    ['%25', 'popular'],
    ['x'.repeat(256), 'popular'],
    ['%F0%9F%8E%A2'.repeat(128), 'popular'],
  ])('takes the id %s', async (id, source) => {
    expect(await ask(`/v1/users/${id}/recommendations`)).toMatchObject({ status: 200, body: { source } });
  });

  test('keeps every filter of the query', async () => {
    const query = 'theme=water&theme=thrill&exclude=bay:slide&exclude=bay:coaster&park=bay&explain=true';
    const { body } = await ask(`/v1/users/nobody/recommendations?${query}`);
    const reason = 'popular in bay: 40 visitors';
    expect(body).toMatchObject({
      recommendations: [{ attractionId: 'bay:pool', score: 40, source: 'popular', reason }],
    });
    const again = await ask('/v1/users/ana/recommendations?include_visited=true&limit=1');
    expect(again.body).toMatchObject({ recommendations: [{ attractionId: 'bay:slide' }] });
  });

  test.each([
    ['?limit=0', 'RECOMMENDER_REQUEST_INVALID', "'limit' in the query must be >= 1."],
    ['?limit=101', 'RECOMMENDER_REQUEST_INVALID', "'limit' in the query must be <= 100."],
    ['?limit=ten', 'RECOMMENDER_REQUEST_INVALID', "'limit' in the query must be an integer."],
    ['?limt=3', 'RECOMMENDER_REQUEST_INVALID', "There is no parameter 'limt' in the query."],
    ['?include_visited=maybe', 'RECOMMENDER_REQUEST_INVALID', "'include_visited' in the query must be a boolean."],
    ['?park=Atlantis', 'RECOMMENDER_UNKNOWN_PARK', "There is no park 'Atlantis'; give one of: bay, hill, moon."],
    [
      '?theme=opera',
      'RECOMMENDER_UNKNOWN_THEME',
      "There is no theme 'opera'; give one of: family, space, thrill, water.",
    ],
  ])('refuses %s in a problem document', async (query, code, detail) => {
    expect(await ask(`/v1/users/ana/recommendations${query}`)).toMatchObject({
      status: 400,
      type: 'application/problem+json',
      body: { type: 'about:blank', title: 'Bad Request', status: 400, detail, code },
    });
  });
});

describe('the service', () => {
  test('tells what is running', async () => {
    const { body } = await ask('/v1/version', { experiments: [demoExperiment] });
    expect(body).toEqual({
      name: '@attractions/service',
      version: '1.2.3',
      generation: { model: 0, visits: 0, attractions: 0 },
      servedSince: expect.stringMatching(/^\d{4}-.*Z$/),
      experiment: { experiment: 'demo', version: 1 },
      experiments: [{ experiment: 'demo', version: 1 }],
    });
    expect((await ask('/v1/version')).body).toMatchObject({ experiment: null });
  });

  test('is alive and ready', async () => {
    expect(await ask('/livez')).toMatchObject({ status: 200, body: { status: 'alive' } });
    expect(await ask('/readyz')).toMatchObject({ status: 200, body: { status: 'ready', detail: [] } });
  });

  test.each([
    ['/nowhere', 404, 'NO_SUCH_PATH', 'There is nothing at GET /nowhere.'],
    [
      '/v1/users//recommendations',
      400,
      'REQUEST_INVALID',
      "'userId' in the path must NOT have fewer than 1 characters.",
    ],
    ['/v1/users/%ZZ/recommendations', 400, 'REQUEST_INVALID', 'write a % itself as %25.'],
    ['/v1/users/%F0%9F/recommendations', 400, 'REQUEST_INVALID', 'write a % itself as %25.'],
    [
      `/v1/users/${'x'.repeat(257)}/recommendations`,
      400,
      'REQUEST_INVALID',
      "'userId' in the path must NOT have more than 256 characters.",
    ],
    [
      `/v1/users/${'x'.repeat(9 * 256 + 1)}/recommendations`,
      414,
      'REQUEST_INVALID',
      'An id in the path is longer than 256 characters; send a shorter one.',
    ],
  ])('refuses the path %s with a problem document', async (url, status, code, words) => {
    const detail = expect.stringContaining(words);
    const answer = await ask(url);
    expect(answer).toMatchObject({
      status,
      type: 'application/problem+json',
      body: { status, type: 'about:blank', detail, code: `RECOMMENDER_${code}` },
    });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'x-request-id': expect.stringMatching(/./),
    });
  });

  test('says only that there was a defect, without details', async () => {
    const recommend = () => {
      throw new Error('secret');
    };
    const lines: string[] = [];
    const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    const url = await listening({ ...serving(sampleGeneration()), recommender: { recommend } }, logger);
    const answer = await askAt(url, '/v1/users/ana/recommendations');
    expect(answer).toMatchObject({ status: 500, body: { code: 'RECOMMENDER_FAILED' } });
    expect(JSON.stringify(answer.body)).not.toMatch(/secret|at /);
    expect(lines.join('')).toContain('secret');
    expect(lines.join('')).not.toContain('ana');
  });
});
