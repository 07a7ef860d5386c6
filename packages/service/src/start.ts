import type { Composition } from '@attractions/recommender';
import type { FeedStore } from '@attractions/feeds';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Access } from './admission/gate.js';
import { pressureOf } from './admission/pressure.js';
import type { Bounds } from './admission/pressure.js';
import { drain } from './drain.js';
import { onDemandLoaders } from './generations/loader.js';
import { committerOf } from './recording/committer.js';
import type { Recorded } from './recording/records.js';
import { answerSources } from './served.js';
import type { Served } from './served.js';
import { createServer } from './server.js';
import type { ServerParts } from './server.js';
import { createMetrics } from './telemetry/metrics.js';
import { tracingTo } from './telemetry/tracing.js';
import { fleetOf } from './tenants/fleet.js';
import type { FleetParts } from './tenants/fleet.js';
import { oneTenant } from './tenants/one.js';

/** What a service has for one tenant as for many. */
interface CommonParts {
  readonly logger: FastifyBaseLogger;
  readonly version: string;
  readonly pollMs: number;
  readonly bounds: Bounds;
  readonly visible?: ServerParts['visible'];
  readonly corsOrigins?: readonly string[];
  readonly trustProxy?: ServerParts['trustProxy'];
  readonly drainMs: number;
  /** Absent: requests are not traced. */
  readonly otlpEndpoint?: string | undefined;
  /** How long an event is known by its id. */
  readonly knownMs: number;
}

/** The parts of a service for one tenant. */
interface ServiceParts extends CommonParts, Recorded {
  readonly store: FeedStore;
  readonly composition: Composition;
  /** The configuration file with your own kinds of model, for the thread that loads models. */
  readonly configFile?: string | undefined;
  readonly access: Access;
}

/** The parts of a service for many. */
interface FleetServiceParts extends CommonParts, FleetParts {
  /** The sources that entries of lists may have. */
  readonly sources: readonly string[];
  readonly takesEvents: boolean;
}

/** A service that does not listen yet. */
export interface Service {
  readonly server: FastifyInstance;
  close(): Promise<void>;
  readonly closed: Promise<void>;
}

/** What answers the requests of a service. */
type Answering = Pick<
  ServerParts,
  'tenants' | 'fleet' | 'metrics' | 'pressure' | 'sources' | 'administered' | 'takesEvents'
> & { stop(): Promise<void> };

/**
 * Builds the service on a generation that has passed the smoke test.
 * @throws ServiceError, FeedsError if there is no such generation
 */
export async function startService(parts: ServiceParts): Promise<Service & { served(): Served }> {
  const pressure = pressureOf(parts.bounds);
  const committer = committerOf(parts.version, parts.knownMs);
  const one = await oneTenant(parts, committer, (served) => createMetrics(pressure, served));
  const service = await serviceOf(parts, {
    ...one,
    pressure,
    sources: answerSources(parts.composition),
    administered: parts.access.keys?.some(({ scopes }) => scopes.has('admin')) === true,
    takesEvents: parts.events !== undefined,
    async stop() {
      await one.stop();
      await committer.close();
    },
  });
  return { ...service, served: one.served };
}

/**
 * Builds a service for many tenants. Nothing is loaded yet.
 * @throws an error where the file of tenants cannot be used
 */
export async function startFleet(parts: FleetServiceParts): Promise<Service & { tenants(): number }> {
  const pressure = pressureOf(parts.bounds);
  const committer = committerOf(parts.version, parts.knownMs);
  const metrics = createMetrics(pressure, undefined, () => fleet.figures());
  const loaders = onDemandLoaders();
  const fleet = await fleetOf(parts, { committer, metrics, loaders, inFlight: pressure.inFlight }).catch(
    async (error: unknown) => {
      // A thread that waits for work keeps the process alive.
      await Promise.all([loaders.inFront.close(), loaders.behind.close()]);
      throw error;
    },
  );
  const service = await serviceOf(parts, {
    tenants: fleet,
    fleet,
    metrics,
    pressure,
    sources: parts.sources,
    administered: true,
    takesEvents: parts.takesEvents,
    async stop() {
      await fleet.stop();
      await committer.close();
    },
  });
  return { ...service, tenants: () => fleet.figures().known };
}

async function serviceOf(parts: CommonParts, { stop, ...answering }: Answering): Promise<Service> {
  const { logger } = parts;
  const tracing = parts.otlpEndpoint === undefined ? undefined : await tracingTo(parts.otlpEndpoint, parts.version);
  const ending = drain();
  const server = createServer({
    ...answering,
    logger,
    version: parts.version,
    ...(parts.visible && { visible: parts.visible }),
    ...(parts.corsOrigins && { corsOrigins: parts.corsOrigins }),
    ...(parts.trustProxy && { trustProxy: parts.trustProxy }),
    ...(tracing && { tracing }),
    closing: ending.closing,
    closed: ending.closed,
  });
  server.addHook('onRequest', (_request, _reply, done) => {
    ending.touch();
    done();
  });
  const closed = new Promise<void>((resolve) => {
    server.addHook('onClose', async () => {
      await stop();
      await tracing?.close();
      answering.pressure.close();
      logger.info('closed');
      resolve();
    });
  });
  return { server, close: () => ending.end(server, parts.drainMs), closed };
}
