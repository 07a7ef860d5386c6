import type { Frame, Query, Sql } from '../frame/frame.js';

/** A row by column name, as JSON has it: whole numbers of 64 bits, decimals and times are texts. */
export type Row = Readonly<Record<string, unknown>>;

/** A value in a result: BIGINT is a bigint, other numbers are numbers. Other types are for the engine to choose; cast them. */
export type CellValue = string | number | bigint | boolean | null;

/** A result by column, for many rows: no object a row. */
export interface Columns {
  readonly rowCount: number;
  /** Visits the values of a column, by its position in the SELECT, in order of the rows. */
  eachValue(column: number, visit: (value: CellValue, row: number) => void): void;
}

/** A CSV file whose columns are known. Regular: no blank lines, one kind of line ending, as many fields in each line as columns. */
export interface CsvFile {
  readonly format: 'csv';
  /** Absolute. Never taken for a pattern. */
  readonly path: string;
  readonly delimiter: string;
  /** Names for the fields, in their order; the file's own header, line 1, is not read. Lower case with underscores. */
  readonly columns: readonly string[];
}

/** The same file as whole lines, in the one column `text`. Line 1 is left out here too. */
export interface LinesFile {
  readonly format: 'lines';
  readonly path: string;
}

/** A file to be read as a relation. */
export type ScannedFile = CsvFile | LinesFile;

/** A column of {@link RowFiles}. */
export interface RowColumn {
  /** In `parquet`, the column's name; in `json-lines`, a key, or a JSON pointer that begins with `/`. Not looked at in `delimited`. */
  readonly name: string;
  /** What a Parquet column has to be turned into a text from; times become milliseconds since 1970, lists and structs JSON. Default: `text`. */
  readonly type?: 'text' | 'time' | 'double' | 'nested';
}

/** One of several files. */
export interface RowFile {
  readonly path: string;
  /** What its rows have as `file_number`. */
  readonly number: number;
}

/** Many files of one shape, whose values are read as texts. */
export interface RowFiles {
  readonly format: 'delimited' | 'json-lines' | 'parquet';
  /** Never taken for patterns. */
  readonly files: readonly RowFile[];
  readonly columns: readonly RowColumn[];
  /** The positions of the columns that are looked at; default: all. */
  readonly used?: readonly number[];
  /** Of `delimited`; default: `,`. */
  readonly delimiter?: string;
  /** Of `delimited`; empty: nothing is quoted. */
  readonly quote?: string;
  /** Of `delimited`; default: true. */
  readonly hasHeader?: boolean;
  /** Whether rows with NUL or U+FFFD in a used column are to be looked for, and left out. */
  readonly isSuspect?: boolean;
  /** Of `delimited`: whether a row may go over several lines; default: true. */
  readonly hasBreaks?: boolean;
}

/** A row that cannot be read. */
export interface RowFault {
  /** Its place in bytes, from 0, of rows that cannot be told apart into fields. */
  readonly offset?: number;
  /** As of a numbered scan. */
  readonly line?: number;
  /** The column at fault, by its position. */
  readonly field?: number;
  readonly reason: string;
}

/** What is in one of {@link RowFiles}. */
export interface RowCount {
  readonly number: number;
  /** Numbers that a numbered scan gives to lines of this file. */
  readonly lines: number;
  /** Rows of a scan. */
  readonly rows: number;
  readonly faultCount: number;
  /** The first of them. */
  readonly faults: readonly RowFault[];
}

/** What a table's column holds. */
export type TableColumns = Readonly<Record<string, 'text' | 'bigint' | 'double'>>;

/** A row for a table, in the order of its columns. */
export type TableRow = readonly (string | number | null)[];

/** How a query is run. */
export interface RunOptions {
  /** Stops the query when it aborts; the call then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Is told the share that is done, 0 to 1, from time to time, by engines that know it. */
  readonly onProgress?: (share: number) => void;
}

/** What is shown of a frame that is described. */
export interface FrameDescription {
  /** The first rows. */
  readonly rows: readonly Row[];
  /** One row a column, with at least `column_name`, `min`, `max` and `count`, all texts; an engine may tell more. */
  readonly summary: readonly Row[];
}

/**
 * What runs frames. Transformers write one SQL text for all engines; what differs between them is behind this interface, and nothing
 * above it knows an engine's own types. `engineCases` of `@attractions/etl/testing` are its contract.
 *
 * Calls may overlap. Every failure is an EtlError ETL_ENGINE_FAILED with the engine's error as its cause, except that an aborted
 * signal's reason is thrown as it is, and a query that cannot be composed is an ETL_FRAME_INVALID.
 */
export interface Engine {
  /** `duckdb`, `spark`, … */
  readonly name: string;
  /** Starts the engine. Need not be called; the first query does it. */
  open(): Promise<void>;
  /**
   * A file as a relation to be used after FROM: `line`, 1-based, then its columns as text, NULL where empty. Reads nothing.
   * An engine without line numbers has NULL for them.
   */
  scan(file: ScannedFile): Sql;
  /**
   * Rows of many files as a relation: `file_number`, then `f0`, `f1`, … as texts, NULL where empty. Where `numbered`, `line` counts the rows
   * that were told apart, from 1, over all files in their order; numbering may cost much. Rows that cannot be read are left out. Reads nothing.
   */
  scanRows(rows: RowFiles, options: { readonly numbered: boolean }): Sql;
  /** What {@link scanRows} reads and leaves out, by file. Names up to `faultsKept` faults of each kind. */
  countRows(rows: RowFiles, options: RunOptions & { readonly faultsKept: number }): Promise<readonly RowCount[]>;
  /** The columns of a Parquet file. */
  columnsOf(path: string, options?: RunOptions): Promise<readonly Required<RowColumn>[]>;
  /** Stores rows, given in batches, as a table that lasts until the engine is closed, and returns it as a frame. */
  table(
    name: string,
    columns: TableColumns,
    batches: Iterable<readonly TableRow[]> | AsyncIterable<readonly TableRow[]>,
    options?: RunOptions,
  ): Promise<Frame>;
  /** Runs a query and returns its rows as objects, in the order of its ORDER BY. For small results. */
  rows(query: Query, options?: RunOptions): Promise<readonly Row[]>;
  /** Runs a query and returns its result by column, in the order of its ORDER BY. */
  collect(query: Query, options?: RunOptions): Promise<Columns>;
  /**
   * Runs a query and writes its rows as one Parquet file, in the order of its ORDER BY. A TIMESTAMP is written in milliseconds, in UTC; row groups
   * have about 60,000 rows. What is at the path is replaced.
   */
  write(query: Query, path: string, options?: RunOptions): Promise<void>;
  /**
   * The same into several files of a folder, `part-<i>-<suffix>.parquet`, of about so many rows each, and at least {@link Engine.rowGroupRows}. Returns their
   * names. Only the rows of a row group are in the order of the ORDER BY: an engine may write several at once.
   */
  writeParts(
    query: Query,
    target: { readonly folder: string; readonly suffix: string; readonly rows: number },
    options?: RunOptions,
  ): Promise<readonly string[]>;
  /** Rows in a row group of what is written. */
  readonly rowGroupRows: number;
  /**
   * Parquet files with the same columns as a relation: `file_number`, `row_number` in the file from 0, and the columns with their types; a time has
   * a zone. Reads nothing.
   */
  scanTyped(files: RowFiles['files']): Sql;
  /** Runs a frame once and keeps its rows: from now on, every query that leads to it reads those. */
  keep(target: Frame, options?: RunOptions): Promise<void>;
  /** Shows a frame. Slow: it is run twice, from its files. */
  describe(target: Frame, rowCount: number, options?: RunOptions): Promise<FrameDescription>;
  /**
   * Stops the engine and drops its tables and kept frames. Calls that are running are stopped, and fail with ETL_ENGINE_FAILED; it waits for
   * them. A closed engine starts again at the next query.
   */
  close(): Promise<void>;
}

/** What is done with each frame that a loader composes, before it is run. */
export type DescribeFrame = (target: Frame, engine: Engine) => Promise<void>;

/** What {@link logFrames} writes to; a pino logger is one. */
export interface FrameLog {
  info(fields: object, message: string): void;
}

/** Logs the first rows and a summary of each frame. Slow, as {@link Engine.describe} is. */
export function logFrames(log: FrameLog, rowCount = 5): DescribeFrame {
  return async (target, engine) => {
    const { rows, summary } = await engine.describe(target, rowCount);
    log.info({ frame: target.name, rows, summary }, `Frame ${target.name}`);
  };
}
