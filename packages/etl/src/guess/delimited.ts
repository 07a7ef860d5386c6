import { isUtf8 } from 'node:buffer';
import { parse } from 'csv-parse/sync';
import { isData } from './values.js';

/** How a text of fields between delimiters is written, and its first records. */
export interface Delimited {
  readonly delimiter: string;
  readonly quote: string;
  /** Undefined where the first line is data already. */
  readonly names: readonly string[] | undefined;
  /** Without the header. */
  readonly rows: readonly (readonly string[])[];
}

/** In order of preference, where two make as many fields of the lines. */
const DELIMITERS = [',', ';', '\t', '|', '^', '~', ':'];
/** Records that tell how a text is written, and those that are returned. */
const SNIFFED_RECORDS = 200;
const MOST_RECORDS = 10_000;

/** How a text is written; undefined where it is not one of fields. `text` ends where a line ends. */
export function sniffDelimited(text: string): Delimited | undefined {
  const readings = ['"', "'", ''].flatMap((quote) => DELIMITERS.map((delimiter) => readingOf(text, delimiter, quote)));
  const best = readings.reduce((first, each) => (each.rank > first.rank ? each : first));
  if (best.rank === 0) return undefined;
  const records = recordsOf(text, best.delimiter, best.quote, MOST_RECORDS) ?? best.records;
  const [first, ...rest] = records;
  if (first === undefined) return undefined;
  const hasHeader =
    !first.some(isData) && first.every((name) => name.length <= 80) && new Set(first).size === first.length;
  return {
    delimiter: best.delimiter,
    quote: best.quote,
    names: hasHeader ? first.map((name) => name.trim()) : undefined,
    rows: hasHeader ? rest : records,
  };
}

interface Reading {
  readonly delimiter: string;
  readonly quote: string;
  readonly records: readonly (readonly string[])[];
  /** 0 where it makes no sense of the text. */
  readonly rank: number;
}

function readingOf(text: string, delimiter: string, quote: string): Reading {
  const nothing = { delimiter, quote, records: [], rank: 0 };
  if (!text.includes(delimiter)) return nothing;
  // A quote that nothing opens with is not one.
  if (quote !== '' && quote !== '"' && !text.includes(`${delimiter}${quote}`)) return nothing;
  const records = recordsOf(text, delimiter, quote, SNIFFED_RECORDS);
  if (!records) return nothing;
  const widths = new Map<number, number>();
  for (const { length } of records) widths.set(length, (widths.get(length) ?? 0) + 1);
  const [width, count] = [...widths].reduce((most, each) => (each[1] > most[1] ? each : most), [0, 0]);
  const share = count / records.length;
  if (width < 2 || share < 0.5) return nothing;
  // Lines that are alike count for more than many fields; a time has two colons, too.
  const fields = records.flat();
  const quoted = quote !== '' && fields.some((field) => field.includes(delimiter)) ? 0.5 : 0;
  const left = quote === '' && fields.some((field) => /^".*"$/.test(field)) ? -3 : 0;
  const preferred = (delimiter === ':' ? -2 : 0) + (quote === '"' ? 0.2 : quote === '' ? 0.1 : quoted);
  return { delimiter, quote, records, rank: Math.max(0.01, share * 20 + Math.log2(width) + preferred + left) };
}

function recordsOf(text: string, delimiter: string, quote: string, to: number): string[][] | undefined {
  try {
    return parse(text, {
      delimiter,
      quote: quote === '' ? null : quote,
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      to,
    });
  } catch {
    return undefined;
  }
}

/** How bytes are written, as the option `encoding` names it; undefined for UTF-8. */
export function sniffEncoding(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return undefined;
  const zeros = [0, 0];
  for (const [i, byte] of bytes.entries()) if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros.map((count) => count / (bytes.length / 2));
  if (odd > 0.4 && even < 0.1) return 'utf-16le';
  if (even > 0.4 && odd < 0.1) return 'utf-16be';
  return isUtf8(bytes) ? undefined : 'latin1';
}
