import { connect, SparkError, sql } from '@attractions/spark';
import type { Relation, RunOptions, SparkModel, SparkSession } from '@attractions/spark';
import type { AlsGeneration, VisitsTable } from '@attractions/contracts';
import { objectiveOf } from '@attractions/models/als';
import type { Data, Float32, Int32, List, RecordBatch, Utf8 } from 'apache-arrow';

import { generationOf, interactionsOf } from '../als-trainer.js';
import { AlsError } from '../errors.js';
import { lossOf } from '../loss.js';
import type { Iteration } from '../model.js';
import type { AlsOptions } from '../options.js';
import { pairsOf } from '../prepare.js';
import { indexVisits, visitTimes } from '../visits.js';
import { SPARK_ALS, sparkParameters } from './options.js';
import { pairsOnSpark } from './pairs.js';
import type { PairsSource, SparkPairs, VisitFiles } from './pairs.js';

/** How a training on Spark runs. */
export interface SparkRun extends Pick<PairsSource, 'mostSent'> {
  /** `sc://host:port/;token=…` */
  readonly remote: string;
  /** The files of the visits, as a server would see them that shares their root; undefined where they are in none. */
  readonly files?: VisitFiles | undefined;
  /** Aborts the training on the server too. */
  readonly signal?: AbortSignal | undefined;
  /** Called once, after the training: Spark does not tell the loss of its iterations. */
  onIteration?(iteration: Iteration): void;
  /** Is told the share of the tasks of Spark that are done, 0 to 1; it falls when Spark finds more to do. */
  onShare?(share: number): void;
  /** Is told the version of Spark, and how it gets the visits, in sentences. */
  tell?(sentence: string): void;
}

/** A model that Spark trained. */
export interface SparkTrained {
  readonly model: AlsGeneration;
  /** Such as `4.3.0`. */
  readonly sparkVersion: string;
}

/** Spark ML over Spark Connect is whole since this version. */
const LEAST_VERSION = [4, 1] as const;

/**
 * Trains Spark's own ALS over Spark Connect, and makes its factors a model as {@link AlsTrainer} does: the same names, seen sets and counts. Which visits make
 * which pairs is the same too; the loss is that of the preset `spark`. The same visits need not give the same bytes.
 *
 * @param options of `sparkOptions`
 * @throws AlsError `ALS_SPARK_UNFIT`, `ALS_SPARK_BLIND`, `ALS_TOO_LARGE`, `ALS_DIVERGED`, and as `AlsTrainer` for the visits
 * @throws SparkError
 * @throws the signal's reason
 */
export async function trainOnSpark(visits: VisitsTable, options: AlsOptions, how: SparkRun): Promise<SparkTrained> {
  const { remote, files, signal, mostSent, tell = () => undefined } = how;
  const run: RunOptions = { signal, onProgress: how.onShare };
  signal?.throwIfAborted();
  const session = await connect(remote);
  try {
    const sparkVersion = await checkedVersion(session, run);
    const interactions = interactionsOf(visits, options);
    const pairs = pairsOf(interactions, options);
    const { userIds, attractionIds } = indexVisits(visits);
    const latestMs = visitTimes(visits).reduce((a, b) => Math.max(a, b), -Infinity);
    tell(`Spark ${sparkVersion} trains on ${pairs.byUser.columns.length} pairs of ${userIds.length} users and ${attractionIds.length} attractions.`); // prettier-ignore
    const known = await pairsOnSpark(session, { options, pairs, files, latestMs, ...(mostSent !== undefined && { mostSent }) }, run, tell); // prettier-ignore
    const begin = performance.now();
    const factors = await fitted(
      session,
      known,
      sparkParameters(options, pairs.byUser.columns.length),
      { userIds, attractionIds },
      run,
    );
    const seconds = (performance.now() - begin) / 1000;
    const loss = lossOf(factors, pairs, objectiveOf(options));
    if (!Number.isFinite(loss))
      throw new AlsError('ALS_DIVERGED', [
        `The loss of the model from Spark is ${loss}; raise regularization, or lower alpha or the weights.`,
      ]);
    const { iterations } = options;
    const entry = { iteration: iterations, loss, seconds };
    const pairsPerSecond = (pairs.byUser.columns.length * iterations) / seconds;
    how.onIteration?.({ ...entry, iterations, pairsPerSecond, secondsLeft: 0 });
    return {
      model: generationOf(visits, interactions, pairs, { ...factors, options, history: [entry] }),
      sparkVersion,
    };
  } finally {
    await session.close();
  }
}

/** The version of Spark, if it has ML. Sail says a version of its own, which is lower. */
async function checkedVersion(session: SparkSession, run: RunOptions): Promise<string> {
  const said = await session.collect(sql('SELECT version() AS version'), run);
  const version = String(said.getChild('version')?.get(0)).split(' ')[0] as string;
  const [major = NaN, minor = NaN] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_VERSION;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return version;
  throw new AlsError('ALS_SPARK_UNFIT', [
    `The server of SPARK_REMOTE says that its version is ${version}. Training needs Apache Spark ${LEAST_VERSION.join('.')} or later; Sail has no ML. Set SPARK_REMOTE to such a server, or TRAIN_ON=kernel.`,
  ]);
}

type SparkParameters = ReturnType<typeof sparkParameters>;

interface Names {
  readonly userIds: readonly string[];
  readonly attractionIds: readonly string[];
}

/** The factors of both sides, in the rows of the names. Read right after the fit, since a server may drop a model; then the model is deleted. */
async function fitted(
  session: SparkSession,
  { relation, names }: SparkPairs,
  parameters: SparkParameters,
  { userIds, attractionIds }: Names,
  run: RunOptions,
) {
  const model = await fit(session, relation, parameters, run);
  try {
    const rank = parameters['rank'] as number;
    const factorsOf = async (method: string, view: string | undefined, ids: readonly string[]) => {
      const factors = new Float32Array(ids.length * rank);
      const rows = await factorRows(session, model, method, view, run);
      for await (const batch of session.batches(rows, run)) place(batch, factors, rank, ids);
      return factors;
    };
    return {
      rank,
      userFactors: await factorsOf('userFactors', names?.users, userIds),
      itemFactors: await factorsOf('itemFactors', names?.items, attractionIds),
    };
  } finally {
    // It goes with the session in any case.
    await model.delete().catch(() => undefined);
  }
}

async function fit(
  session: SparkSession,
  pairs: Relation,
  parameters: SparkParameters,
  run: RunOptions,
): Promise<SparkModel> {
  try {
    return await session.fit(SPARK_ALS, parameters, pairs, run);
  } catch (error) {
    if (!(error instanceof SparkError) || error.server?.errorClass !== MODEL_TOO_LARGE) throw error;
    const { modelSize, modelMaxSize } = error.server.parameters ?? {};
    throw new AlsError('ALS_TOO_LARGE', [
      `The model has ${modelSize} bytes, and the server keeps ${modelMaxSize} at most; lower rank, raise spark.connect.session.connectML.mlCache.memoryControl.maxModelSize on the server, or train with TRAIN_ON=kernel.`,
    ], { cause: error }); // prettier-ignore
  }
}

const MODEL_TOO_LARGE = 'CONNECT_ML.MODEL_SIZE_OVERFLOW_EXCEPTION';

/** Columns `id` and `features`. An id is a text where the numbers of the server are its own. */
async function factorRows(
  session: SparkSession,
  model: SparkModel,
  method: string,
  view: string | undefined,
  run: RunOptions,
): Promise<Relation> {
  if (view === undefined) return model.attribute(method);
  await session.createView(method, model.attribute(method), run);
  return sql(`SELECT ${view}.id AS id, features FROM ${method} JOIN ${view} ON ${view}.number = ${method}.id`);
}

/** Copies the factors of a batch to their rows. Rows that Spark has no factors for stay 0: nobody likes them. */
function place(batch: RecordBatch, factors: Float32Array, rank: number, ids: readonly string[]): void {
  const numbers = batch.getChild('id');
  const features = batch.getChild('features')?.data[0] as Data<List<Float32>>;
  const values = (features.children[0] as Data<Float32>).values;
  for (let row = 0; row < batch.numRows; row++) {
    const id = numbers?.get(row) as (Int32 | Utf8)['TValue'];
    const to = typeof id === 'number' ? id : rowOf(ids, id);
    const from = features.valueOffsets[row] as number;
    if (to >= 0 && to < ids.length && features.valueOffsets[row + 1] === from + rank)
      factors.set(values.subarray(from, from + rank), to * rank);
    else
      throw new SparkError('SPARK_RESULT_INVALID', `Spark sends factors of '${id}', which is not one of ${ids.length} rows of ${rank} factors.`); // prettier-ignore
  }
}

/** The row of an id by halving; -1 where it is unknown. The ids ascend by UTF-16 code unit, as `<` compares. */
function rowOf(ids: readonly string[], id: string): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] as string) < id) low = middle + 1;
    else high = middle;
  }
  return ids[low] === id ? low : -1;
}
