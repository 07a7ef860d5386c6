import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createClient } from '../src/index.js';
import { waitMs } from '../src/http.js';
import { faultyService, problem } from './support/faulty-service.js';

const list = { recommendations: [], source: 'popular', generation: { model: 1, visits: 1, attractions: 1 } };
const fine = { status: 200, body: list };

describe('a request', () => {
  test('for a list is a body with the key, and its id is that of the answer', async () => {
    const { url, requests } = await faultyService(() => fine);
    const client = createClient({ url: `${url}/`, key: 'secret', tenant: 'north sea' });
    const { requestId, ...answer } = await client.recommend({ userId: 'ana', limit: 3 });
    expect(answer).toEqual(list);
    expect(requests).toMatchObject([
      {
        method: 'POST',
        url: '/v1/t/north%20sea/recommendations',
        headers: { authorization: 'Bearer secret', 'content-type': 'application/json', 'x-request-id': requestId },
        body: { userId: 'ana', limit: 3 },
      },
    ]);
  });

  test('without a body is an address whose lists repeat their name', async () => {
    const { url, requests } = await faultyService(() => fine);
    await createClient({ url }).similar('hill:a/b', { themes: ['Dark', 'Water & ice'], limit: 2 });
    expect(requests[0]?.url).toBe('/v1/attractions/hill%3Aa%2Fb/similar?themes=Dark&themes=Water+%26+ice&limit=2');
    expect(requests[0]?.headers['content-type']).toBeUndefined();
  });
});

describe('a try that fails', () => {
  test.each([
    ['a dropped connection', 'drop'],
    ['408', problem(408, 'X')],
    ['429', problem(429, 'X')],
    ['a proxy without a service', { status: 502, text: '<html>Bad gateway</html>' }],
    ['503', problem(503, 'X')],
    ['504', { status: 504, text: '' }],
  ] as const)('%s: the same request is sent again, under the same id', async (_, fault) => {
    const { url, requests } = await faultyService((_, n) => (n < 2 ? fault : fine));
    await createClient({ url }).recommend({ userId: 'ana' });
    expect(requests).toHaveLength(3);
    expect(new Set(requests.map(({ headers }) => headers['x-request-id'])).size).toBe(1);
  });

  test.each([400, 401, 403, 404, 500])('%d is final', async (status) => {
    const { url, requests } = await faultyService(() => problem(status, 'RECOMMENDER_REFUSED'));
    await expect(createClient({ url }).parks()).rejects.toMatchObject({
      name: 'ClientError',
      code: 'RECOMMENDER_REFUSED',
      message: 'A sentence about RECOMMENDER_REFUSED.',
      status,
    });
    expect(requests).toHaveLength(1);
  });

  test('gives the last error after the last try', async () => {
    const { url, requests } = await faultyService(() => 'drop');
    const told = createClient({ url, retries: 1 }).parks();
    await expect(told).rejects.toMatchObject({ code: 'CLIENT_UNREACHABLE', status: undefined });
    expect(requests).toHaveLength(2);
  });

  test('comes again no earlier than Retry-After says', async () => {
    const { url, requests } = await faultyService((_, n) =>
      n === 0 ? problem(503, 'X', { 'retry-after': '1' }) : fine,
    );
    await createClient({ url }).parks();
    const [first = 0, second = 0] = requests.map(({ atMs }) => atMs);
    expect(second - first).toBeGreaterThanOrEqual(990);
  });

  test('is final where Retry-After asks for more than half a minute', async () => {
    const { url, requests } = await faultyService(() => problem(429, 'X', { 'retry-after': '3600' }));
    await expect(createClient({ url }).parks()).rejects.toMatchObject({ status: 429, retryAfterMs: 3_600_000 });
    expect(requests).toHaveLength(1);
  });

  test('waits evenly between 0 and a bound that doubles, after what Retry-After says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.nat(100_000), (failures, retryAfterMs) => {
        const jitterMs = waitMs(failures, retryAfterMs) - retryAfterMs;
        expect(jitterMs).toBeGreaterThanOrEqual(0);
        expect(jitterMs).toBeLessThanOrEqual(Math.min(10_000, 200 * 2 ** (failures - 1)));
      }),
    );
    const waits = Array.from({ length: 1_000 }, () => waitMs(20));
    expect([Math.min(...waits) < 2_000, Math.max(...waits) > 8_000]).toEqual([true, true]);
  });
});

describe('an answer that does not come', () => {
  test('times out, and counts as a failed try', async () => {
    const { url, requests } = await faultyService((_, n) => (n === 0 ? 'silence' : fine));
    await createClient({ url, timeoutMs: 100 }).parks();
    expect(requests).toHaveLength(2);
    const silent = await faultyService(() => 'silence');
    const told = createClient({ url: silent.url, timeoutMs: 50, retries: 0 }).parks();
    await expect(told).rejects.toMatchObject({ code: 'CLIENT_TIMED_OUT', message: expect.stringContaining('50 ms') });
  });

  test('is not waited for once the signal is aborted, nor asked for again', async () => {
    const { url, requests, arrived } = await faultyService(() => 'silence');
    const ended = new AbortController();
    const told = createClient({ url }).similar('a', {}, { signal: ended.signal });
    await arrived(1);
    ended.abort(new Error('the page is gone'));
    await expect(told).rejects.toThrow('the page is gone');
    expect(requests).toHaveLength(1);
  });

  test('nor is a retry, and a signal that was aborted before sends nothing', async () => {
    const { url, requests, arrived } = await faultyService(() => problem(503, 'X', { 'retry-after': '20' }));
    const ended = new AbortController();
    const told = createClient({ url }).parks({ signal: ended.signal });
    await arrived(1);
    ended.abort(new Error('enough'));
    await expect(told).rejects.toThrow('enough');
    await expect(createClient({ url }).recommend({}, { signal: ended.signal })).rejects.toThrow('enough');
    expect(requests).toHaveLength(1);
  });
});

test('an answer of something else is an error that shows it', async () => {
  const { url } = await faultyService(() => ({ status: 200, text: '<html>Log in to the wireless network' }));
  await expect(createClient({ url }).parks()).rejects.toMatchObject({
    code: 'CLIENT_ANSWER_INVALID',
    message: expect.stringContaining('"<html>Log in to the wireless network"'),
  });
});

test.each([
  [{ url: 'parks.example' }, '\'url\' is "parks.example"'],
  [{ url: '' }, '\'url\' is ""'],
  [{ url: 'ftp://parks.example' }, "'url' is"],
  [{ url: 'http://a', timeoutMs: 0 }, "'timeoutMs' is 0"],
  [{ url: 'http://a', retries: 1.5 }, "'retries' is 1.5"],
])('options %j are refused', (options, sentence) => {
  expect(() => createClient(options)).toThrow(
    expect.objectContaining({ code: 'CLIENT_OPTION_INVALID', message: expect.stringContaining(sentence) }),
  );
});
