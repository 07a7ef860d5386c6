import type { Table, TypeMap } from 'apache-arrow';

import { schemaOf } from '../columns.js';
import type { Column, Columns } from '../columns.js';
import type { Field } from '../contract.js';
import { FeedsError } from '../errors.js';
import { checkRows, unreadable } from './codec.js';
import type { Codec } from './codec.js';

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
  const entries = Object.entries<Column<R[keyof R]>>(columns);
  const problem = rowProblem(columns);

  /** Throws with the first row and column that break the contract. */
  const check = (rows: readonly R[], code: 'FEEDS_VALUE_INVALID' | 'FEEDS_DATA_CORRUPT'): void => {
    for (const [n, row] of rows.entries()) {
      const fault = problem(row);
      if (fault !== undefined) throw new FeedsError(code, `Row ${n + 1}: ${fault}.`);
    }
  };

  return {
    format: tables.format,
    encode: async function* (rows) {
      check(rows, 'FEEDS_VALUE_INVALID');
      const { tableFromRows } = await import('../arrow/tables.js');
      const valuesOf = entries.map(([key]) => rows.map((row) => row[key as keyof R]));
      yield* tables.encode(tableFromRows(schema, valuesOf));
    },
    decode: async (files) => {
      const [table, { valuesOfTable }] = await Promise.all([tables.decode(files), import('../arrow/tables.js')]);
      const valuesOf = valuesOfTable(table, schema);
      const rows = Array.from({ length: table.numRows }, (_, n) => {
        const present = entries.flatMap(([key], c) => {
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
