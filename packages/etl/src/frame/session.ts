import { createRequire } from 'node:module';
import type * as duckdb from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBInstance, DuckDBMaterializedResult } from '@duckdb/node-api';
import { EtlError } from '../errors.js';
import { DUCKDB_DIALECT } from './duckdb-dialect.js';
import { toSql } from './frame.js';
import type { Frame } from './frame.js';

const require = createRequire(import.meta.url);

/** A row by column name, as DuckDB's JSON has it: numbers of 64 bits are texts. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * The one manager of the embedded DuckDB. The engine is loaded and opened at the first question, in memory, and is shared by
 * everything the session runs; questions may run at the same time. Every failure is an ETL_ENGINE_FAILED.
 */
export class DuckDbSession {
  readonly #kept = new Map<Frame, string>();
  #instance: Promise<DuckDBInstance> | undefined;

  /** Loads and opens the engine. Need not be called: a question does it. */
  async open(): Promise<void> {
    await this.#run('session', () => Promise.resolve());
  }

  /** Runs a frame. `select` is what is asked of it; default: all of it. The order of rows is the select's. */
  async collect(target: Frame, select?: string): Promise<DuckDBMaterializedResult> {
    return this.#run(target.name, (connection) => connection.run(this.#sql(target, select)));
  }

  /** Runs a frame and returns its rows as objects. For small frames. */
  async rows(target: Frame, select?: string): Promise<readonly Row[]> {
    const result = await this.collect(target, select);
    return result.getRowObjectsJson();
  }

  /** Runs a frame and keeps its rows: from now on, every question that leads to it has them at hand. For frames wanted often. */
  async keep(target: Frame): Promise<void> {
    const table = `kept_${this.#kept.size}_${target.name}`;
    await this.#run(target.name, (connection) => connection.run(`CREATE TABLE ${table} AS ${this.#sql(target)}`));
    this.#kept.set(target, table);
  }

  /** Closes the engine; frames that it keeps are gone. A closed session opens anew when it is asked again. */
  async close(): Promise<void> {
    const instance = this.#instance;
    this.#instance = undefined;
    this.#kept.clear();
    (await instance?.catch(() => undefined))?.closeSync();
  }

  #sql(target: Frame, select?: string): string {
    return toSql(target, select, this.#kept);
  }

  async #run<T>(name: string, question: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    try {
      this.#instance ??= openInstance();
      const connection = await (await this.#instance).connect();
      try {
        return await question(connection);
      } finally {
        connection.closeSync();
      }
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new EtlError('ETL_ENGINE_FAILED', `DuckDB failed in the frame '${name}': ${reason}`, { cause });
    }
  }
}

/**
 * Loaded on demand: the native library is large, and whoever only imports this package need not wait for it. It is CommonJS; to
 * `import` it, Node would first search its hundred files for names to export, which takes longer than to run them.
 */
async function openInstance(): Promise<DuckDBInstance> {
  const { DuckDBInstance: engine }: typeof duckdb = require('@duckdb/node-api');
  const instance = await engine.create(':memory:');
  const connection = await instance.connect();
  for (const statement of DUCKDB_DIALECT) await connection.run(statement);
  connection.closeSync();
  return instance;
}
