import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { Logger, ShowProgress } from '@attractions/config';
import { als, guardOfForgotten, latestVisits, visits } from '@attractions/contracts';
import { canonicalJson, openFeeds, streamed } from '@attractions/feeds';
import { alsScoring, kindsNamed } from '@attractions/models';
import { namesIn } from '@attractions/models/settings';
import type { AlsGeneration } from '@attractions/contracts';
import type { ModelKind } from '@attractions/models';
import type { FeedStore, Producer, PutOptions } from '@attractions/feeds';

import { trainedKinds } from './kinds.js';
import { readVisits } from './visits.js';
import type { Iteration } from './model.js';
import { resolveOptions } from './options.js';
import type { AlsOptions } from './options.js';
import { optionsOf } from './settings.js';
import type { TrainConfig } from './settings.js';
import { sparkAlsKind, visitFiles } from './spark/kind.js';
import type { SparkKindRun } from './spark/kind.js';
import { sparkOptions } from './spark/options.js';

/** What a training run takes in addition to its configuration. */
export interface TrainContext {
  /** Default: the feeds of `config.feedsRoot`. */
  readonly store?: FeedStore;
  readonly logger: Pick<Logger, 'info'>;
  /** Kinds of model to train, names or ones of your own, instead of those that the settings name. ALS is trained in any case: it names the snapshot. */
  readonly kinds?: readonly (string | ModelKind)[] | undefined;
  /** Whether it trains also where that makes the latest models again; default: false. */
  readonly full?: boolean | undefined;
  /** A run that is repeated with the same id commits once. */
  readonly runId?: string;
  /** After it aborts, nothing is committed. */
  readonly signal?: AbortSignal;
  /** Called after each iteration; default: a line in the log. */
  onIteration?(iteration: Iteration): void;
  /** Where it draws a bar, it is told of each iteration instead of the log. */
  readonly progress?: ShowProgress | undefined;
}

/** What a training run did. */
export interface TrainSummary {
  readonly visits: number;
  readonly users: number;
  readonly attractions: number;
  readonly rank: number;
  readonly iterations: number;
  readonly loss: readonly { readonly iteration: number; readonly loss: number }[];
  /** The updates that were committed: path and sequence number. */
  readonly feeds: readonly { readonly feed: string; readonly seq: number }[];
  /** The latest model, where nothing was new: nothing was trained or committed, and the figures are those of this model. */
  readonly unchanged?: { readonly feed: string; readonly seq: number };
  /** The version of the Spark that trained ALS; absent where the kernel did. */
  readonly sparkVersion?: string;
  /** Wall time of the whole run. */
  readonly seconds: number;
}

/** The latest model of a kind; undefined where the feed is empty. */
async function latestOf<M>(store: FeedStore, { contract }: ModelKind<M>): Promise<M | undefined> {
  const feed = store.feed(contract);
  return (await feed.head()) ? (await feed.latest()).read() : undefined;
}

/** A hash of what models depend on. It is kept as a label, since a model that `forget` has written anew has the producer of the old one, and new parents. */
const madeOf = ({ parents, producer }: Pick<PutOptions, 'parents' | 'producer'>): string =>
  createHash('sha256').update(canonicalJson({ parents, producer })).digest('hex');

/** The latest model of the first kind, where training would make the latest models of all kinds again: each has these labels, and can be read. */
async function latestSame<M>(
  store: FeedStore,
  [first, ...others]: readonly [ModelKind<M>, ...ModelKind[]],
  labels: { readonly madeOf: string },
  logger: TrainContext['logger'],
): Promise<{ readonly model: M; readonly seq: number } | undefined> {
  const latest = async <K>({ contract }: ModelKind<K>) => {
    const record = await store.feed(contract).head();
    return record?.labels['madeOf'] === labels.madeOf ? store.feed(contract).at(record.seq) : undefined;
  };
  try {
    const [update, ...beside] = [await latest(first), ...(await Promise.all(others.map(latest)))] as const;
    if (update === undefined || beside.includes(undefined)) return undefined;
    for (const other of beside) await other?.read();
    return { model: await update.read(), seq: update.seq };
  } catch (error) {
    logger.info({ reason: String(error) }, 'The latest models cannot be read, so they are trained again.');
    return undefined;
  }
}

function producerOf(options: AlsOptions, { warmStart, trainOn }: TrainConfig): Producer {
  const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    name: string;
    version: string;
  };
  return {
    id: 'als-trainer',
    package: name,
    version,
    config: { ...options, warmStart, ...(trainOn === 'spark' && { trainOn }) },
  };
}

/**
 * The options that ALS is trained with.
 *
 * @throws AlsError `ALS_OPTIONS_INVALID`, for Spark also where its address is not set, or the model should start from another
 */
function optionsToTrain(config: TrainConfig): AlsOptions {
  if (config.trainOn === 'kernel') return resolveOptions(optionsOf(config));
  return sparkOptions(optionsOf(config), [
    ...(config.sparkRemote === undefined ? ['TRAIN_ON is spark, but SPARK_REMOTE is not set; set it to sc://host:port.'] : []), // prettier-ignore
    ...(config.warmStart ? ["TRAIN_WARM_START is true, but Spark's ALS cannot start from a model; leave it out, or train with TRAIN_ON=kernel."] : []), // prettier-ignore
  ]);
}

/** What a training tells, and where the visits are. */
interface Telling extends Pick<SparkKindRun, 'files' | 'onIteration' | 'onVersion'> {
  readonly logger: TrainContext['logger'];
  readonly progress?: ShowProgress | undefined;
}

/**
 * The built-in kinds with their training as the settings say: ALS by the kernel or on Spark, all others here.
 *
 * @throws AlsError `ALS_OPTIONS_INVALID`
 */
export function kindsToTrain(
  config: TrainConfig,
  { logger, progress, onIteration, ...telling }: Telling,
): readonly ModelKind[] {
  const options = optionsToTrain(config);
  const kinds = trainedKinds(options, onIteration);
  const { trainOn, sparkRemote: remote } = config;
  if (trainOn === 'kernel' || remote === undefined) return kinds;
  const onSpark: ModelKind = sparkAlsKind(options, {
    ...telling,
    remote,
    ...(onIteration && { onIteration }),
    onShare: (share) => progress?.isBar && progress({ what: 'training on Spark', done: share, total: 1 }),
    tell: (sentence) => logger.info({}, sentence),
  });
  return kinds.map((kind) => (kind.name === alsScoring.name ? onSpark : kind));
}

/** Logs the iterations, unless the caller shows them in another way. */
function reporter({ logger, onIteration, progress }: TrainContext): (iteration: Iteration) => void {
  if (onIteration) return (iteration) => onIteration(iteration);
  if (progress?.isBar)
    return ({ iteration, iterations, loss, pairsPerSecond }) =>
      progress({
        what: 'training',
        done: iteration,
        total: iterations,
        unit: 'iterations',
        detail: `loss ${loss.toPrecision(7)}, ${(pairsPerSecond / 1e6).toFixed(2)} M pairs/s`,
      });
  return ({ iteration, iterations, loss, pairsPerSecond, secondsLeft }) =>
    logger.info(
      { iteration, iterations, loss, pairsPerSecond, secondsLeft },
      `iteration ${iteration} of ${iterations}: loss ${loss.toFixed(2)}, ${secondsLeft.toFixed(1)} s left`,
    );
}

const secondsSince = (time: number): number => (performance.now() - time) / 1000;

/**
 * Trains on the latest visits: puts the models of all kinds that are on, and the ALS model last, since its record commits the snapshot. The parents of all are
 * that visits update and the attractions update it was made with.
 *
 * Where that would make the latest models again, nothing is trained or put. A warm start always trains, since it begins at another model each time; so do kinds
 * of one's own, whose code may have changed.
 *
 * @throws ConfigError, ModelsError, AlsError, ContractsError or FeedsError; in each case no model was committed.
 */
export async function runTrain(config: TrainConfig, context: TrainContext): Promise<TrainSummary> {
  const begin = performance.now();
  const { signal, runId, logger } = context;
  const store = context.store ?? openFeeds(config.feedsRoot);
  const options = optionsToTrain(config);
  const { latest: after = 0 } = await store.feed(als).refs();
  const { visits: update, attractions: places, parents } = await latestVisits(store);
  let sparkVersion: string | undefined;
  const builtIn = kindsToTrain(config, {
    logger,
    progress: context.progress,
    onIteration: reporter(context),
    files: visitFiles(store.root, update.record),
    onVersion: (version) => (sparkVersion = version),
  });
  const kinds = kindsNamed(context.kinds ?? namesIn(config.models), builtIn);
  const naming = [...kinds, ...builtIn].find(({ name }) => name === alsScoring.name) as ModelKind<AlsGeneration>;
  const others = kinds.filter((kind) => kind !== naming).reverse();
  const guard = await guardOfForgotten(store, parents);
  const count = update.record.totals.rows;
  const run = { attractions: places, signal, threads: config.threads };
  const madeBy = { parents, producer: producerOf(options, config) };
  const labels = { madeOf: madeOf(madeBy) };
  const summaryOf = ({ userIds, attractionIds, rank, history }: AlsGeneration) => ({
    visits: count,
    users: userIds.length,
    attractions: attractionIds.length,
    rank,
    iterations: history.at(-1)?.iteration ?? 0,
    loss: history.map(({ iteration, loss }) => ({ iteration, loss })),
  });

  const isRepeatable = !config.warmStart && [naming, ...others].every((kind) => builtIn.includes(kind));
  const same = isRepeatable && !context.full && (await latestSame(store, [naming, ...others], labels, logger));
  if (same) {
    const unchanged = { feed: als.path, seq: same.seq };
    return { ...summaryOf(same.model), feeds: [], unchanged, seconds: secondsSince(begin) };
  }

  // In a function of its own, so that the visits go before the models are written, which takes memory too.
  const trained = async () => {
    const table = await readVisits(await (await store.feed(streamed(visits)).at(update.seq)).read(), count);
    logger.info(
      { feed: visits.path, seq: update.seq, visits: count, seconds: secondsSince(begin) },
      'training on the latest visits',
    );
    const train = async <M>(kind: ModelKind<M>) => {
      const began = performance.now();
      const previous = config.warmStart && { previous: () => latestOf(store, kind) };
      const model = await kind.train(table, { ...run, ...previous });
      const seconds = secondsSince(began);
      logger.info({ kind: kind.name, seconds }, `trained ${kind.name} in ${seconds.toFixed(1)} s`);
      return model;
    };
    // The largest first, while no other model takes memory.
    const alsModel = await train(naming);
    const models: { readonly kind: ModelKind; readonly model: unknown }[] = [];
    for (const kind of others) models.push({ kind, model: await train(kind) });
    return { alsModel, models };
  };
  const { alsModel, models } = await trained();
  signal?.throwIfAborted();

  const producer = { ...madeBy.producer, config: { ...madeBy.producer.config, ...(sparkVersion && { sparkVersion }) } };
  const put = { ...madeBy, producer, labels, guard };
  // A repeated run may find other visits. The ALS model is what it commits; the models beside it must be of the same visits.
  const besides = { ...put, ...(runId !== undefined && { runId: `${runId} ${labels.madeOf}` }) };
  const beside = await Promise.all(models.map(({ kind, model }) => store.feed(kind.contract).put(model, besides)));
  const last = { ...put, after, ...(runId !== undefined && { runId }) };
  const committed = store.feed(als).put(alsModel, last);
  const records = [
    ...beside,
    await committed.catch(async (error: unknown) => {
      // Forgetting writes models anew; then that is the reason.
      await guard();
      throw error;
    }),
  ];
  if ((records.at(-1)?.seq ?? 0) <= after)
    logger.info({ runId }, 'This run has committed before; nothing new was committed.');
  return {
    ...summaryOf(alsModel),
    feeds: records.map(({ feed, seq }) => ({ feed, seq })),
    ...(sparkVersion !== undefined && { sparkVersion }),
    seconds: secondsSince(begin),
  };
}
