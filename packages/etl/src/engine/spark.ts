import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql, statementOf, subjectOf, frame } from '../frame/frame.js';
import type { Frame, Query, Sql } from '../frame/frame.js';
import type { Columns, Engine, Row, RowFiles, RunOptions, ScannedFile, TableColumns } from './engine.js';
import { duckDbEngine } from './duckdb.js';
import { sparkText } from './spark-dialect.js';
import { parquet, viewOfCopy, viewOfRows, viewOfScan, viewOfTyped } from './spark-files.js';
import { columnsOf, rowsOf } from './spark-results.js';
import { closeSession, onServer, openSession } from './spark-session.js';
import type { Session, SparkOptions, Work } from './spark-session.js';
import { asWritten, footersOf, move, writeFolder } from './spark-write.js';

/** As with DuckDB, so that updates are alike whatever wrote them. */
const ROW_GROUP_ROWS = duckDbEngine().rowGroupRows;

/**
 * A server that speaks Spark Connect: Apache Spark 4, or Sail. Its session begins at the first query, and its library is loaded then. It reads and writes
 * files in the folder for temporary files (TMPDIR), which it has to share with this machine; raw files it reads where they are, if it sees them.
 */
export function sparkEngine(options: SparkOptions): Engine {
  return new SparkEngine(options);
}

class SparkEngine implements Engine {
  readonly name = 'spark';
  readonly rowGroupRows = ROW_GROUP_ROWS;
  readonly #options: SparkOptions;
  /** How views are made, by their names. */
  readonly #views = new Map<string, (work: Work) => Promise<void>>();
  #session: Session | undefined;
  #names = 0;

  constructor(options: SparkOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    await this.#onServer('its start', {}, () => Promise.resolve());
  }

  scan(file: ScannedFile): Sql {
    return this.#view((name, work) => viewOfScan(name, file, work));
  }

  scanRows(rows: RowFiles, { numbered }: { readonly numbered: boolean }): Sql {
    return this.#view((name, work) => viewOfRows(name, rows, numbered, work));
  }

  scanTyped(files: RowFiles['files']): Sql {
    return this.#view((name, work) => viewOfTyped(name, files, work));
  }

  async countRows(rows: RowFiles, options: Parameters<Engine['countRows']>[1]) {
    return this.#onServer(`'${rows.files[0]?.path}'`, options, ({ local }) => local.countRows(rows, options));
  }

  async columnsOf(path: string, options: RunOptions = {}) {
    return this.#onServer(`'${path}'`, options, ({ local }) => local.columnsOf(path, options));
  }

  async table(
    name: string,
    columns: TableColumns,
    batches: Parameters<Engine['table']>[2],
    options: RunOptions = {},
  ): Promise<Frame> {
    const names = sql.join(Object.keys(columns).map(sql.identifier), ', ');
    const view = this.#name();
    const made = frame(name)`SELECT ${names} FROM ${sql.relation(sql`${sql.identifier(view)}`)}`;
    // What the batches throw comes out as it is.
    let thrown: { readonly error: unknown } | undefined;
    const given = async function* () {
      try {
        yield* batches;
      } catch (error) {
        thrown = { error };
        throw error;
      }
    };
    await this.#onServer(subjectOf(made), options, async (work) => {
      const table = await work.local.table(name, columns, given(), options);
      await this.#ready(view, (own) => viewOfCopy(view, sql`${table}`, own), work);
    }).catch((error: unknown) => {
      throw thrown ? thrown.error : error;
    });
    return made;
  }

  async rows(query: Query, options?: RunOptions): Promise<readonly Row[]> {
    return rowsOf(await this.#collect(query, options));
  }

  async collect(query: Query, options?: RunOptions): Promise<Columns> {
    return columnsOf(await this.#collect(query, options));
  }

  async write(query: Query, path: string, options: RunOptions = {}): Promise<void> {
    await this.#onServer(subjectOf(query), options, async (work) => {
      const shape = { rowsPerFile: 0, rowGroupRows: ROW_GROUP_ROWS };
      const statement = await this.#statement(query, work);
      const { folder, files } = await writeFolder(statement, work, shape);
      await work.local.write(await asWritten(files, statement, work), path, signalOf(work));
      await rm(folder, { recursive: true });
    });
  }

  async writeParts(query: Query, target: Parameters<Engine['writeParts']>[1], options: RunOptions = {}) {
    return this.#onServer(subjectOf(query), options, async (work) => {
      const { folder: to, suffix, rows } = target;
      const rowsPerFile = Math.max(1, Math.ceil(rows / ROW_GROUP_ROWS)) * ROW_GROUP_ROWS;
      const statement = await this.#statement(query, work);
      const { folder, files } = await writeFolder(statement, work, { rowsPerFile, rowGroupRows: ROW_GROUP_ROWS });
      if (files.length === 0) return [];
      const { rows: counts, mostRowsInGroup, areTimesMillis } = await footersOf(files, work);
      const full = files.filter((_, i) => counts[i] !== 0);
      // Sail knows neither milliseconds nor small row groups.
      const isAsPromised = areTimesMillis && mostRowsInGroup <= ROW_GROUP_ROWS;
      if (!isAsPromised && full.length > 0)
        return work.local.writeParts(await asWritten(full, statement, work), target, signalOf(work));
      const names = full.map((_, i) => `part-${i}-${suffix}.parquet`);
      for (const [i, path] of full.entries()) await move(path, join(to, names[i] ?? ''));
      await rm(folder, { recursive: true });
      return names;
    });
  }

  async keep(target: Frame, options: RunOptions = {}): Promise<void> {
    await this.#onServer(subjectOf(target), options, async (work) => {
      const name = this.#name();
      const shape = { rowsPerFile: 0, rowGroupRows: ROW_GROUP_ROWS };
      const statement = await this.#statement(target, work);
      const { files } = await writeFolder(statement, work, shape);
      const { spark, session, how } = work;
      const { sql: relation } = await import('@attractions/spark');
      const rows = files.length > 0 ? await parquet(files) : relation(`SELECT * FROM (${statement}) q LIMIT 0`);
      await spark.createView(name, rows, how);
      session.kept.set(target, name);
    });
  }

  async describe(target: Frame, rowCount: number, options?: RunOptions) {
    const { schema } = await this.#collect(sql`SELECT * FROM ${target} LIMIT 0`, options);
    const rows = await this.rows(sql`SELECT * FROM ${target} LIMIT ${rowCount}`, options);
    const figures = schema.fields.map(({ name }, i) => {
      const column = sql.identifier(name);
      const [least, most] = [sql.identifier(`least_${i}`), sql.identifier(`most_${i}`)];
      return sql`CAST(min(${column}) AS STRING) AS ${least}, CAST(max(${column}) AS STRING) AS ${most}, `;
    });
    const [found] = await this.rows(
      sql`SELECT ${sql.join(figures, '')}CAST(count(*) AS STRING) AS counted FROM ${target}`,
      options,
    );
    const summary = schema.fields.map(({ name, type }, i) => ({
      column_name: name,
      column_type: String(type),
      min: found?.[`least_${i}`] ?? null,
      max: found?.[`most_${i}`] ?? null,
      count: found?.['counted'] ?? '0',
    }));
    return { rows, summary };
  }

  async close(): Promise<void> {
    const session = this.#session;
    if (!session) return;
    this.#session = undefined;
    await closeSession(session);
  }

  async #collect(query: Query, options: RunOptions = {}) {
    return this.#onServer(subjectOf(query), options, async (work) => {
      const { sql: relation } = await import('@attractions/spark');
      return work.spark.collect(relation(await this.#statement(query, work)), work.how);
    });
  }

  /** What the server runs, once the views that it names are there. */
  async #statement(query: Query, work: Work): Promise<string> {
    const statement = statementOf(query, work.session.kept);
    for (const [name] of statement.matchAll(/\battractions_\d+\b/g)) {
      const make = this.#views.get(name);
      if (make) await this.#ready(name, make, work);
    }
    return sparkText(statement);
  }

  async #ready(name: string, make: (work: Work) => Promise<void>, work: Work): Promise<void> {
    const { views } = work.session;
    let making = views.get(name);
    if (!making) views.set(name, (making = make(work)));
    await making.catch((error: unknown) => {
      views.delete(name);
      throw error;
    });
  }

  #name(): string {
    return `attractions_${this.#names++}`;
  }

  #view(make: (name: string, work: Work) => Promise<void>): Sql {
    const name = this.#name();
    this.#views.set(name, (work) => make(name, work));
    return sql.relation(sql`${sql.identifier(name)}`);
  }

  async #onServer<T>(subject: string, options: RunOptions, work: (given: Work) => Promise<T>): Promise<T> {
    options.signal?.throwIfAborted();
    const session = (this.#session ??= openSession(this.#options));
    const running = onServer(session, subject, options, work);
    session.running.add(running);
    return running.finally(() => session.running.delete(running));
  }
}

const signalOf = ({ how: { signal } }: Work): RunOptions => (signal ? { signal } : {});
