import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve, sep } from 'node:path';
import { parse } from 'csv-parse/sync';
import { escapePath } from 'tinyglobby';
import { duckDbEngine } from '../engine/duckdb.js';
import type { Engine } from '../engine/engine.js';
import { EtlError } from '../errors.js';
import { findFiles } from '../files/find.js';
import { partitionsOf } from '../files/found.js';
import type { FoundFile } from '../files/found.js';
import { openText } from '../files/open.js';
import { fetched, findObjects, isS3 } from '../files/s3.js';
import { sql } from '../frame/frame.js';
import { copyQuery } from '../postgres/copy.js';
import { sniffDelimited, sniffEncoding } from './delimited.js';
import { lookAt } from './values.js';
import type { ColumnLook } from './values.js';

/** Files that are alike, as far as their beginnings show. */
export interface FilesLook {
  readonly type: 'csv' | 'jsonl' | 'parquet' | 'postgres';
  /** As the option `files` has it. */
  readonly files: string | readonly string[];
  /** Of `postgres`. */
  readonly database?: { readonly url: string; readonly query: string };
  readonly count: number;
  readonly looks: readonly ColumnLook[];
  readonly delimiter?: string;
  readonly quote?: string;
  readonly hasHeader?: boolean;
  readonly encoding?: string;
  /** A word that shows whether the encoding is right. */
  readonly encodingExample?: string;
  /** What differs between the names of the files, where it is not numbers: maybe parks. */
  readonly varying?: { readonly fileName: string; readonly values: readonly string[] };
}

/** What is in files and folders. */
export interface PathsLook {
  readonly found: readonly FilesLook[];
  /** What cannot be a source, each with the reason. */
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
  /** The folder of the published data sets, which need no guess. */
  readonly sigir17?: string;
}

/** Bytes of a text, and rows of Parquet, that are looked at. */
const SAMPLE_BYTES = 1 << 20;
const SAMPLE_ROWS = 1_000;
/** Files of one shape that are looked at. */
const SAMPLE_FILES = 3;
const MOST_FILES = 20_000;
/** Names that cannot be joined into a pattern are listed, up to so many. */
const MOST_LISTED = 50;

const OTHER_FILES = /[.](md|html?|xml|xlsx?|ods|pdf|docx?|pptx?|zip|tar|7z|png|jpe?g|gif|svg|webp|[cm]?[jt]sx?|map|py|ipynb|r|sh|ya?ml|toml|env|css|lock|sqlite|db|duckdb)(?:[.]gz)?$/i; // prettier-ignore

/**
 * Looks at the beginnings of files and of all files in folders. Nothing is written.
 * @throws EtlError ETL_NO_FILES for a path that is not there.
 */
export async function lookAtPaths(
  paths: readonly string[],
  baseFolder: string,
  signal?: AbortSignal,
): Promise<PathsLook> {
  const files: FoundFile[] = [];
  const tables: FilesLook[] = [];
  for (const path of paths) {
    const variable = /^postgres:(.+)$/i.exec(path)?.[1];
    if (variable === undefined) files.push(...(await filesBelow(path, baseFolder, signal)));
    else tables.push(...(await lookAtTables(variable, signal)));
  }
  const published = files.find(({ name }) => /^userVisits-.+[.]csv$/i.test(basename(name)));
  const [first = '.'] = paths;
  if (published !== undefined && paths.length === 1)
    return { found: [], leftOut: [], sigir17: nameIn(baseFolder, resolve(baseFolder, first)) };
  const shapes = new Map<string, FoundFile[]>();
  for (const file of files) {
    const shape = file.name.replace(/=[^/]+/g, '=').replace(/\d+/g, '#');
    shapes.set(shape, [...(shapes.get(shape) ?? []), file]);
  }
  const engine = duckDbEngine();
  const scratch = await mkdtemp(join(tmpdir(), 'attractions-init-'));
  const alike = new Map<string, { files: FoundFile[]; sample: Sample }>();
  const leftOut: { path: string; reason: string }[] = [];
  try {
    for (const members of shapes.values()) {
      signal?.throwIfAborted();
      const sample = await sampleOf(members, engine, scratch, signal);
      if (typeof sample === 'string') {
        leftOut.push({ path: members[0]?.name ?? '', reason: sample });
        continue;
      }
      const places = [...sample.values.keys()].sort();
      const key = JSON.stringify([sample.type, sample.delimiter, sample.encoding, sample.hasHeader, places]);
      const known = alike.get(key);
      if (!known) alike.set(key, { files: [...members], sample });
      else {
        known.files.push(...members);
        for (const [place, values] of sample.values) known.sample.values.get(place)?.push(...values);
      }
    }
  } finally {
    await engine.close();
    await rm(scratch, { recursive: true, force: true });
  }
  const found: FilesLook[] = [...tables];
  const query = /\?path-style=true$/.exec(first)?.[0] ?? '';
  for (const { files: members, sample } of alike.values()) found.push(await lookOf(members, sample, baseFolder, query));
  return { found, leftOut };
}

async function filesBelow(
  given: string,
  baseFolder: string,
  signal: AbortSignal | undefined,
): Promise<readonly FoundFile[]> {
  if (isS3(given))
    return findObjects(/[*?[{(!]|[.]\w+$/.test(given.replace(/\?.*$/, '')) ? given : everythingBelow(given), signal);
  const path = resolve(baseFolder, given);
  const there = await stat(path).catch(() => undefined);
  if (!there) throw new EtlError('ETL_NO_FILES', `There is no file or folder '${path}'; give the path of your data.`);
  const paths: string[] = there.isDirectory() ? [] : [path];
  const folders = there.isDirectory() ? [path] : [];
  for (let folder = folders.pop(); folder !== undefined && paths.length < MOST_FILES; folder = folders.pop()) {
    const entries = await readdir(folder, { withFileTypes: true });
    // A feed: what we wrote ourselves.
    if (entries.some(({ name }) => name === '_log')) continue;
    for (const entry of entries) {
      if (/^[._]/.test(entry.name) || entry.name === 'node_modules') continue;
      if (entry.isDirectory()) folders.push(join(folder, entry.name));
      else if (/^attractions[.]config[.]|^package(-lock)?[.]json$/.test(entry.name)) continue;
      else paths.push(join(folder, entry.name));
    }
  }
  return paths.sort().map((each) => ({ path: each, name: nameIn(baseFolder, each), partitions: partitionsOf(each) }));
}

/** `s3://bucket/logs?path-style=true` is `s3://bucket/logs/**?path-style=true`. */
const everythingBelow = (prefix: string): string => prefix.replace(/\/?(\?.*)?$/, '/**$1');

/** The first rows of each table of the database whose address a variable holds. */
async function lookAtTables(url: string, signal: AbortSignal | undefined): Promise<readonly FilesLook[]> {
  const folder = await mkdtemp(join(tmpdir(), 'attractions-init-'));
  const rowsOf = async (query: string, limit: number) => {
    const path = join(folder, 'rows.csv');
    await copyQuery({ variable: url, query, limit }, path, signal);
    const [names = [], ...rows] = parse(await readFile(path, 'utf8')) as string[][];
    return { names, rows };
  };
  try {
    const found: FilesLook[] = [];
    for (const [schema = '', name = ''] of (await rowsOf(TABLES, MOST_LISTED)).rows) {
      const table = [...(schema === 'public' ? [] : [schema]), name].map(identifier).join('.');
      const query = `SELECT * FROM ${table}`;
      const { names, rows } = await rowsOf(query, SAMPLE_ROWS);
      const looks = names.map((column, i) => lookAt(column, rows.map((row) => row[i] ?? ''))); // prettier-ignore
      found.push({ type: 'postgres', files: table, database: { url, query }, count: 1, looks });
    }
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const TABLES = `SELECT table_schema, table_name FROM information_schema.tables
WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND has_table_privilege(format('%I.%I', table_schema, table_name), 'SELECT')
ORDER BY 1, 2`;

const identifier = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** The values of the columns at the beginnings of some files. */
interface Sample extends Omit<FilesLook, 'files' | 'count' | 'looks'> {
  readonly values: Map<string | number, string[]>;
  readonly typed: ReadonlySet<string | number>;
}

/** A sample of files of one shape, or why there is none. */
async function sampleOf(
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

async function lookOf(
  members: readonly FoundFile[],
  { values, typed, ...sample }: Sample,
  baseFolder: string,
  query: string,
): Promise<FilesLook> {
  const looks = [...values].map(([place, column]) => lookAt(place, column, typed.has(place)));
  const names = members.map(({ name }) => name);
  const [first = ''] = names;
  if (names.length === 1) return { ...sample, files: first + query, count: 1, looks };
  const pattern = patternOf(names);
  const wanted = pattern === undefined ? [] : await findFiles([pattern + query], baseFolder).catch(() => []);
  const given = new Set(members.map(({ path, name }) => path || name));
  const isExact = wanted.length === members.length && wanted.every(({ path, name }) => given.has(path || name));
  const listed = names.slice(0, MOST_LISTED).map((name) => name + query);
  const files = isExact && pattern !== undefined ? pattern + query : listed;
  return { ...sample, files, count: members.length, looks, ...varyingIn(names) };
}

/** As the configuration writes it: relative where it is near. */
function nameIn(baseFolder: string, path: string): string {
  const name = relative(baseFolder, path).split(sep).join('/');
  return name.startsWith('../../../') ? path : name || '.';
}

/** One pattern for names: `*` where they differ; undefined where they lie at different depths. */
function patternOf(names: readonly string[]): string | undefined {
  const parts = names.map((name) => name.split('/'));
  const [first = []] = parts;
  if (parts.some(({ length }) => length !== first.length)) return undefined;
  return first
    .map((_, i) => {
      const each = [...new Set(parts.map((part) => part[i] ?? ''))];
      if (each.length === 1) return escapePath(each[0] ?? '');
      const [before, after] = around(each);
      const key = /^[^=]+=/.exec(before)?.[0];
      return key === undefined ? `${escapePath(before)}*${escapePath(after)}` : `${escapePath(key)}*`;
    })
    .join('/');
}

/** What differs between the last parts of names, where it is words: `events-north.csv`, `events-south.csv`. */
function varyingIn(names: readonly string[]): Pick<FilesLook, 'varying'> {
  const files = names.map((name) => basename(name));
  const [before, after] = around(files);
  const values = [...new Set(files.map((name) => name.slice(before.length, name.length - after.length)))];
  if (values.length < 2 || values.length > 50 || values.some((value) => !/^\p{L}[\p{L}_ -]*$/u.test(value))) return {};
  return { varying: { fileName: `${literal(before)}(.+)${literal(after)}$`, values } };
}

/** What texts begin and end with, up to a sign that is neither a letter nor a digit. */
function around(texts: readonly string[]): readonly [string, string] {
  return [commonStart(texts).replace(/[\p{L}\d]+$/u, ''), commonEnd(texts).replace(/^[\p{L}\d]+/u, '')];
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

function commonStart(texts: readonly string[]): string {
  const [first = ''] = texts;
  let length = first.length;
  while (!texts.every((text) => text.startsWith(first.slice(0, length)))) length--;
  return first.slice(0, length);
}

function commonEnd(texts: readonly string[]): string {
  const [first = ''] = texts;
  const shortest = Math.min(...texts.map(({ length }) => length)) - commonStart(texts).length;
  let length = Math.max(0, shortest);
  while (length > 0 && !texts.every((text) => text.endsWith(first.slice(first.length - length)))) length--;
  return length === 0 ? '' : first.slice(first.length - length);
}
