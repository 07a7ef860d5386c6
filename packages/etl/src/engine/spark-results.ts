import { DataType } from 'apache-arrow';
import type { Table, Vector } from 'apache-arrow';
import type { CellValue, Columns, Row } from './engine.js';

/** A result as rows, in the form that JSON has: whole numbers of 64 bits, decimals and times are texts. */
export function rowsOf(table: Table): readonly Row[] {
  const columns = table.schema.fields.map((field, i) => [field.name, valuesOf(table, i)] as const);
  return Array.from({ length: table.numRows }, (_, row) =>
    Object.fromEntries(columns.map(([name, values]) => [name, jsonOf(values(row))])),
  );
}

/** A result by column. */
export function columnsOf(table: Table): Columns {
  return {
    rowCount: table.numRows,
    eachValue(column, visit) {
      const values = valuesOf(table, column);
      for (let row = 0; row < table.numRows; row++) {
        const value = values(row);
        visit(isCell(value) ? value : String(value), row);
      }
    },
  };
}

/** Reads values of a column, decimals as numbers with their point. */
function valuesOf(table: Table, column: number): (row: number) => unknown {
  const vector: Vector | null = table.getChildAt(column);
  const type = table.schema.fields[column]?.type;
  if (vector === null) return () => null;
  if (DataType.isDecimal(type)) {
    const scale = 10n ** BigInt(type.scale);
    return (row) => {
      const value: unknown = vector.get(row);
      if (value === null) return null;
      const whole = BigInt(String(value));
      const sign = whole < 0n ? '-' : '';
      const digits = whole < 0n ? -whole : whole;
      const rest = type.scale === 0 ? '' : `.${String(digits % scale).padStart(type.scale, '0')}`;
      return `${sign}${digits / scale}${rest}`;
    };
  }
  if (DataType.isTimestamp(type))
    return (row) => {
      const value: unknown = vector.get(row);
      return value === null ? null : new Date(Number(value)).toISOString().replace('T', ' ').replace(/(\.000)?Z$/, ''); // prettier-ignore
    };
  return (row) => vector.get(row) as unknown;
}

function isCell(value: unknown): value is CellValue {
  return value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}

function jsonOf(value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : isCell(value) ? value : String(value);
}
