import { randomUUID } from 'node:crypto';
import { Table, tableFromIPC } from 'apache-arrow';
import type { RecordBatch } from 'apache-arrow';

import { channelTo } from './channel.js';
import type { Channel, Response } from './channel.js';
import { SparkError } from './errors.js';
import { execute } from './execute.js';
import type { RunOptions } from './execute.js';
import { attributeOf, deleteModelPlan, fitPlan, statementPlan, transformed, viewPlan, writePlan } from './plan.js';
import type { ParameterValue, Plan, Relation, WriteOptions } from './plan.js';
import { remoteOf } from './remote.js';

/** A session on a Spark Connect server: its own views, settings and models. Calls may overlap. Every call fails with a SparkError. */
export interface SparkSession {
  /** A UUID. */
  readonly id: string;
  /** Sets settings of the session, such as `{ 'spark.sql.session.timeZone': 'UTC' }`. */
  configure(settings: Readonly<Record<string, string>>): Promise<void>;
  /** Runs a statement for what it does. */
  execute(statement: string, options?: RunOptions): Promise<void>;
  /** The rows of a relation in batches, as they come. */
  batches(relation: Relation, options?: RunOptions): AsyncIterable<RecordBatch>;
  /** The rows of a relation, whole in memory. */
  collect(relation: Relation, options?: RunOptions): Promise<Table>;
  /** Gives a relation a name for SQL. */
  createView(name: string, relation: Relation, options?: RunOptions): Promise<void>;
  /** Writes the rows of a relation into a folder, by the server: the path is as the server sees it. */
  write(relation: Relation, target: WriteOptions, options?: RunOptions): Promise<void>;
  /**
   * Trains an estimator of Spark ML, by its Java class such as `org.apache.spark.ml.recommendation.ALS`. Needs Spark 4.1 or later; Sail has none.
   * A name of a parameter that Spark does not know is ignored, without an error.
   */
  fit(
    estimator: string,
    parameters: Readonly<Record<string, ParameterValue>>,
    dataset: Relation,
    options?: RunOptions,
  ): Promise<SparkModel>;
  /** Stops everything that runs in the session. */
  interrupt(): Promise<void>;
  /** Ends the session on the server, and the connection. */
  close(): Promise<void>;
}

/** A model that lives in the session. Read what is needed of it soon: a server may drop it where memory is short. */
export interface SparkModel {
  /** What the server says about the fit, such as parameters that it changed. */
  readonly warning?: string;
  /** A table of the model by the name of its method, such as `userFactors`. */
  attribute(method: string): Relation;
  /** A relation with the columns that the model adds. */
  transform(relation: Relation, parameters?: Readonly<Record<string, ParameterValue>>): Relation;
  /** Frees its memory on the server. */
  delete(): Promise<void>;
}

/** How a session begins. */
export interface ConnectOptions {
  /** How long to wait for the server; default: 30,000. */
  readonly timeoutMs?: number;
}

/**
 * Begins a session.
 *
 * @param remote such as `sc://127.0.0.1:15002` or `sc://spark.example:443/;token=…`; see {@link remoteOf}
 * @throws SparkError SPARK_REMOTE_INVALID, SPARK_UNREACHABLE, SPARK_DENIED
 */
export async function connect(remote: string, { timeoutMs = 30_000 }: ConnectOptions = {}): Promise<SparkSession> {
  const to = remoteOf(remote);
  const id = to.sessionId ?? randomUUID();
  const channel = channelTo(to, id);
  try {
    await channel.ready(timeoutMs);
    return sessionOn(channel, id, await observedOf(channel));
  } catch (error) {
    channel.close();
    throw error;
  }
}

/** The session as the server calls it, which changes when it is started again. Sail sends none. */
async function observedOf(channel: Channel): Promise<string | undefined> {
  const request = { operation: { set: { pairs: [] } } };
  const { server_side_session_id: id } = await channel.call<{ readonly server_side_session_id: string }>('Config', request); // prettier-ignore
  return id === '' ? undefined : id;
}

function sessionOn(channel: Channel, id: string, observed: string | undefined): SparkSession {
  const run = (plan: Plan, options?: RunOptions) => execute(channel, plan, observed, options);
  const finish = async (plan: Plan, options?: RunOptions): Promise<Response[]> => {
    const responses: Response[] = [];
    for await (const response of run(plan, options)) if (!response.arrow_batch) responses.push(response);
    return responses;
  };

  async function* batches(relation: Relation, options?: RunOptions): AsyncGenerator<RecordBatch, void, undefined> {
    for await (const { arrow_batch: batch } of run({ root: relation }, options)) {
      if (batch === undefined) continue;
      // Each is a whole stream of Arrow, with schema and end.
      const table = tableFromIPC(batch.data);
      if (table.numRows !== batch.row_count)
        throw new SparkError('SPARK_RESULT_INVALID', `A batch has ${table.numRows} rows, but the server says ${batch.row_count}.`); // prettier-ignore
      yield* table.batches;
    }
  }

  return {
    id,
    batches,
    async collect(relation, options) {
      const all: RecordBatch[] = [];
      for await (const batch of batches(relation, options)) all.push(batch);
      return new Table(all);
    },
    async configure(settings) {
      const pairs = Object.entries(settings).map(([key, value]) => ({ key, value }));
      await channel.call('Config', { operation: { set: { pairs } } });
    },
    async execute(statement, options) {
      await finish(statementPlan(statement), options);
    },
    async createView(name, relation, options) {
      await finish(viewPlan(name, relation), options);
    },
    async write(relation, target, options) {
      await finish(writePlan(relation, target), options);
    },
    async fit(estimator, parameters, dataset, options) {
      const uid = `${estimator.split('.').at(-1)}_${randomUUID().slice(0, 8)}`;
      const responses = await finish(fitPlan(estimator, uid, parameters, dataset), options);
      const info = responses.find((response) => response.ml_command_result)?.ml_command_result?.operator_info;
      const model = info?.obj_ref?.id;
      if (model === undefined)
        throw new SparkError('SPARK_RESULT_INVALID', `The server returned no model for ${estimator}.`);
      return {
        ...(info?.warning_message && { warning: info.warning_message }),
        attribute: (method) => attributeOf(model, method),
        transform: (relation, values = {}) => transformed(model, relation, values),
        delete: async () => void (await finish(deleteModelPlan(model))),
      };
    },
    async interrupt() {
      await channel.call('Interrupt', { interrupt_type: 'INTERRUPT_TYPE_ALL' });
    },
    async close() {
      await channel.call('ReleaseSession', {}, { deadlineMs: 5_000 }).catch(() => undefined);
      channel.close();
    },
  };
}
