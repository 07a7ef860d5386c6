import type { FeedStore } from '@attractions/feeds';
import type { Composition } from '@attractions/recommender';
import type { FastifyBaseLogger } from 'fastify';
import type { Access } from '../admission/gate.js';
import { every } from '../every.js';
import { followFeeds } from '../generations/follow.js';
import type { GenerationState } from '../generations/generations.js';
import { passingLoaders } from '../generations/loader.js';
import type { Committer } from '../recording/committer.js';
import { recordsOf } from '../recording/records.js';
import type { Recorded } from '../recording/records.js';
import type { Served } from '../served.js';
import type { Metrics } from '../telemetry/metrics.js';
import { onlyTenant } from './tenant.js';
import type { Tenants } from './tenant.js';

/** The one tenant of a service. */
interface OneParts extends Recorded {
  readonly store: FeedStore;
  readonly logger: FastifyBaseLogger;
  readonly composition: Composition;
  /** The configuration file with your own kinds of model, for the thread that loads models. */
  readonly configFile?: string | undefined;
  readonly pollMs: number;
  readonly access: Access;
}

/** A service for one tenant, without its server. */
interface One {
  readonly tenants: Tenants;
  readonly metrics: Metrics;
  served(): Served;
  stop(): Promise<void>;
}

/**
 * Loads the generation that the feeds want, and follows them.
 * @throws ServiceError, FeedsError where there is none that can be served, or a spool cannot be used
 */
export async function oneTenant(
  parts: OneParts,
  committer: Committer,
  metricsOf: (served: () => Served) => Metrics,
): Promise<One> {
  const loaders = passingLoaders();
  const generations = await followFeeds({ ...parts, loaders, onSwap: (result) => metrics.swapped(result) });
  const { served, rollBack } = generations;
  const metrics = metricsOf(served);
  const { exposures, events, stop } = await recordsOf({ ...parts, committer, metrics });
  const following = every(parts.pollMs, generations.check);
  const state = (): GenerationState => generations.state();
  const tenant = { served, state, rollBack, shown: exposures?.shown, take: events?.take };
  return {
    metrics,
    served,
    tenants: onlyTenant(tenant, parts.access),
    async stop() {
      await following.stop();
      await Promise.all([loaders.inFront.close(), loaders.behind.close()]);
      await stop();
    },
  };
}
