import type { FeedStore } from '@attractions/feeds';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Composition } from '@attractions/recommender';
import type { Access } from './admission.js';
import { drain } from './drain.js';
import { committerOf } from './exposures/committer.js';
import { recordExposures } from './exposures/exposures.js';
import type { ExposureParts } from './exposures/exposures.js';
import { followFeeds } from './generations/follow.js';
import { createMetrics } from './metrics.js';
import { pressureOf } from './pressure.js';
import type { Bounds } from './pressure.js';
import type { Served } from './served.js';
import { createServer } from './server.js';
import type { ServerParts } from './server.js';
import { tracingTo } from './tracing.js';

/** What a service is made of. */
export interface ServiceParts {
  readonly store: FeedStore;
  readonly logger: FastifyBaseLogger;
  readonly version: string;
  readonly composition: Composition;
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
}

/** A service whose parts run, though it does not listen yet. */
export interface Service {
  readonly server: FastifyInstance;
  served(): Served;
  close(): Promise<void>;
  readonly closed: Promise<void>;
}

/**
 * Puts the service together on a generation that has been tried.
 * @throws ServiceError, FeedsError where there is none
 */
export async function startService(parts: ServiceParts): Promise<Service> {
  const { logger, access } = parts;
  const tracing = parts.otlpEndpoint === undefined ? undefined : await tracingTo(parts.otlpEndpoint, parts.version);
  const pressure = pressureOf(parts.bounds);
  const ending = drain();
  const generations = await followFeeds({ ...parts, onSwap: (result) => metrics.swapped(result) });
  const { served } = generations;
  const metrics = createMetrics(served, pressure);
  const exposures =
    parts.exposures &&
    (await recordExposures({
      ...parts.exposures,
      logger,
      commit: committerOf(parts.store, parts.exposures.folder, parts.version),
      onResult: metrics.exposed,
    }));
  const server = createServer({
    served,
    logger,
    version: parts.version,
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
      await tracing?.close();
      pressure.close();
      logger.info('closed');
      resolve();
    });
  });
  return { server, served, close: () => ending.end(server, parts.drainMs), closed };
}
