import { styleText } from 'node:util';

/** A whole number with commas between its thousands. `toLocaleString` would first load the data of all languages, about 15 ms. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/**
 * Rows as aligned columns, two spaces apart: numbers to the right, everything else to the left. The first row is the heading.
 */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const [heading = []] = rows;
  const widths = heading.map((_, column) => Math.max(...rows.map((row) => cell(row[column]).length)));
  const numeric = heading.map(
    (_, column) => rows.length > 1 && rows.slice(1).every((row) => typeof row[column] === 'number'),
  );
  return rows
    .map((row) =>
      row
        .map((value, column) => {
          const width = widths[column] ?? 0;
          return numeric[column] ? cell(value).padStart(width) : cell(value).padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cell(value: string | number | undefined): string {
  return typeof value === 'number' && Number.isInteger(value) ? grouped(value) : String(value ?? '');
}

/** Styles text for a terminal. The text stays plain in a pipe or a file, or if NO_COLOR is set. */
export function paint(style: 'bold' | 'red' | 'green' | 'yellow' | 'dim', text: string): string {
  const plain = !process.stdout.isTTY || process.env['NO_COLOR'] !== undefined;
  return plain ? text : styleText(style, text);
}

/** A number with its sign, to four places. */
export const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
