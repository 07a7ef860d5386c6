import { textOf, unreadable } from './codec/codec.js';
import type { StoredFile } from './codec/codec.js';
import { csv } from './codec/csv.js';
import { parquetBatches } from './codec/parquet-batches.js';
import { float64, optional, text, texts } from './columns.js';
import type { Column } from './columns.js';
import type { FeedContract, Field } from './contract.js';
import { FeedsError } from './errors.js';
import type { UpdateRecord } from './log/record.js';

/** One row, by the names of the record's schema. Times are milliseconds since 1970, 64-bit integers numbers, lists arrays. */
export type DescribedRow = Readonly<Record<string, unknown>>;

/**
 * A contract that reads an update by the schema in its record, for programs that look at feeds they do not know. Parquet and CSV files give
 * their rows, a JSON file is one row: the document. If an update has tables of several kinds (`stations.name` in its schema), the first
 * property of each row is `file`. Parquet is read a part at a time.
 *
 * @throws FeedsError FEEDS_VERSION_UNKNOWN while reading, if a file is none of the three
 */
export function describedBy(record: UpdateRecord): FeedContract<AsyncIterable<DescribedRow>> {
  const { feed, version, codec, schema } = record;
  const refuse = () => {
    throw new TypeError(`${feed} was opened by its record, which is for reading only; put with its contract.`);
  };
  return {
    path: feed,
    version,
    description: '',
    schema: schema.fields,
    codec: {
      format: codec,
      encode: refuse,
      decode: async (files) => ({ [Symbol.asyncIterator]: () => rowsOf(record, files) }),
    },
  };
}

async function* rowsOf({ schema }: UpdateRecord, files: readonly StoredFile[]): AsyncGenerator<DescribedRow> {
  for (const file of files) {
    const kind = file.name.replace(/\..*$/, '');
    const own = schema.fields.filter(({ name }) => name.startsWith(`${kind}.`));
    const fields = own.map((field) => ({ ...field, name: field.name.slice(kind.length + 1) }));
    if (own.length === 0) yield* fileRows(file, schema.fields);
    else for await (const row of fileRows(file, fields)) yield { file: kind, ...row };
  }
}

async function* fileRows(file: StoredFile, fields: readonly Field[]): AsyncGenerator<DescribedRow> {
  const extension = /\.([^.]*)$/.exec(file.name)?.[1];
  if (extension === 'parquet') {
    for await (const batch of await parquetBatches(fields).decode([file]))
      for (const row of batch) yield plain(row.toJSON());
  } else if (extension === 'csv') {
    yield* await csv(Object.fromEntries(fields.map((field) => [field.name, columnOf(field)]))).decode([file]);
  } else if (extension === 'json') {
    yield await documentOf(file);
  } else {
    const known = 'only Parquet, CSV and JSON can be read without the contract of the feed';
    throw new FeedsError('FEEDS_VERSION_UNKNOWN', `${file.path} is a file of another kind; ${known}.`);
  }
}

function columnOf({ name, type, nullable, description, range }: Field): Column<never> {
  const column =
    type === 'list<utf8>'
      ? texts(name, description)
      : /^(int|float)/.test(type)
        ? float64(name, description, range)
        : text(name, description);
  return (nullable ? optional(column as Column<unknown>) : column) as Column<never>;
}

async function documentOf(file: StoredFile): Promise<DescribedRow> {
  const content = await textOf(file);
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw unreadable(file, `is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

/** Values in the forms of JSON. */
function plain(row: Record<string, unknown>): DescribedRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (typeof value === 'bigint') return [name, Number(value)];
      return [name, typeof value === 'object' && value !== null && Symbol.iterator in value ? listed(value) : value];
    }),
  );
}

function listed(value: object): unknown[] {
  return Array.from(value as Iterable<unknown>);
}
