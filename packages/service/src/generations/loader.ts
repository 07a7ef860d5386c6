import type { FeedStore } from '@attractions/feeds';
import { BUILT_IN_KINDS, DEFAULT_KINDS, loadGeneration } from '@attractions/models';
import type { Generation, ScoringKind } from '@attractions/models';
import { hasLoaderThreads, loaderThreads, usualThreads } from './loader-threads.js';
import type { LoaderThreads } from './loader-threads.js';

/** Loads and verifies the generation of a model; undefined: the one that is wanted. */
type LoadGeneration = (order: {
  readonly model: number | undefined;
  /** Whether answers have priority over loading: not where a request waits for it, nor at the start. */
  readonly behindAnswers: boolean;
}) => Promise<Generation>;

/** Threads for loads that somebody waits for, and for those that nobody waits for. */
export interface Loaders {
  readonly inFront: LoaderThreads;
  readonly behind: LoaderThreads;
}

/** Threads of a service that loads rarely: each loads once and ends, which frees the memory for reading. */
export function passingLoaders(): Loaders {
  return {
    // At the start, only the thread keeps the process alive.
    inFront: loaderThreads({ threads: 1, idleMs: 0, behindAnswers: false, holdsProcess: true }),
    behind: loaderThreads({ threads: 1, idleMs: 0, behindAnswers: true }),
  };
}

/** Threads of a service that loads on demand, which stay while there is work. */
export function onDemandLoaders(): Loaders {
  return {
    inFront: loaderThreads({
      threads: usualThreads(),
      idleMs: THREAD_IDLE_MS,
      oneStays: true,
      behindAnswers: false,
      timeoutMs: LOAD_TIMEOUT_MS,
    }),
    behind: loaderThreads({ threads: 1, idleMs: THREAD_IDLE_MS, behindAnswers: true, timeoutMs: LOAD_TIMEOUT_MS }),
  };
}

const THREAD_IDLE_MS = 60_000;
const LOAD_TIMEOUT_MS = 60_000;

/**
 * Loads on a separate thread, so that reading and checking a large model never delays an answer. Loads on this thread, between answers, in three cases: the
 * store is in memory, which another thread cannot see; TypeScript runs from source, where there is no compiled thread; or some kinds are neither built in nor
 * from a configuration file.
 *
 * @param kinds whose models are loaded as well
 * @param configFile with the kinds that are not built in
 */
export function loaderOf(
  loaders: Loaders,
  store: FeedStore,
  kinds: readonly ScoringKind[] = DEFAULT_KINDS,
  configFile?: string,
): LoadGeneration {
  const names = kinds.map(({ name }) => name);
  const known = configFile !== undefined || names.every((name) => BUILT_IN_KINDS.some((kind) => kind.name === name));
  if (store.root === 'memory:' || !hasLoaderThreads() || !known)
    return ({ model }) => loadGeneration(store, model, kinds);
  return ({ model, behindAnswers }) =>
    (behindAnswers ? loaders.behind : loaders.inFront).load({ root: store.root, kinds: names, configFile, model });
}
