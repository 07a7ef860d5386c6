import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@attractions/config';
import type { GenerationSeqs } from '@attractions/contracts';
import { decidesLists } from '@attractions/experiments';
import type { Experiment } from '@attractions/experiments';
import { openFeeds } from '@attractions/feeds';
import type { FeedStore, Producer } from '@attractions/feeds';
import { BUILT_IN_KINDS, kindsNamed } from '@attractions/models';
import type { ScoringKind } from '@attractions/models';
import { namesIn } from '@attractions/models/settings';
import { parkClocks, timeZonesIn } from '@attractions/recommender';
import type { Mapping, OwnRecommenders, Rule } from '@attractions/recommender';
import type { FastifyInstance } from 'fastify';
import { visibilityOf, keyOf, keysIn, originsIn, proxiesIn } from './admission/access.js';
import { ServiceError } from './errors.js';
import { settleSpool } from './recording/settle.js';
import { sinkOf } from './recording/sinks.js';
import type { ServeConfig } from './settings.js';
import type { ServiceParts } from './start.js';

/** What a service needs in addition to its configuration. */
export interface ServeContext {
  /** Default: the feeds at `config.feedsRoot`. */
  readonly store?: FeedStore;
  readonly logger: Logger;
  /** Closes the service when it aborts; requests in flight are answered first. */
  readonly signal?: AbortSignal;
  /** Runs while the feed of experiments is empty; for example `demoExperiment`. */
  readonly experiment?: Experiment;
  /** Lists written for some users. */
  readonly mapping?: Mapping;
  /** Apply to every list. */
  readonly rules?: readonly Rule[];
  /** For panels of the experiment. */
  readonly recommenders?: OwnRecommenders;
  /** Kinds of model to use, such as your own. Default: those that the settings name. */
  readonly kinds?: readonly ScoringKind[];
  /** The configuration file with your own kinds, so that the thread that loads models can read it too. */
  readonly configFile?: string;
}

/** A service that listens. */
export interface RunningService {
  /** Without a slash at the end: `http://127.0.0.1:3000`. */
  readonly url: string;
  /** The updates that it started with; `/v1/version` has those in use now. */
  readonly generation: GenerationSeqs;
  /** The experiment that it started with and that decides lists; if there are several, the one changed last. */
  readonly experiment?: { readonly experiment: string; readonly version: number };
  /** Answers until no more requests come, for at most `DRAIN_MS`; then closes. May be called more than once. */
  close(): Promise<void>;
  /** Settles once the service is closed, by `close` or by the signal. */
  readonly closed: Promise<void>;
}

/**
 * Starts the service on the model that the feeds want served, and follows the feeds from then on.
 *
 * @throws ServiceError, FeedsError; then the service does not listen
 */
export async function runServe(config: ServeConfig, context: ServeContext): Promise<RunningService> {
  const { logger, signal } = context;
  const store = context.store ?? openFeeds(config.feedsRoot);
  const keys = [...keysIn(config.apiKeys), ...(config.adminToken ? [keyOf(config.adminToken, 'admin')] : [])];
  // Importing Fastify takes long, so only programs that serve load it.
  const { startService } = await import('./start.js');
  const service = await startService({
    store,
    logger,
    version: ownVersion(),
    configFile: context.configFile,
    composition: {
      kinds: context.kinds ?? kindsNamed(namesIn(config.models), BUILT_IN_KINDS),
      experiments: context.experiment && [context.experiment],
      mapping: context.mapping,
      rules: context.rules,
      recommenders: context.recommenders,
      cachedLists: config.cachedLists,
      clocks: parkClocks(timeZonesIn(config.parkTimeZones)),
    },
    pollMs: config.modelPollSeconds * 1_000,
    bounds: config,
    access: { keys, open: config.apiKeys === undefined, ratePerSecond: config.ratePerSecond },
    visible: visibilityOf(config.openPaths, keys),
    corsOrigins: originsIn(config.corsOrigins),
    trustProxy: proxiesIn(config.trustProxy),
    drainMs: config.drainMs,
    otlpEndpoint: endpointIn(config.otlpEndpoint),
    ...recordingOf(config, store, logger),
  });
  signal?.throwIfAborted();
  signal?.addEventListener('abort', () => void service.close(), { once: true });
  const url = await listen(service.server, config).catch(async (error: unknown) => {
    await service.close();
    throw error;
  });
  const { generation, experiments } = service.served();
  const experiment = experiments.findLast(decidesLists);
  logger.info({ url, generation: generation.seqs }, 'serving');
  return {
    url,
    generation: generation.seqs,
    ...(experiment && { experiment: { experiment: experiment.experiment, version: experiment.version } }),
    close: service.close,
    closed: service.closed,
  };
}

/** Connections that the operating system keeps pending while the service is busy. Linux also limits it by `net.core.somaxconn`, 4,096 by default. */
const MAX_PENDING_CONNECTIONS = 4_096;

async function listen(server: FastifyInstance, { host, port }: ServeConfig): Promise<string> {
  try {
    return await server.listen({ host, port, backlog: MAX_PENDING_CONNECTIONS });
  } catch (cause) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : String(cause);
    if (code === 'EADDRINUSE')
      throw new ServiceError(
        'SERVICE_ADDRESS_IN_USE',
        `Something already listens on ${host}:${port}; stop it, or set PORT to another port (0 takes a free one).`,
        { cause },
      );
    throw new ServiceError(
      'SERVICE_CANNOT_LISTEN',
      `Cannot listen on ${host}:${port} (${code}); set HOST to an address of this machine and PORT to one you may use.`,
      { cause },
    );
  }
}

function endpointIn(text: string | undefined): string | undefined {
  if (text === undefined || /^https?:\/\/[^/]/.test(text)) return text;
  throw new ServiceError(
    'SERVICE_SETTING_INVALID',
    `OTEL_EXPORTER_OTLP_ENDPOINT is ${JSON.stringify(text)}; give the URL of a collector, such as http://localhost:4318.`,
  );
}

/** Where lists shown and events wait: in the same folder as the feeds, if that is one; for other feeds the settings must name a local folder. */
function spoolsOf({ exposureSpool, eventSpool }: Spools, root: string): Spools {
  const beside = /^(memory:|s3:)/.test(root) ? undefined : root.startsWith('file:') ? fileURLToPath(root) : root;
  return {
    exposureSpool: exposureSpool ?? (beside && join(beside, '_spool')),
    eventSpool: eventSpool ?? (beside && join(beside, '_events')),
  };
}

type Spools = Pick<ServeConfig, 'exposureSpool' | 'eventSpool'>;

/**
 * Commits the lists shown and the events that wait, and removes what is of these users from the rest: from lines that the feeds refused, and ids.
 *
 * @returns how many refused lines were removed
 * @throws ServiceError SERVICE_SPOOL_UNUSABLE
 */
export async function settleSpools(
  config: Spools & Pick<ServeConfig, 'eventIdDays'>,
  store: FeedStore,
  users: ReadonlySet<string>,
): Promise<number> {
  const spools = spoolsOf(config, store.root);
  const producer: Producer = { id: 'serve', package: '@attractions/service', version: ownVersion() };
  let removed = 0;
  for (const [name, spool] of [
    ['exposures', spools.exposureSpool],
    ['events', spools.eventSpool],
  ] as const)
    if (spool !== undefined) {
      const sink = sinkOf(name, spool, config.eventIdDays * DAY_MS);
      removed += await settleSpool(sink, store, spool, users, producer);
    }
  return removed;
}

const DAY_MS = 86_400_000;

function recordingOf(
  config: ServeConfig,
  { root }: FeedStore,
  logger: Logger,
): Pick<ServiceParts, 'exposures' | 'events'> {
  const { exposureSpool, eventSpool } = spoolsOf(config, root);
  if (config.logExposures && exposureSpool === undefined)
    logger.warn('lists shown are not recorded; set EXPOSURE_SPOOL to a local folder, or LOG_EXPOSURES=false');
  if (config.logEvents && eventSpool === undefined)
    logger.warn('events are not taken; set EVENT_SPOOL to a local folder, or LOG_EVENTS=false');
  return {
    ...(config.logExposures &&
      exposureSpool !== undefined && {
        exposures: {
          folder: exposureSpool,
          syncMs: config.exposureSyncMs,
          commitMs: config.exposureCommitSeconds * 1_000,
        },
      }),
    ...(config.logEvents &&
      eventSpool !== undefined && {
        events: {
          folder: eventSpool,
          commitMs: config.eventCommitSeconds * 1_000,
          knownMs: config.eventIdDays * DAY_MS,
        },
      }),
  };
}

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
