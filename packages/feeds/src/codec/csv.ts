import { schemaOf } from '../columns.js';
import type { Column, Columns } from '../columns.js';
import type { Field } from '../contract.js';
import { FeedsError } from '../errors.js';
import { checkRows, textOf, unreadable } from './codec.js';
import type { Codec, StoredFile } from './codec.js';

/**
 * Rows as CSV by RFC 4180, in UTF-8, with a header, lines ended by LF. A missing value is an empty cell without quotes, the empty text is
 * `""`, so that both survive a round trip. Text that looks like a spreadsheet formula is not changed: the file is for programs.
 */
export function csv<R extends object>(columns: Columns<R>): Codec<readonly R[]> {
  const schema = schemaOf(columns);
  const entries = Object.entries<Column<R[keyof R]>>(columns);

  function cellsOf(row: R, index: number): (string | null)[] {
    return entries.map(([key, column]) => {
      const value = row[key as keyof R];
      const problem = problemAt(column, value, index);
      if (problem !== undefined) throw new FeedsError('FEEDS_VALUE_INVALID', `${problem}.`);
      return column.toText(value);
    });
  }

  function rowOf(file: StoredFile, cells: Cells, places: readonly (number | undefined)[], index: number): R {
    const row: Record<string, unknown> = {};
    for (const [i, [key, column]] of entries.entries()) {
      const value = column.fromText(cells[places[i] ?? -1] ?? null);
      const problem = problemAt(column, value, index);
      if (problem !== undefined) throw unreadable(file, `breaks its contract: ${problem}`);
      if (value !== undefined) row[key] = value;
    }
    return row as R;
  }

  return {
    format: 'csv',
    encode: async function* (rows) {
      const header = schema.map(({ name }) => name);
      const lines = rows.map(cellsOf);
      const { stringify } = await import('csv-stringify/sync');
      const content = stringify([header, ...lines], { quoted_match: QUOTED });
      yield { name: 'part-00000.csv', bytes: new TextEncoder().encode(content), rows: rows.length };
    },
    decode: async (files) => {
      const parts = files.map(async (file) => {
        const [header = [], ...lines] = await parseFile(file);
        checkRows(file, lines.length);
        const places = placesOf(file, header, schema);
        return lines.map((cells, index) => rowOf(file, cells, places, index));
      });
      return (await Promise.all(parts)).flat();
    },
  };
}

/** Without these csv-stringify would write null and the empty text alike, and a lone CR without quotes. */
const QUOTED = [/^$/, /\r/];

/** In a text without it, every empty cell is without quotes. */
const QUOTED_EMPTY = /(^|[,\r\n])""([,\r\n]|$)/;

type Cells = readonly (string | null)[];

async function parseFile(file: StoredFile): Promise<Cells[]> {
  const text = await textOf(file);
  const { parse } = await import('csv-parse/sync');
  try {
    if (QUOTED_EMPTY.test(text))
      return parse(text, { cast: (value, { quoting }) => (value === '' && !quoting ? null : value) });
    // For a function, csv-parse makes an object that describes each cell, which takes most of the time.
    return (parse(text) as string[][]).map((cells) => cells.map((value) => (value === '' ? null : value)));
  } catch (cause) {
    throw unreadable(file, `is not CSV: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

/** The place of each column of the schema in the file; undefined for a nullable one that an older minor version lacks. */
function placesOf(file: StoredFile, header: Cells, schema: readonly Field[]): (number | undefined)[] {
  return schema.map(({ name, nullable }) => {
    const place = header.indexOf(name);
    if (place >= 0) return place;
    if (nullable) return undefined;
    throw unreadable(file, `has no column ${name}; its header is ${header.join(',')}`);
  });
}

function problemAt<V>(column: Column<V>, value: unknown, index: number): string | undefined {
  const problem = column.problem(value);
  return problem && `Row ${index + 1}: ${column.field.name} ${problem}`;
}
