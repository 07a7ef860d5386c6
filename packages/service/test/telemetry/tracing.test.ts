import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { sampleGeneration } from '@attractions/models/testing';
import { afterEach, expect, test } from '@jest/globals';
import { serving } from '../../src/served.js';
import { tracingTo } from '../../src/telemetry/tracing.js';
import type { Tracing } from '../../src/telemetry/tracing.js';
import { askAt, listening, silent } from '../support/service.js';

/** A span as OTLP has it in JSON, as far as it is looked at. */
interface SentSpan {
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly status: { readonly code: number };
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: Pick<SentSpan, 'attributes'>;
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

/** Takes what is sent to it, as a collector does. */
async function collector() {
  const received: Sent[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === 'POST' && request.url === '/v1/traces') received.push((await json(request)) as Sent);
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ended.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, received };
}

/** A service that traces to a collector, and what the collector has once the tracing has ended. */
async function traced() {
  const { url: endpoint, received } = await collector();
  const tracing: Tracing = await tracingTo(endpoint, '1.2.3');
  const url = await listening(serving(sampleGeneration(), {}), silent, { tracing });
  return {
    url,
    async sent() {
      await tracing.close();
      const all = received.flatMap(({ resourceSpans }) => resourceSpans);
      return {
        resource: all[0]?.resource,
        spans: all.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      };
    },
  };
}

const valueOf = (of: Pick<SentSpan, 'attributes'> | undefined, name: string) =>
  Object.values(of?.attributes.find(({ key }) => key === name)?.value ?? {})[0];

test('a request is a span of its route, which continues the trace of the client and names no user', async () => {
  const { url, sent } = await traced();
  const [trace, parent] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
  const headers = { traceparent: `00-${trace}-${parent}-01` };
  expect((await askAt(url, '/v1/users/secret-name/recommendations?limit=2', { headers })).status).toBe(200);
  const { spans, resource } = await sent();
  expect(valueOf(resource, 'service.name')).toBe('attractions');
  expect(spans).toHaveLength(1);
  const [span] = spans;
  expect(span).toMatchObject({
    traceId: trace,
    parentSpanId: parent,
    name: 'GET /v1/users/:userId/recommendations',
    kind: 2,
  });
  expect(valueOf(span, 'http.request.method')).toBe('GET');
  expect(valueOf(span, 'http.route')).toBe('/v1/users/:userId/recommendations');
  expect(valueOf(span, 'http.response.status_code')).toBe(200);
  expect(valueOf(span, 'attractions.source')).toBe('popular');
  expect(valueOf(span, 'attractions.entries')).toBe(2);
  expect(JSON.stringify(spans)).not.toContain('secret-name');
});

test('what is refused and what leads nowhere have spans too', async () => {
  const { url, sent } = await traced();
  await askAt(url, '/v1/users/ann/recommendations?limit=0');
  await askAt(url, '/nowhere');
  const { spans } = await sent();
  expect(spans.map((span) => [span.name, valueOf(span, 'http.response.status_code')])).toEqual([
    ['GET /v1/users/:userId/recommendations', 400],
    ['GET', 404],
  ]);
});

test('a collector that is not there costs no request', async () => {
  const tracing = await tracingTo('http://127.0.0.1:9', '1.2.3');
  const url = await listening(serving(sampleGeneration(), {}), silent, { tracing });
  expect((await askAt(url, '/v1/users/ann/recommendations')).status).toBe(200);
  await tracing.close();
});
