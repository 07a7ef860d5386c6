import { readFileSync } from 'node:fs';
import type { Logger } from '@attractions/config';
import { experiments, openFeeds } from '@attractions/feeds';
import type { Experiment, FeedStore } from '@attractions/feeds';
import type { FastifyInstance } from 'fastify';
import type { Mapping } from './answers/mapping.js';
import { RecommenderError } from './errors.js';
import type { GenerationSeqs } from './generation/generation.js';
import { loadGeneration } from './generation/load.js';
import type { ServeConfig } from './settings.js';

/** What a service is given besides its configuration. */
export interface ServeContext {
  /** The feeds of `config.feedsRoot` where absent. */
  readonly store?: FeedStore;
  readonly logger: Logger;
  /** Closes the service when it aborts: in-flight requests are answered first. */
  readonly signal?: AbortSignal;
  /** Runs where the feed of experiments is empty; such as `demoExperiment`. */
  readonly experiment?: Experiment;
  /** Lists written for some users. */
  readonly mapping?: Mapping;
}

/** A service that answers. */
export interface RunningService {
  /** Where, without a slash at the end: `http://127.0.0.1:3000`. */
  readonly url: string;
  readonly generation: GenerationSeqs;
  /** The experiment that runs, if one does. */
  readonly experiment?: { readonly experiment: string; readonly version: number };
  /** Stops taking requests, answers those in flight, frees the port. May be called again. */
  close(): Promise<void>;
  /** Settles once the service is closed, whoever closed it. */
  readonly closed: Promise<void>;
}

/**
 * Starts the service on the latest model.
 *
 * @throws RecommenderError, FeedsError; in each case nothing listens
 */
export async function runServe(config: ServeConfig, context: ServeContext): Promise<RunningService> {
  const { logger, mapping, signal } = context;
  const store = context.store ?? openFeeds(config.feedsRoot);
  const generation = await loadGeneration(store);
  const experiment = (await latestExperiment(store)) ?? context.experiment;
  // Fastify takes a while to import; whoever only uses the library never waits for it.
  const [{ createServer }, { serving }] = await Promise.all([
    import('./service/server.js'),
    import('./service/served.js'),
  ]);
  const served = serving(generation, { experiment, mapping });
  const server = createServer({ served: () => served, logger, version: ownVersion() });
  signal?.throwIfAborted();
  const ending = closing(server, context);
  const url = await listen(server, config);
  logger.info({ url, generation: generation.seqs }, 'serving');
  return {
    url,
    generation: generation.seqs,
    ...(experiment && { experiment: { experiment: experiment.experiment, version: experiment.version } }),
    ...ending,
  };
}

/** How the service ends; set up before it listens, so that no signal comes too early. */
function closing(server: FastifyInstance, { logger, signal }: ServeContext): Pick<RunningService, 'close' | 'closed'> {
  const closed = new Promise<void>((resolve) => {
    server.addHook('onClose', async () => {
      logger.info('closed');
      resolve();
    });
  });
  const close = async () => void (await server.close());
  signal?.addEventListener('abort', () => void close(), { once: true });
  return { close, closed };
}

async function listen(server: FastifyInstance, { host, port }: ServeConfig): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (cause) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : String(cause);
    if (code === 'EADDRINUSE')
      throw new RecommenderError(
        'RECOMMENDER_ADDRESS_IN_USE',
        `Something already listens on ${host}:${port}; stop it, or set PORT to another port (0 takes a free one).`,
        { cause },
      );
    throw new RecommenderError(
      'RECOMMENDER_CANNOT_LISTEN',
      `Cannot listen on ${host}:${port} (${code}); set HOST to an address of this machine and PORT to one you may use.`,
      { cause },
    );
  }
}

async function latestExperiment(store: FeedStore): Promise<Experiment | undefined> {
  const feed = store.feed(experiments);
  return (await feed.head()) === undefined ? undefined : (await feed.latest()).read();
}

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
