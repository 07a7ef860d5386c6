import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { plural } from '@attractions/config';
import type { Logger, ShowProgress } from '@attractions/config';
import { als, guardOfForgotten, lists } from '@attractions/contracts';
import { decidesLists } from '@attractions/experiments';
import { openFeeds, parentOf, siblingOf, streamed } from '@attractions/feeds';
import type { Batches, FeedStore, Parent, Producer } from '@attractions/feeds';
import { BUILT_IN_KINDS, kindsNamed, loadGeneration } from '@attractions/models';
import type { Generation, ScoringKind } from '@attractions/models';
import { listedKinds } from '@attractions/models/config-file';
import { candidates } from './answers/candidates.js';
import { parkClocks, timeZonesIn } from './answers/park-clocks.js';
import type { Composition } from './answers/compose.js';
import { compositionIn } from './config-file.js';
import { listsOnThreads, listsSource } from './lists/threads.js';
import type { ListsOrder, ListsPart, ListsSource } from './lists/threads.js';
import { reporter } from './progress.js';
import type { ListsProgress, RecommendSummary } from './progress.js';
import { runningExperiments } from './running-experiments.js';
import type { RunningExperiments } from './running-experiments.js';
import type { RecommendConfig } from './settings.js';

/** What a run needs in addition to its configuration. */
export interface RecommendContext {
  /** Default: the feeds at `config.feedsRoot`. */
  readonly store?: FeedStore;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Kinds of model to use, such as your own. Default: those that the settings name. */
  readonly kinds?: readonly ScoringKind[];
  /** A run commits once, however often it is repeated with this id. */
  readonly runId?: string;
  /** A configuration file with kinds of model, rules, written lists, and an experiment that runs while the feeds have none. */
  readonly configFile?: string | undefined;
  /** Nothing is committed once it aborts. */
  readonly signal?: AbortSignal;
  /** Called after each part of the work. Default: log lines. */
  onProgress?(progress: ListsProgress): void;
  /** Called after each part of the work, for a progress bar. Default: log lines. */
  readonly progress?: ShowProgress | undefined;
}

/**
 * Makes the list of every user that the model knows, and commits them as one update. Each list is what `recommend` answers to that user, in their panel where
 * an experiment runs. Lists are written while they are made, so memory does not grow with them. The model is the champion, or the latest where there is none.
 *
 * @throws ContractsError, FeedsError, ModelsError, RecommenderError RECOMMENDER_REQUEST_INVALID, RECOMMENDER_UNKNOWN_PARK; nothing is committed then
 */
export async function runRecommend(config: RecommendConfig, context: RecommendContext): Promise<RecommendSummary> {
  const begin = performance.now();
  const { logger, signal, runId } = context;
  const { listsLimit: limit, listsPark: park, listsThreads: threads = availableParallelism() } = config;
  const store = context.store ?? openFeeds(config.feedsRoot);
  const generatedAt = new Date();
  const { listsAt: at = generatedAt.toISOString() } = config;
  const request = { limit, at, explain: true, ...(park !== undefined && { park }) };
  const own = await compositionIn(context.configFile);
  const kinds = context.kinds ?? kindsNamed(await listedKinds(config, context.configFile), BUILT_IN_KINDS);
  const { latest: after = 0 } = await store.feed(lists).refs();
  const { source, model, running, parents } = await sourceOf(store, {
    request,
    zones: config.parkTimeZones,
    logger,
    own: { ...own, kinds },
  });
  const guard = await guardOfForgotten(store, parents);
  signal?.throwIfAborted();

  const { users } = source;
  logger.info({ model, users, threads }, `making lists for ${users} ${plural(users, 'user')} by model ${model}`);
  const order = {
    request,
    experiments: running.experiments,
    usual: running.usual,
    configFile: context.configFile,
    timeZones: config.parkTimeZones,
    kinds: kinds.map(({ name }) => name),
    generatedAtMs: Number(generatedAt),
  };
  // Counted while the rows are written; the record is made after them.
  const checks = { users, entries: 0 };
  const batches = counted(listsOnThreads(source, order, threads), checks, context);
  const record = await store.feed(streamed(lists)).put(batches, {
    parents,
    producer: producerOf({ limit, at, park: park ?? null }),
    checks,
    guard,
    after,
    ...(signal && { signal }),
    ...(runId !== undefined && { runId }),
  });
  if (record.seq <= after) logger.info({ runId }, 'This run has committed before; nothing new was committed.');
  return {
    model,
    users,
    entries: record.totals.rows,
    limit,
    park: park ?? null,
    at,
    experiments: running.experiments.filter(decidesLists).map(({ experiment, version }) => ({ experiment, version })),
    threads,
    feeds: [{ feed: record.feed, seq: record.seq }],
    seconds: (performance.now() - begin) / 1000,
  };
}

/** Everything that lists are made from. The loaded generation itself is not returned, so that its memory can be freed. */
async function sourceOf(
  store: FeedStore,
  {
    request,
    zones,
    logger,
    own,
  }: Pick<ListsOrder, 'request'> & {
    zones: string | undefined;
    logger: Pick<Logger, 'warn'>;
    own: Composition & { readonly kinds: readonly ScoringKind[] };
  },
): Promise<{
  readonly source: ListsSource;
  readonly model: number;
  readonly running: RunningExperiments;
  readonly parents: readonly Parent[];
}> {
  const generation = await loadGeneration(store, undefined, own.kinds);
  // Checked once here, instead of in each list.
  candidates(generation, request);
  parkClocks(timeZonesIn(zones)).at(request.at)(request.park);
  const running = await runningExperiments(store, generation, logger, own);
  const deciding = running.versions.filter(({ experiment }) => decidesLists(experiment));
  const lineage = await lineageOf(store, generation, own.kinds);
  return {
    source: listsSource(generation),
    model: generation.seqs.model,
    running,
    parents: [...lineage, ...deciding.map(({ record }) => parentOf(record))],
  };
}

/** The model, the models that were trained together with it, and the inputs of both. */
async function lineageOf(
  store: FeedStore,
  { seqs, models }: Generation,
  kinds: readonly ScoringKind[],
): Promise<readonly Parent[]> {
  const { record } = await store.feed(als).at(seqs.model);
  const beside = kinds.filter(({ name }) => models.has(name));
  const siblings = await Promise.all(beside.map(({ contract }) => siblingOf(store.feed(contract), record)));
  return [
    parentOf(record),
    ...siblings.flatMap((sibling) => (sibling === undefined ? [] : [parentOf(sibling.record)])),
    ...record.parents,
  ];
}

/** Passes the lists on while they are made, and counts them. */
async function* counted(
  parts: AsyncIterable<ListsPart>,
  checks: { readonly users: number; entries: number },
  { signal, ...context }: RecommendContext,
): Batches {
  const begin = performance.now();
  const tell = reporter(context);
  let users = 0;
  for await (const part of parts) {
    signal?.throwIfAborted();
    users += part.users;
    checks.entries += part.entries;
    yield* part.batches;
    const usersPerSecond = (1_000 * users) / (performance.now() - begin);
    tell({ users, ofUsers: checks.users, usersPerSecond, secondsLeft: (checks.users - users) / usersPerSecond });
  }
}

function producerOf(config: Record<string, string | number | null>): Producer {
  const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    name: string;
    version: string;
  };
  return { id: 'recommender', package: name, version, config };
}
