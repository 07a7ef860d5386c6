import type { Engine } from '../engine/engine.js';
import type { FoundFile } from '../files/found.js';
import { openText } from '../files/open.js';
import { fetched } from '../files/s3.js';
import { sql } from '../frame/frame.js';
import { sniffDelimited, sniffEncoding } from './delimited.js';
import type { Varying } from './names.js';

/** Bytes of a text, and rows of Parquet, that are looked at. */
const SAMPLE_BYTES = 1 << 20;
export const SAMPLE_ROWS = 1_000;
/** Files of one shape that are looked at. */
const SAMPLE_FILES = 3;

const OTHER_FILES = /[.](md|html?|xml|xlsx?|ods|pdf|docx?|pptx?|zip|tar|7z|png|jpe?g|gif|svg|webp|[cm]?[jt]sx?|map|py|ipynb|r|sh|ya?ml|toml|env|css|lock|sqlite|db|duckdb)(?:[.]gz)?$/i; // prettier-ignore

/** How files are read, as far as their beginnings show. */
export interface FilesShape {
  readonly type: 'csv' | 'jsonl' | 'parquet' | 'postgres';
  /** Of `postgres`. */
  readonly database?: { readonly url: string; readonly query: string };
  readonly delimiter?: string;
  readonly quote?: string;
  readonly hasHeader?: boolean;
  readonly encoding?: string;
  /** A word that shows whether the encoding is right. */
  readonly encodingExample?: string;
  readonly varying?: Varying;
}

/** The values of the columns at the beginnings of some files. */
export interface Sample extends FilesShape {
  readonly values: Map<string | number, string[]>;
  readonly typed: ReadonlySet<string | number>;
}

/** A sample of files of one shape, or why there is none. */
export async function sampleOf(
  files: readonly FoundFile[],
  engine: Engine,
  scratch: string,
  signal: AbortSignal | undefined,
): Promise<Sample | string> {
  const some = new Set([0, files.length >> 1, files.length - 1].slice(0, SAMPLE_FILES).map((i) => files[i]));
  let whole: Sample | undefined;
  for (const file of some) {
    if (!file) continue;
    if (OTHER_FILES.test(file.name)) return 'is neither csv, JSON lines nor Parquet';
    const isWhole = /[.](parquet|pq)$/i.test(file.name);
    const how = { ...(!isWhole && { length: SAMPLE_BYTES }), signal };
    const one = await fetched([file], async () => scratch, how)
      .then(([local = file]) => sampleOfFile(local, engine))
      .catch((error: unknown) => reasonOf(error));
    if (typeof one === 'string') {
      if (whole === undefined) return one;
      continue;
    }
    if (whole === undefined) whole = one;
    else for (const [place, values] of one.values) whole.values.get(place)?.push(...values);
  }
  if (whole === undefined) return 'cannot be read';
  for (const { partitions } of files) {
    for (const [key, value] of Object.entries(partitions)) {
      whole.values.set(key, [...(whole.values.get(key) ?? []), value]);
    }
  }
  return whole;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function sampleOfFile(file: FoundFile, engine: Engine): Promise<Sample | string> {
  const bytes = await beginningOf(file);
  if (bytes.length === 0) return 'is empty';
  if (bytes.subarray(0, 4).toString('latin1') === 'PAR1') return parquetSample(file, engine);
  const encoding = sniffEncoding(bytes);
  if (bytes.includes(0) && !encoding?.startsWith('utf-16')) return 'is not text';
  const text = new TextDecoder(encoding ?? 'utf-8').decode(bytes);
  if (/^\s*\[/.test(text) && !/^\s*\[.*\]\s*\n\s*\[/.test(text))
    return "is one JSON document; make one object a line of it: jq -c '.[]'";
  const json = jsonSample(text);
  const more = { ...(encoding !== undefined && { encoding, encodingExample: strangeWord(text) }) };
  if (json) return { type: 'jsonl', values: json, typed: new Set(), ...more };
  if (/^\s*\{/.test(text)) return "is one JSON document; make one object a line of it: jq -c '.[]'";
  const read = sniffDelimited(text);
  if (!read) return 'has no columns that can be told apart';
  const places = read.names ?? read.rows[0]?.map((_, i) => i + 1) ?? [];
  const values = new Map(places.map((place, i) => [place, read.rows.map((row) => row[i] ?? '')] as const));
  const { delimiter, quote, names } = read;
  return { type: 'csv', values, typed: new Set(), delimiter, quote, hasHeader: names !== undefined, ...more };
}

/** Whole lines at the beginning of a text, or the first bytes of anything else; decompressed, not decoded. */
async function beginningOf(file: FoundFile): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of (await openText(file, undefined)).text) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= SAMPLE_BYTES) break;
  }
  const bytes = Buffer.concat(chunks);
  const end = length >= SAMPLE_BYTES ? bytes.lastIndexOf(0x0a) + 1 : 0;
  return end === 0 ? bytes : bytes.subarray(0, end);
}

/** The first word with a sign that is not ASCII. */
function strangeWord(text: string): string {
  return /[\p{L}\p{M}]*[^\0-\x7f][\p{L}\p{M}]*/u.exec(text)?.[0].slice(0, 40) ?? '';
}

/** The values of JSON lines by their keys; nested ones by pointers. Undefined where the lines are not objects. */
function jsonSample(text: string): Map<string, string[]> | undefined {
  const values = new Map<string, string[]>();
  let rows = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    let row: unknown;
    try {
      row = JSON.parse(line);
    } catch {
      if (rows === 0) return undefined;
      continue;
    }
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return undefined;
    rows++;
    for (const [place, value] of fieldsOf(row, '')) {
      const column = values.get(place) ?? [];
      while (column.length < rows - 1) column.push('');
      column.push(value);
      values.set(place, column);
    }
    if (rows === SAMPLE_ROWS * SAMPLE_FILES) break;
  }
  if (rows === 0) return undefined;
  for (const column of values.values()) while (column.length < rows) column.push('');
  return values;
}

function* fieldsOf(row: object, above: string): Generator<readonly [string, string]> {
  for (const [key, value] of Object.entries(row) as [string, unknown][]) {
    const pointer = `${above}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) yield* fieldsOf(value, pointer);
    else {
      const text = value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
      yield [above === '' && !key.startsWith('/') ? key : pointer, text];
    }
  }
}

async function parquetSample(file: FoundFile, engine: Engine): Promise<Sample> {
  const columns = await engine.columnsOf(file.path);
  const scan = engine.scanRows({ format: 'parquet', files: [{ path: file.path, number: 0 }], columns }, { numbered: false }); // prettier-ignore
  const rows = await engine.rows(sql`SELECT * FROM ${scan} r LIMIT ${SAMPLE_ROWS}`);
  const cell = (value: unknown): string => (typeof value === 'string' ? value : '');
  const values = columns.map(({ name }, i) => [name, rows.map((row) => cell(row[`f${i}`]))] as const);
  const typed = columns.filter(({ type }) => type === 'time').map(({ name }) => name);
  return { type: 'parquet', values: new Map(values), typed: new Set(typed) };
}
