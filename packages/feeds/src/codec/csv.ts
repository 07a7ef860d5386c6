import { schemaOf } from '../columns.js';
import type { Column, Columns } from '../columns.js';
import type { Codec, EncodedFile, Field } from '../contract.js';
import { FeedsError } from '../errors.js';

/**
 * Rows as CSV by RFC 4180 with a header, in UTF-8, lines ended by LF. A cell without a value is empty and unquoted; the
 * empty text is `""`, so the two come back as they went. Text that a spreadsheet takes for a formula is left as it is: the
 * file is for programs.
 */
export function csv<R extends object>(columns: Columns<R>): Codec<readonly R[]> {
  const schema = schemaOf(columns);
  const entries = Object.entries<Column<R[keyof R]>>(columns);
  return {
    format: 'csv',
    encode: async (rows) => {
      const header = schema.map(({ name }) => name);
      const lines = rows.map((row, index) => {
        return entries.map(([key, column]) => {
          const value = row[key as keyof R];
          check(column, value, index);
          return column.toText(value);
        });
      });
      const { stringify } = await import('csv-stringify/sync');
      const content = stringify([header, ...lines], { quoted_match: QUOTED });
      return [{ name: 'part-00000.csv', bytes: new TextEncoder().encode(content), rows: rows.length }];
    },
    decode: async (files) => {
      const rows: R[] = [];
      for (const file of files) {
        const { header, lines } = await parseFile(file);
        const places = placesOf(header, schema, file.name);
        for (const line of lines) {
          const cells = entries.map(([key, column], i): [string, unknown] => {
            const place = places[i];
            const value = column.fromText(place === undefined ? null : (line[place] ?? null));
            check(column, value, rows.length);
            return [key, value];
          });
          rows.push(Object.fromEntries(cells.filter(([, value]) => value !== undefined)) as R);
        }
      }
      return rows;
    },
  };
}

/** csv-stringify writes null and the empty text alike, and a lone CR bare; the quotes keep them what they are. */
const QUOTED = [/^$/, /\r/];

async function parseFile({ name, bytes }: EncodedFile): Promise<{ header: Cells; lines: Cells[] }> {
  const { parse } = await import('csv-parse/sync');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const [header, ...lines]: Cells[] = parse(text, {
      cast: (value, { quoting }) => (value === '' && !quoting ? null : value),
    });
    return { header: header ?? [], lines };
  } catch (cause) {
    throw new FeedsError('FEEDS_DATA_CORRUPT', `${name} is no CSV in UTF-8: ${String(cause)}`, { cause });
  }
}

type Cells = (string | null)[];

/** Where each column of the schema stands in the file; undefined for a nullable one that an older minor version lacks. */
function placesOf(header: Cells, schema: readonly Field[], file: string): (number | undefined)[] {
  return schema.map(({ name, nullable }) => {
    const place = header.indexOf(name);
    if (place >= 0) return place;
    if (nullable) return undefined;
    throw new FeedsError('FEEDS_DATA_CORRUPT', `${file} has no column ${name}; its header is ${header.join(',')}.`);
  });
}

function check<V>(column: Column<V>, value: unknown, row: number): void {
  const problem = column.problem(value);
  if (problem === undefined) return;
  throw new FeedsError('FEEDS_VALUE_INVALID', `Row ${row + 1}: ${column.field.name} ${problem}.`);
}
