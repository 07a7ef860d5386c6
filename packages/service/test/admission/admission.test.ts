import { connect } from 'node:net';
import { sampleGeneration } from '@attractions/models/testing';
import { describe, expect, test } from '@jest/globals';
import { keyOf } from '../../src/admission/access.js';
import { rateLimit } from '../../src/admission/gate.js';
import { pressureOf } from '../../src/admission/pressure.js';
import type { Load } from '../../src/admission/pressure.js';
import { serving } from '../../src/served.js';
import { askAt, listening, silent } from '../support/service.js';

const path = '/v1/users/ana/recommendations?park=bay&explain=true';

const under = (load: Load) => {
  const pressure = { ...pressureOf({ maxInFlight: 10, maxDelayMs: 60_000 }), load: () => load };
  return listening(serving(sampleGeneration()), silent, { pressure });
};

/** Sends raw bytes, and gives all that comes back. */
async function raw(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.end(request);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

describe('under pressure', () => {
  test('answers from the popular list, filters kept, and says so', async () => {
    expect(await askAt(await under('degraded'), path)).toMatchObject({
      status: 200,
      body: {
        degraded: true,
        source: 'popular',
        recommendations: [{ attractionId: 'bay:coaster' }, { attractionId: 'bay:pool' }],
      },
    });
  });

  test('turns requests away with Retry-After, but never those that ask how it is', async () => {
    const url = await under('full');
    const answer = await askAt(url, path);
    expect(answer).toMatchObject({ status: 503, body: { code: 'RECOMMENDER_OVERLOADED' } });
    expect(answer.headers.get('retry-after')).toBe('1');
    for (const operation of ['/livez', '/readyz']) expect(await askAt(url, operation)).toMatchObject({ status: 200 });
    expect((await askAt(url, '/metrics')).body).toContain('attractions_requests_shed_total{reason="overload"} 1');
  });

  test('counts a request in flight until its answer is out', async () => {
    const pressure = pressureOf({ maxInFlight: 10, maxDelayMs: 60_000 });
    const url = await listening(serving(sampleGeneration()), silent, { pressure });
    await Promise.all(Array.from({ length: 20 }, () => askAt(url, path)));
    await askAt(url, '/livez');
    expect(pressure.inFlight()).toBeLessThanOrEqual(1);
  });
});

describe('access', () => {
  test('asks for a key where there are keys', async () => {
    const url = await listening(serving(sampleGeneration()), silent, {
      access: { keys: [keyOf('first', 'read'), keyOf('second', 'read')] },
    });
    const status = async (headers: Record<string, string>) => (await askAt(url, path, { headers })).status;
    expect(await status({})).toBe(401);
    expect(await status({ 'x-api-key': 'third' })).toBe(401);
    expect(await status({ 'x-api-key': 'second' })).toBe(200);
    expect(await status({ authorization: 'Bearer first' })).toBe(200);
    expect((await askAt(url, '/livez')).status).toBe(200);
  });

  test('limits how often one may ask', async () => {
    const url = await listening(serving(sampleGeneration()), silent, { access: { ratePerSecond: 2 } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => askAt(url, path)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ body: { code: 'RECOMMENDER_TOO_MANY_REQUESTS' } });
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
  });
});

describe('the rate', () => {
  /** Times, in milliseconds, at which a client that sends a request every millisecond is admitted. */
  function admittedMs(perSecond: number, lastMs: number): number[] {
    let nowMs = 0;
    const mayAsk = rateLimit(perSecond, () => nowMs);
    const admitted: number[] = [];
    for (; nowMs <= lastMs; nowMs++) if (mayAsk('a')) admitted.push(nowMs);
    return admitted;
  }

  test.each([0.1, 0.5, 0.9, 1, 1.5, 2, 7, 100, 999])('of %d a second is kept over a minute', (perSecond) => {
    const atOnce = Math.max(1, perSecond);
    const admitted = admittedMs(perSecond, 60_000).length;
    expect(admitted).toBeLessThanOrEqual(Math.floor(atOnce + 60 * perSecond));
    expect(admitted).toBeGreaterThanOrEqual(Math.floor(60 * perSecond));
  });

  test('of half a request lets one through every two seconds', () => {
    expect(admittedMs(0.5, 6_000)).toEqual([0, 2_000, 4_000, 6_000]);
  });

  test('of two lets two through at once, then one every half second, separately for each client', () => {
    let nowMs = 0;
    const mayAsk = rateLimit(2, () => nowMs);
    expect([mayAsk('a'), mayAsk('a'), mayAsk('a'), mayAsk('b')]).toEqual([true, true, false, true]);
    nowMs = 499;
    expect(mayAsk('a')).toBe(false);
    nowMs = 501;
    expect([mayAsk('a'), mayAsk('a')]).toEqual([true, false]);
    nowMs = 60_000;
    expect([mayAsk('a'), mayAsk('a'), mayAsk('a')]).toEqual([true, true, false]);
  });

  test('below one tells the client how long to wait', async () => {
    const url = await listening(serving(sampleGeneration()), silent, { access: { ratePerSecond: 0.1 } });
    expect((await askAt(url, path)).status).toBe(200);
    const refused = await askAt(url, path);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('10');
  });
});

describe('every answer', () => {
  test('has security headers, and the id of its request', async () => {
    const url = await listening(serving(sampleGeneration()));
    const { headers } = await askAt(url, path, { headers: { 'x-request-id': 'trace-1' } });
    expect(headers.get('x-request-id')).toBe('trace-1');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    const other = await askAt(url, '/nowhere', { headers: { 'x-request-id': 'not an id!' } });
    expect(other.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}-[0-9a-z]+$/);
  });

  test('is a problem document even where the request is not HTTP, or its headers are too long', async () => {
    const url = await listening(serving(sampleGeneration()));
    const noise = await raw(url, 'what?\r\n\r\n');
    expect(noise).toMatch(/^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*"RECOMMENDER_REQUEST_INVALID"/);
    const long = await raw(url, `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(long).toMatch(/^HTTP\/1\.1 431 [^]*application\/problem\+json/);
    const refusals = [
      [400, 'GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n'],
      [405, 'TRACE /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
      [405, 'QUERY /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
      [417, 'GET /livez HTTP/1.1\r\nhost: x\r\nexpect: tea\r\n\r\n'],
    ] as const;
    for (const [status, request] of refusals) {
      const answer = await raw(url, request);
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*application/problem\\+json`));
      expect(answer).toMatch(/x-content-type-options: nosniff[^]*x-request-id: |x-request-id: [^]*nosniff/);
    }
  });
});
