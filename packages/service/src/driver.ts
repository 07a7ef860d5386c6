import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getHeapStatistics } from 'node:v8';
import { loadDotEnv } from '@attractions/config';
import type { CommandResult, Logger } from '@attractions/config';
import type { GenerationSeqs } from '@attractions/contracts';
import { decidesLists } from '@attractions/experiments';
import type { Experiment } from '@attractions/experiments';
import { openFeeds } from '@attractions/feeds';
import type { FeedStore, Producer } from '@attractions/feeds';
import { BUILT_IN_KINDS, kindsNamed } from '@attractions/models';
import type { ScoringKind } from '@attractions/models';
import { namesIn } from '@attractions/models/settings';
import { parkClocks, timeZonesIn } from '@attractions/recommender';
import type { Composition, Mapping, OwnRecommenders, Rule } from '@attractions/recommender';
import type { FastifyInstance } from 'fastify';
import { visibilityOf, keyOf, keysIn, originsIn, proxiesIn } from './admission/access.js';
import type { ApiKey } from './admission/access.js';
import { ServiceError } from './errors.js';
import type { Recorded } from './recording/records.js';
import { settleSpool } from './recording/settle.js';
import { sinkOf } from './recording/sinks.js';
import type { ServeConfig } from './settings.js';
import { answerSources } from './served.js';
import type { Service } from './start.js';
import { LIST_BYTES } from './tenants/residents.js';

/** What a configuration file brings to the recommender of a service. */
export interface OwnComposition {
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
}

/** What a service needs in addition to its configuration. */
export interface ServeContext extends OwnComposition {
  /** Default: the feeds at `config.feedsRoot`. Not for many tenants. */
  readonly store?: FeedStore;
  readonly logger: Logger;
  /** Closes the service when it aborts; requests in flight are answered first. */
  readonly signal?: AbortSignal;
  /** Reads the configuration file of a tenant. Absent: all tenants have what is given here. */
  partsOf?(configFile: string): Promise<OwnComposition>;
  /** The configuration file with your own kinds, so that the thread that loads models can read it too. */
  readonly configFile?: string;
}

/** A service that listens. */
export interface RunningService {
  /** Without a slash at the end: `http://127.0.0.1:3000`. */
  readonly url: string;
  /** The updates that it started with; `/v1/version` has those in use now. Absent in a service for many tenants. */
  readonly generation?: GenerationSeqs;
  /** How many tenants it knows; absent in a service for one. */
  readonly tenants?: number;
  /** The experiment that it started with and that decides lists; if there are several, the one changed last. */
  readonly experiment?: { readonly experiment: string; readonly version: number };
  /** Answers until no more requests come, for at most `DRAIN_MS`; then closes. May be called more than once. */
  close(): Promise<void>;
  /** Settles once the service is closed, by `close` or by the signal. */
  readonly closed: Promise<void>;
}

/**
 * Starts the service on the model that the feeds want served, or on the tenants of `TENANTS_FILE`, and follows the feeds from then on.
 *
 * @throws ServiceError, FeedsError, ConfigError; then the service does not listen
 */
export async function runServe(config: ServeConfig, context: ServeContext): Promise<RunningService> {
  const { logger, signal } = context;
  const { service, running } = await (config.tenantsFile === undefined
    ? startOne(config, context)
    : startMany(config, config.tenantsFile, context));
  signal?.throwIfAborted();
  signal?.addEventListener('abort', () => void service.close(), { once: true });
  const url = await listen(service.server, config).catch(async (error: unknown) => {
    await service.close();
    throw error;
  });
  const serving = running();
  logger.info({ url, ...serving }, 'serving');
  return { url, ...serving, close: service.close, closed: service.closed };
}

/** What a command line says of a service that listens. */
export function servingResult({ url, generation, experiment, tenants, closed }: RunningService): CommandResult {
  const what = generation === undefined ? `${tenants} tenants, each below /v1/t/NAME,` : `model ${generation.model}`;
  return {
    document: generation === undefined ? { url, tenants } : { url, generation, experiment: experiment ?? null },
    text: () => `Serving ${what} on ${url}; Ctrl-C stops it.`,
    until: closed,
  };
}

/** A service that does not listen yet, and what it serves. */
interface Started {
  readonly service: Service;
  running(): Pick<RunningService, 'generation' | 'experiment' | 'tenants'>;
}

async function startOne(config: ServeConfig, context: ServeContext): Promise<Started> {
  const { logger } = context;
  const store = context.store ?? openFeeds(config.feedsRoot);
  const keys = operatorKeysIn(config);
  // Importing Fastify takes long, so only programs that serve load it.
  const { startService } = await import('./start.js');
  const service = await startService({
    ...commonParts(config, keys, logger),
    store,
    configFile: context.configFile,
    composition: compositionOf(config, context, config.cachedLists),
    access: { keys, open: config.apiKeys === undefined, ratePerSecond: config.ratePerSecond },
    ...recordingOf(config, spoolsOf(config, store.root), logger),
  });
  const running = () => {
    const { generation, experiments } = service.served();
    const experiment = experiments.findLast(decidesLists);
    return {
      generation: generation.seqs,
      ...(experiment && { experiment: { experiment: experiment.experiment, version: experiment.version } }),
    };
  };
  return { service, running };
}

async function startMany(config: ServeConfig, file: string, context: ServeContext): Promise<Started> {
  const { logger } = context;
  if (config.feedsRoot.startsWith('memory:'))
    throw new ServiceError(
      'SERVICE_SETTING_INVALID',
      `FEEDS_ROOT is ${config.feedsRoot}, where no tenant can have feeds; give a folder or s3://bucket/prefix.`,
    );
  const keys = operatorKeysIn(config);
  const memoryBytes = (config.tenantsMemory ?? usualMemoryMb()) * MB;
  const cachedLists = Math.min(config.cachedLists, Math.floor((memoryBytes * SHARE_OF_LISTS) / LIST_BYTES));
  const [{ startFleet }, { tenantPlans }] = await Promise.all([import('./start.js'), import('./tenants/driver.js')]);
  const usual = compositionOf(config, context, cachedLists);
  const plans = tenantPlans({
    file,
    root: config.feedsRoot,
    environment: () => {
      // Variables that are already set do not change, so this adds those of new tenants.
      loadDotEnv();
      return process.env;
    },
    recordedIn: (root, name) => recordingOf(config, spoolsOf(config, root, name)),
    composedBy: async (path) => {
      if (path === undefined || context.partsOf === undefined)
        return { composition: usual, configFile: context.configFile };
      const parts = await context.partsOf(path);
      return { composition: compositionOf(config, parts, cachedLists), configFile: path };
    },
  });
  const { exposures, events } = recordingOf(config, spoolsOf(config, config.feedsRoot, 'x'), logger);
  const service = await startFleet({
    ...commonParts(config, keys, logger),
    plans,
    keys,
    open: config.apiKeys === undefined,
    ratePerSecond: config.ratePerSecond,
    memoryBytes,
    cachedLists,
    sources: answerSources(usual),
    takesEvents: events !== undefined,
  });
  logger.info(
    { memoryMb: Math.round(memoryBytes / MB), exposures: exposures !== undefined },
    'tenants are loaded on demand',
  );
  return { service, running: () => ({ tenants: service.tenants() }) };
}

const MB = 2 ** 20;

/** The share of the memory of all tenants that the cached lists of one may take. */
const SHARE_OF_LISTS = 0.05;

/** Half of the memory of the machine, or of the control group; less where the heap of V8 may not become so large, since attractions are there. */
function usualMemoryMb(): number {
  const allowed = process.constrainedMemory();
  const machine = totalmem();
  const memory = allowed > 0 && allowed < machine ? allowed : machine;
  return Math.floor(Math.min(memory / 2, getHeapStatistics().heap_size_limit * 0.6) / MB);
}

function operatorKeysIn({ apiKeys, adminToken }: ServeConfig): readonly ApiKey[] {
  return [...keysIn(apiKeys), ...(adminToken ? [keyOf(adminToken, 'admin')] : [])];
}

function commonParts(config: ServeConfig, keys: readonly ApiKey[], logger: Logger) {
  return {
    logger,
    version: ownVersion(),
    pollMs: config.modelPollSeconds * 1_000,
    bounds: config,
    visible: visibilityOf(config.openPaths, keys),
    corsOrigins: originsIn(config.corsOrigins),
    trustProxy: proxiesIn(config.trustProxy),
    drainMs: config.drainMs,
    otlpEndpoint: endpointIn(config.otlpEndpoint),
    knownMs: config.eventIdDays * DAY_MS,
  };
}

function compositionOf(config: ServeConfig, parts: OwnComposition, cachedLists: number): Composition {
  return {
    kinds: parts.kinds ?? kindsNamed(namesIn(config.models), BUILT_IN_KINDS),
    experiments: parts.experiment && [parts.experiment],
    mapping: parts.mapping,
    rules: parts.rules,
    recommenders: parts.recommenders,
    cachedLists,
    clocks: parkClocks(timeZonesIn(config.parkTimeZones)),
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

/**
 * Where lists shown and events wait: in the same folder as the feeds, if that is one; for other feeds the settings must name a local folder, in which each
 * tenant has its own.
 */
function spoolsOf({ exposureSpool, eventSpool }: Spools, root: string, tenant?: string): Spools {
  const beside = /^(memory:|s3:)/.test(root) ? undefined : root.startsWith('file:') ? fileURLToPath(root) : root;
  const own = (folder: string | undefined) =>
    folder !== undefined && tenant !== undefined ? join(folder, tenant) : folder;
  return {
    exposureSpool: own(exposureSpool) ?? (beside && join(beside, '_spool')),
    eventSpool: own(eventSpool) ?? (beside && join(beside, '_events')),
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

/** @param logger told of what is not recorded */
function recordingOf(config: ServeConfig, { exposureSpool, eventSpool }: Spools, logger?: Logger): Recorded {
  if (config.logExposures && exposureSpool === undefined)
    logger?.warn('lists shown are not recorded; set EXPOSURE_SPOOL to a local folder, or LOG_EXPOSURES=false');
  if (config.logEvents && eventSpool === undefined)
    logger?.warn('events are not taken; set EVENT_SPOOL to a local folder, or LOG_EVENTS=false');
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
      eventSpool !== undefined && { events: { folder: eventSpool, commitMs: config.eventCommitSeconds * 1_000 } }),
  };
}

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
