import type { Table, TypeMap } from 'apache-arrow';

import { schemaOf } from '../columns.js';
import type { Column, Columns } from '../columns.js';
import type { Field } from '../contract.js';
import { FeedsError } from '../errors.js';
import { checkRows, unreadable } from './codec.js';
import type { Codec } from './codec.js';
import { parquetBatches } from './parquet-batches.js';

/**
 * Arrow tables as Parquet. Columns are checked against `schema` when written and when read; dictionary-encoded texts are written as plain
 * ones. Arrow and the WASM are loaded at the first call, so that a process that does not need them does not pay for them.
 */
export function parquet<T extends TypeMap>(schema: readonly Field[]): Codec<Table<T>> {
  return {
    format: 'parquet',
    encode: async function* (table) {
      const { conform, writeParquet } = await import('../arrow/index.js');
      const refuse = (problem: string) => new FeedsError('FEEDS_VALUE_INVALID', `${problem}.`);
      const bytes = await writeParquet(conform(table, schema, refuse));
      yield { name: 'part-00000.parquet', bytes, rows: table.numRows };
    },
    decode: async (files) => {
      const { concat, conform, readParquet } = await import('../arrow/index.js');
      const parts = files.map(async (file) => {
        const part = await readParquet(file);
        checkRows(file, part.numRows);
        return conform(part, schema, (problem) => unreadable(file, `breaks its contract: ${problem}`));
      });
      return concat(await Promise.all(parts));
    },
  };
}

/**
 * Rows as objects over the Parquet codec, for writers that have rows and no columns. A missing property is a null; a time is a `Date`. Values
 * are checked by `problem` of their columns when written and when read.
 */
export function parquetRows<R extends object>(columns: Columns<R>): Codec<readonly R[]> {
  const schema = schemaOf(columns);
  const tables = parquet(schema);
  const { tableOf, rowsOf } = rowsIn(columns, schema);
  return {
    format: tables.format,
    encode: async function* (rows) {
      yield* tables.encode(await tableOf(rows));
    },
    decode: async (files) => rowsOf(await tables.decode(files)),
  };
}

/**
 * The same in chunks of rows, for updates that are larger than memory: each chunk becomes columns as it comes, and is gone then. Reading gives an iterable
 * of chunks that reads nothing before it is iterated. What is put with either codec can be read with the other.
 */
export function parquetRowChunks<R extends object>(columns: Columns<R>): Codec<AsyncIterable<readonly R[]>> {
  const schema = schemaOf(columns);
  const batches = parquetBatches(schema);
  const { tableOf, rowsOf } = rowsIn(columns, schema);
  return {
    ...batches,
    encode: async function* (chunks) {
      const batchesOf = async function* () {
        let firstRow = 0;
        for await (const rows of chunks) {
          yield* (await tableOf(rows, firstRow)).batches;
          firstRow += rows.length;
        }
      };
      yield* batches.encode(batchesOf());
    },
    decode: async (files) => {
      const { tableOfBatches } = await import('../arrow/tables.js');
      const stored = await batches.decode(files);
      return {
        [Symbol.asyncIterator]: async function* () {
          for await (const batch of stored) yield rowsOf(tableOfBatches([batch]));
        },
      };
    },
  };
}

/** Rows to a table and back, checked both times. */
function rowsIn<R extends object>(columns: Columns<R>, schema: readonly Field[]) {
  const keys = Object.keys(columns) as (keyof R)[];
  const problem = rowProblem(columns);

  /** Throws with the first row and column that break the contract. */
  const check = (rows: readonly R[], code: 'FEEDS_VALUE_INVALID' | 'FEEDS_DATA_CORRUPT', firstRow = 0): void => {
    for (const [n, row] of rows.entries()) {
      const fault = problem(row);
      if (fault !== undefined) throw new FeedsError(code, `Row ${firstRow + n + 1}: ${fault}.`);
    }
  };

  return {
    tableOf: async (rows: readonly R[], firstRow = 0): Promise<Table> => {
      check(rows, 'FEEDS_VALUE_INVALID', firstRow);
      const { tableFromRows } = await import('../arrow/tables.js');
      const valuesOf = keys.map((key) => rows.map((row) => row[key]));
      return tableFromRows(schema, valuesOf);
    },
    rowsOf: async (table: Table): Promise<readonly R[]> => {
      const { valuesOfTable } = await import('../arrow/tables.js');
      const valuesOf = valuesOfTable(table, schema);
      const rows = Array.from({ length: table.numRows }, (_, n) => {
        const present = keys.flatMap((key, c) => {
          const value = valuesOf[c]?.[n];
          return value === undefined ? [] : [[key, value] as const];
        });
        return Object.fromEntries(present) as R;
      });
      check(rows, 'FEEDS_DATA_CORRUPT');
      return rows;
    },
  };
}

/** Says why a row breaks the contract of these columns, beginning with the name of the column; undefined if it does not. */
export function rowProblem<R extends object>(columns: Columns<R>): (row: R) => string | undefined {
  const entries = Object.entries<Column<R[keyof R]>>(columns);
  return (row) => {
    for (const [key, { field, problem }] of entries) {
      const fault = problem(row[key as keyof R]);
      if (fault !== undefined) return `${field.name} ${fault}`;
    }
    return undefined;
  };
}
