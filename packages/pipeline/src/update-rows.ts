import { attractions, experiments, popularity, rejects, streamed } from '@attractions/feeds';
import type { FeedContract, FeedStore, UpdateRecord } from '@attractions/feeds';

import { PipelineError } from './errors.js';

/** Feeds whose values are rows or documents as they are. */
const VALUES: readonly FeedContract<unknown>[] = [attractions, experiments, popularity, rejects];

/** The rows of an update as plain objects, one after the other: Parquet of any feed by the schema in its record, the rest by our contracts. */
export async function* rowsOf(store: FeedStore, record: UpdateRecord): AsyncGenerator<Record<string, unknown>> {
  if (record.codec === 'parquet') {
    for await (const batch of await batchesOf(store, record)) for (const row of batch) yield plain(row.toJSON());
    return;
  }
  const contract = VALUES.find(({ path }) => path === record.feed);
  if (contract === undefined) {
    const files = record.files.map(({ path }) => path).join(', ');
    throw new PipelineError('PIPELINE_USAGE', `${record.feed} is not made of rows; read its files: ${files}.`);
  }
  const value = await (await store.feed(contract).at(record.seq)).read();
  for (const row of Array.isArray(value) ? value : [value]) yield row;
}

async function batchesOf(store: FeedStore, { feed, seq, schema, codec }: UpdateRecord) {
  const refuse = () => {
    throw new TypeError(`${feed} was opened for reading.`);
  };
  const words = { format: codec, encode: refuse, decode: refuse };
  const contract = streamed({ path: feed, description: '', schema: schema.fields, codec: words });
  return (await store.feed(contract).at(seq)).read();
}

/** Values as JSON has them: lists as arrays, 64-bit integers as numbers. Times stay milliseconds since 1970, as Arrow gives them. */
function plain(row: Record<string, unknown>): Record<string, unknown> {
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
