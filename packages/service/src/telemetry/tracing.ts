import type { Recommendations } from '@attractions/recommender';
import type { Span } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { ServiceError } from '../errors.js';

/** Spans of requests, sent to an OpenTelemetry collector. */
export interface Tracing {
  /** Makes a span for every request. */
  observe(server: FastifyInstance): void;
  /** Sends the remaining spans. Never throws. */
  close(): Promise<void>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The span of this request; undefined if requests are not traced. */
    span: Span | undefined;
  }
}

/** Longest wait for the collector at the end. Spans that it has not accepted by then are lost. */
const EXPORT_TIMEOUT_MS = 2_000;

/**
 * Traces requests to the collector at `endpoint` (OTLP over HTTP). A request with a `traceparent` header (W3C Trace Context) continues that trace. A span has
 * the name of its route and the attributes that OpenTelemetry defines for HTTP servers, but no path and no query, because those contain user ids.
 * `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS` and the other variables of the SDK apply.
 *
 * @throws ServiceError SERVICE_TRACING_MODULE_MISSING if OpenTelemetry is not installed
 */
export async function tracingTo(endpoint: string, version: string): Promise<Tracing> {
  const { api, core, sdk, otlp, resources } = await load();
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = new otlp.OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS });
  const named = resources.detectResources({ detectors: [resources.envDetector] });
  const provider = new sdk.NodeTracerProvider({
    resource: resources
      .resourceFromAttributes({ 'service.name': 'attractions', 'service.version': version })
      .merge(named),
    spanProcessors: [new sdk.BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('@attractions/service', version);
  const propagator = new core.W3CTraceContextPropagator();

  return {
    observe(server) {
      server.decorateRequest('span', undefined);
      server.addHook('onRequest', (request, _reply, done) => {
        const parent = propagator.extract(api.ROOT_CONTEXT, request.headers, api.defaultTextMapGetter);
        const route = request.routeOptions.url;
        const attributes = {
          'http.request.method': request.method,
          'url.scheme': request.protocol,
          ...(route !== undefined && { 'http.route': route }),
        };
        const name = route === undefined ? request.method : `${request.method} ${route}`;
        request.span = tracer.startSpan(name, { kind: api.SpanKind.SERVER, attributes }, parent);
        done();
      });
      server.addHook('onResponse', (request, reply, done) => {
        const { statusCode } = reply;
        request.span?.setAttribute('http.response.status_code', statusCode);
        if (statusCode >= 500) {
          request.span?.setAttribute('error.type', String(statusCode)).setStatus({ code: api.SpanStatusCode.ERROR });
        }
        request.span?.end();
        done();
      });
    },
    close: () => provider.shutdown().catch(() => undefined),
  };
}

/** The attributes of a list in a trace. */
export function listAttributes({
  source,
  panel,
  generation,
  recommendations,
}: Recommendations): Record<string, string | number> {
  return {
    'attractions.source': source,
    'attractions.model': generation.model,
    'attractions.entries': recommendations.length,
    ...(panel && { 'attractions.panel': panel.panel, 'attractions.experiment': panel.experiment }),
  };
}

/** Loads OpenTelemetry, which is installed only where requests are traced. */
async function load() {
  try {
    const [api, core, sdk, otlp, resources] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/core'),
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
    return { api, core, sdk, otlp, resources };
  } catch (cause) {
    const packages = '@opentelemetry/{api,core@2,resources@2,sdk-trace-node@2,exporter-trace-otlp-http@0.223}';
    throw new ServiceError(
      'SERVICE_TRACING_MODULE_MISSING',
      `OTEL_EXPORTER_OTLP_ENDPOINT is set, but OpenTelemetry is not installed; unset it, or install it beside @attractions/service: npm install ${packages}`,
      { cause },
    );
  }
}
