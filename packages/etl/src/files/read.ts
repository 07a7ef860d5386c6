import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { RowFiles } from '../engine/engine.js';
import type { SourceContext } from '../source/source.js';
import { findFiles } from './find.js';
import type { FoundFile } from './found.js';
import { mapColumns } from './mapping.js';
import type { Mapping } from './mapping.js';
import { broken, hashOf, openText, unchanged } from './open.js';
import type { ColumnPlace, CsvOptions, FilesOptions, JsonlOptions } from './options.js';
import { prepareFile } from './prepare.js';
import { fetched } from './s3.js';
import type { PreparedFile, PrepareOptions } from './prepare.js';
import type { RecordShape } from './records.js';

/** A file whose columns are known. */
export interface MappedFile extends Pick<
  PreparedFile,
  'path' | 'name' | 'partitions' | 'bytes' | 'sha256' | 'readable' | 'faults' | 'confirm'
> {
  readonly number: number;
  readonly mapping: Mapping;
  /** Rows that were counted apart from the engine; undefined where only the engine can count. */
  readonly records: number | undefined;
}

/** Files of one header, which are read together. */
export interface FileGroup {
  readonly rows: RowFiles;
  readonly files: readonly MappedFile[];
  /** How records of the text are told apart; undefined for Parquet, which is not text. */
  readonly shape: RecordShape | undefined;
  /** Whether values may have spaces around them that are not part of them. */
  readonly isPadded: boolean;
}

/** One file, ready to be put together with those that are alike. */
interface ReadFile extends Omit<FileGroup, 'rows' | 'files'> {
  readonly file: MappedFile;
  readonly rows: Omit<RowFiles, 'files' | 'used'>;
}

type Places = Readonly<Record<string, ColumnPlace>>;

/** What of a source's context is needed to look at files. */
export type ReadContext = Pick<SourceContext, 'engine' | 'folder' | 'baseFolder' | 'signal' | 'only'> & {
  /** Whether only a look is taken, for which Parquet need not be read whole. */
  readonly isProbe?: boolean;
  /** The files, where they are not those that the patterns match. */
  readonly found?: readonly FoundFile[];
};

/** Finds, surveys and maps CSV files. */
export async function readCsv(
  options: CsvOptions,
  places: Places,
  context: ReadContext,
): Promise<readonly FileGroup[]> {
  const { quote = '"', header: hasHeader = true, encoding } = options;
  return eachFile(options, context, async (found, number) => {
    const begin = await beginningOf(found, encoding);
    const delimiter = options.delimiter ?? delimiterOf(begin, quote, places);
    const fields = firstRecord(begin, delimiter, quote);
    if (fields.join('') === '')
      throw broken(found, begin === '' ? 'is empty; give a file with a header' : 'begins with a blank line');
    const names = hasHeader ? fields.map((name) => name.trim()) : undefined;
    const hint = options.delimiter === undefined ? ' or `delimiter`' : `, \`delimiter\` (${JSON.stringify(delimiter)})`;
    const mapping = mapColumns({ file: found, names, width: fields.length }, places, hint);
    const shape = { delimiter: delimiter.charCodeAt(0), quote: quote === '' ? undefined : quote.charCodeAt(0) };
    const prepared = await prepareFile(found, preparing(number, shape, encoding, context));
    if (hasHeader && prepared.faults.some(({ line }) => line === 1))
      throw broken(found, 'has no header that can be read');
    const isSuspect = prepared.hasNul || !prepared.isUtf8;
    // An engine takes the blank lines of a single column for rows.
    const records = fields.length === 1 ? undefined : prepared.records - (hasHeader ? 1 : 0);
    const columns = fields.map((_, i) => ({ name: names?.[i] ?? String(i + 1) }));
    return {
      file: { ...prepared, number, mapping, records },
      rows: { format: 'delimited', columns, delimiter, quote, hasHeader, isSuspect, hasBreaks: prepared.hasBreaks },
      shape,
      isPadded: prepared.isPadded,
    };
  });
}

/** Finds, surveys and maps files of JSON lines; the keys are those that are asked for. */
export async function readJsonl(
  options: JsonlOptions,
  places: Places,
  context: ReadContext,
): Promise<readonly FileGroup[]> {
  const shape = { delimiter: undefined, quote: undefined };
  return eachFile(options, context, async (found, number) => {
    const keys = Object.values(places).filter((place) => typeof place === 'string' && !(place in found.partitions));
    const names = [...new Set(keys.map(String))];
    const mapping = mapColumns({ file: found, names, width: names.length }, places);
    const prepared = await prepareFile(found, preparing(number, shape, options.encoding, context));
    const isSuspect = prepared.hasNul || !prepared.isUtf8;
    return {
      file: { ...prepared, number, mapping },
      rows: { format: 'json-lines', columns: names.map((name) => ({ name })), isSuspect },
      shape,
      isPadded: false,
    };
  });
}

/** Finds and maps Parquet files. */
export async function readParquet(
  options: FilesOptions,
  places: Places,
  context: ReadContext,
): Promise<readonly FileGroup[]> {
  const how = context.signal ? { signal: context.signal } : {};
  return eachFile(options, context, async (found, number) => {
    const confirm = await unchanged(found);
    const hashed = context.isProbe ? { bytes: 0, sha256: '' } : await hashOf(found);
    const columns = await context.engine.columnsOf(found.path, how).catch((cause: unknown) => {
      context.signal?.throwIfAborted();
      throw broken(found, 'cannot be read as Parquet; fetch it again, or correct `files`', cause);
    });
    const mapping = mapColumns({ file: found, names: columns.map(({ name }) => name), width: columns.length }, places);
    return {
      file: { ...found, ...hashed, number, mapping, readable: found.path, faults: [], confirm, records: undefined },
      rows: { format: 'parquet', columns },
      shape: undefined,
      isPadded: false,
    };
  });
}

/** The files that are to be read; those that are not are not fetched either. */
async function wanted(
  files: FilesOptions['files'],
  baseFolder: string,
  only: ReadonlySet<string> | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly FoundFile[]> {
  const found = await findFiles([files].flat(), baseFolder, signal);
  return only ? found.filter(({ name }) => only.has(name)) : found;
}

/** Reads the files of a source one after the other, and puts those together that are alike. */
async function eachFile(
  { files }: FilesOptions,
  { baseFolder, folder, signal, only, found: given }: ReadContext,
  read: (found: FoundFile, number: number) => Promise<ReadFile>,
): Promise<readonly FileGroup[]> {
  const groups = new Map<string, ReadFile[]>();
  const all = given ?? (await fetched(await wanted(files, baseFolder, only, signal), folder, { signal }));
  for (const [number, found] of all.entries()) {
    signal?.throwIfAborted();
    const made = await read(found, number);
    const fields = Object.entries(made.file.mapping).map(([column, value]) => [
      column,
      value.kind === 'field' && value.position,
    ]);
    const key = JSON.stringify([made.rows, made.isPadded, fields]);
    groups.set(key, [...(groups.get(key) ?? []), made]);
  }
  return [...groups.values()].map((alike) => {
    const [first] = alike;
    if (!first) throw new Error('A group has a file at least.');
    const used = Object.values(first.file.mapping).flatMap((value) => (value.kind === 'field' ? [value.position] : []));
    const paths = alike.map(({ file }) => ({ path: file.readable, number: file.number }));
    return {
      rows: { ...first.rows, files: paths, used: [...new Set(used)] },
      files: alike.map(({ file }) => file),
      shape: first.shape,
      isPadded: first.isPadded,
    };
  });
}

function preparing(
  number: number,
  shape: RecordShape,
  encoding: string | undefined,
  context: ReadContext,
): PrepareOptions {
  const { signal, folder } = context;
  // Visits and attractions may be of sources of one type.
  const copyPath = async (): Promise<string> => join(await folder(), `${number}-${randomUUID()}.txt`);
  return { shape, encoding, signal, copyPath };
}

/** How much of a file is looked at to find its header. */
const BEGINNING_CHARACTERS = 1 << 16;

async function beginningOf(file: FoundFile, encoding: string | undefined): Promise<string> {
  let begin = '';
  for await (const chunk of (await openText(file, encoding)).text) {
    begin += chunk.toString('utf8');
    if (begin.length >= BEGINNING_CHARACTERS) break;
  }
  return begin.slice(0, BEGINNING_CHARACTERS);
}

function firstRecord(begin: string, delimiter: string, quote: string): readonly string[] {
  const options = {
    to: 1,
    delimiter,
    quote: quote === '' ? null : quote,
    relax_quotes: true,
    relax_column_count: true,
  };
  const [record = []]: readonly (readonly string[])[] = parse(begin, options);
  return record;
}

const DELIMITERS = [',', ';', '\t', '|'];

/** The delimiter that finds most of the columns asked for, and of several the one that makes most fields. */
function delimiterOf(begin: string, quote: string, places: Places): string {
  const wanted = Object.values(places).map((place) => String(place).toLowerCase());
  const ranked = DELIMITERS.map((delimiter) => {
    const fields = firstRecord(begin, delimiter, quote).map((field) => field.trim().toLowerCase());
    return { delimiter, rank: wanted.filter((name) => fields.includes(name)).length * 1_000 + fields.length };
  });
  return ranked.reduce((best, each) => (each.rank > best.rank ? each : best)).delimiter;
}
