import type { FeedStore } from '@attractions/feeds';
import type { Composition } from '@attractions/recommender';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Access } from './admission/admission.js';
import { pressureOf } from './admission/pressure.js';
import type { Bounds } from './admission/pressure.js';
import { drain } from './drain.js';
import { followFeeds } from './generations/follow.js';
import { committerOf } from './recording/committer.js';
import { takeEvents } from './recording/events.js';
import type { EventParts } from './recording/events.js';
import { recordExposures } from './recording/exposures.js';
import type { ExposureParts } from './recording/exposures.js';
import { answerSources } from './served.js';
import type { Served } from './served.js';
import { createServer } from './server.js';
import type { ServerParts } from './server.js';
import { createMetrics } from './telemetry/metrics.js';
import { tracingTo } from './telemetry/tracing.js';

/** How often events are synced that a sync has failed for; the others do not wait for it. */
const EVENT_SYNC_MS = 200;

/** The parts of a service. */
export interface ServiceParts {
  readonly store: FeedStore;
  readonly logger: FastifyBaseLogger;
  readonly version: string;
  readonly composition: Composition;
  /** The configuration file with your own kinds of model, for the thread that loads models. */
  readonly configFile?: string | undefined;
  readonly pollMs: number;
  readonly bounds: Bounds;
  readonly access: Access;
  readonly visible?: ServerParts['visible'];
  readonly corsOrigins?: readonly string[];
  readonly trustProxy?: ServerParts['trustProxy'];
  readonly drainMs: number;
  /** Absent: requests are not traced. */
  readonly otlpEndpoint?: string | undefined;
  /** Absent: lists shown are not recorded. */
  readonly exposures?: Pick<ExposureParts, 'folder' | 'syncMs' | 'commitMs'>;
  /** Absent: events are not taken. `knownMs`: how long an event is known by its id. */
  readonly events?: Pick<EventParts, 'folder' | 'commitMs'> & { readonly knownMs: number };
}

/** A service that does not listen yet. */
export interface Service {
  readonly server: FastifyInstance;
  served(): Served;
  close(): Promise<void>;
  readonly closed: Promise<void>;
}

/**
 * Builds the service on a generation that has passed the smoke test.
 * @throws ServiceError, FeedsError if there is no such generation
 */
export async function startService(parts: ServiceParts): Promise<Service> {
  const { logger, access } = parts;
  const tracing = parts.otlpEndpoint === undefined ? undefined : await tracingTo(parts.otlpEndpoint, parts.version);
  const pressure = pressureOf(parts.bounds);
  const ending = drain();
  const generations = await followFeeds({ ...parts, onSwap: (result) => metrics.swapped(result) });
  const { served } = generations;
  const metrics = createMetrics(served, pressure);
  const committer = committerOf(parts.store, parts.version, parts.events?.knownMs ?? 0);
  const exposures =
    parts.exposures &&
    (await recordExposures({
      ...parts.exposures,
      logger,
      commit: (names) => committer.commit('exposures', parts.exposures?.folder ?? '', names),
      onResult: metrics.exposed,
    }));
  const events =
    parts.events &&
    (await takeEvents({
      ...parts.events,
      syncMs: EVENT_SYNC_MS,
      logger,
      commit: (names) => committer.commit('events', parts.events?.folder ?? '', names),
      onResult: metrics.reported,
    }));
  const server = createServer({
    served,
    logger,
    version: parts.version,
    sources: answerSources(parts.composition),
    state: generations.state,
    metrics,
    pressure,
    access,
    ...(parts.visible && { visible: parts.visible }),
    ...(parts.corsOrigins && { corsOrigins: parts.corsOrigins }),
    ...(parts.trustProxy && { trustProxy: parts.trustProxy }),
    ...(access.keys?.some(({ scopes }) => scopes.has('admin')) && {
      administration: { rollBack: generations.rollBack },
    }),
    ...(exposures && { shown: exposures.shown }),
    ...(events && { takeEvents: events.take }),
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
      await generations.stop();
      await exposures?.stop();
      await events?.stop();
      await committer.close();
      await tracing?.close();
      pressure.close();
      logger.info('closed');
      resolve();
    });
  });
  return { server, served, close: () => ending.end(server, parts.drainMs), closed };
}
