import type { Table } from 'apache-arrow';
import { canonicalJson, checkRows, FeedsError, textOf, unreadable } from '@attractions/feeds';
import type { Codec, FeedContract, Field, StoredFile } from '@attractions/feeds';

import { alsDocument, alsProblem, documentProblem } from './als-model.js';
import type { AlsGeneration, Histories } from './als-model.js';
import { fieldsOf } from './document.js';
import type { Infer } from './document.js';

const users: readonly Field[] = [
  { name: 'user_id', type: 'utf8', nullable: false, description: 'The user, as in `etl/visits`; unique.' },
  { name: 'factors', type: 'list<float32>', nullable: false, description: 'Factors of the user, `rank` of them.' },
  {
    name: 'seen',
    type: 'list<int32>',
    nullable: false,
    description: 'Rows of `items` (0-based, ascending) of the attractions the user visited.',
  },
  {
    name: 'counts',
    type: 'list<int32>',
    nullable: true,
    description: 'Visits of the user to each attraction of `seen`, in its order. Since 1.1.',
  },
  {
    name: 'weights',
    type: 'list<float32>',
    nullable: true,
    description: 'How much they weighed in training, in the same order. Null: as many as `counts`. Since 1.2.',
  },
  {
    name: 'last_item',
    type: 'int32',
    nullable: true,
    description: 'Row of `items` (0-based) where the user was last; of equal times the greater row. Since 1.1.',
  },
  {
    name: 'last_visit',
    type: 'timestamp[ms, UTC]',
    nullable: true,
    description: 'Time of that visit, as in `etl/visits`. Since 1.1.',
  },
];

const items: readonly Field[] = [
  { name: 'attraction_id', type: 'utf8', nullable: false, description: '`park:poi`, as in `etl/attractions`; unique.' },
  {
    name: 'factors',
    type: 'list<float32>',
    nullable: false,
    description: 'Factors of the attraction, `rank` of them.',
  },
  {
    name: 'visitors',
    type: 'int32',
    nullable: false,
    description: 'Distinct visitors of the attraction.',
    range: [0, 2 ** 31 - 1],
  },
];

/**
 * A factor model as three files: `users.parquet`, `items.parquet` and `model.json`. It is not a table: a generation can only
 * be used whole. Factors are written as the bytes they are, without an object for each row.
 */
const alsCodec: Codec<AlsGeneration> = {
  format: 'als',
  encode: async function* (model) {
    const problem = alsProblem(model);
    if (problem !== undefined) throw new FeedsError('FEEDS_VALUE_INVALID', `${problem}.`);
    const { float32Lists, float32Rows, int32Column, int32Lists, tableOf, timestampColumn, utf8Data, writeParquet } =
      await import('@attractions/feeds/arrow');
    const { rank, userIds, attractionIds, seen, histories, options, history } = model;
    const userTable = tableOf({
      user_id: utf8Data(userIds),
      factors: float32Rows(model.userFactors, rank),
      seen: int32Lists(seen.offsets, seen.items),
      ...(histories && {
        // A copy: Arrow writes the same memory only once where nothing is between.
        counts: int32Lists(seen.offsets.slice(), histories.counts),
        ...(histories.weights && { weights: float32Lists(seen.offsets.slice(), histories.weights) }),
        last_item: int32Column(histories.lastItems),
        last_visit: timestampColumn(histories.lastTimes),
      }),
    });
    yield { name: 'users.parquet', bytes: await writeParquet(userTable, LAYOUT), rows: userIds.length };
    const itemTable = tableOf({
      attraction_id: utf8Data(attractionIds),
      factors: float32Rows(model.itemFactors, rank),
      visitors: int32Column(model.visitors),
    });
    yield { name: 'items.parquet', bytes: await writeParquet(itemTable, LAYOUT), rows: attractionIds.length };
    const document = canonicalJson({ rank, options, history });
    yield { name: 'model.json', bytes: new TextEncoder().encode(document), rows: 0 };
  },
  decode: async (files) => {
    const { float32RowsOf, int32ListsOf, int32sOf, stringsOf } = await import('@attractions/feeds/arrow');
    const model = fileOf(files, 'model.json');
    const { rank, options, history } = await parseModel(model);
    const refuse = (problem: string) => unreadable(model, `and the factors beside it make no model: ${problem}`);
    const userTable = await readTable(fileOf(files, 'users.parquet'), users);
    const itemTable = await readTable(fileOf(files, 'items.parquet'), items);
    const seen = int32ListsOf(userTable, 'seen');
    const histories = await historiesIn(userTable, seen.offsets, refuse);
    const generation: AlsGeneration = {
      rank,
      userIds: stringsOf(userTable.getChild('user_id')),
      attractionIds: stringsOf(itemTable.getChild('attraction_id')),
      userFactors: float32RowsOf(userTable, 'factors', rank, refuse),
      itemFactors: float32RowsOf(itemTable, 'factors', rank, refuse),
      seen,
      ...(histories && { histories }),
      visitors: int32sOf(itemTable, 'visitors'),
      options,
      history,
    };
    const problem = alsProblem(generation);
    if (problem !== undefined) throw refuse(problem);
    return generation;
  },
};

/** Factors and ids seldom repeat, so dictionaries would only take time. */
const LAYOUT = { dictionaries: false };

/** What a model has of each user since 1.1; undefined where a row lacks any of it. */
async function historiesIn(
  users: Table,
  seenOffsets: Uint32Array,
  refuse: (problem: string) => FeedsError,
): Promise<Histories | undefined> {
  const { float32ListsOf, int32ListsOf, int32sOf, timestampsOf } = await import('@attractions/feeds/arrow');
  const columns = ['counts', 'last_item', 'last_visit'].map((name) => users.getChild(name));
  if (columns.some((column) => column === null || column.nullCount > 0)) return undefined;
  const { offsets, items: counts } = int32ListsOf(users, 'counts');
  const bad = offsets.findIndex((offset, row) => offset !== seenOffsets[row]);
  if (bad >= 0) throw refuse(`Row ${bad}: users.counts has not as many numbers as users.seen`);
  const column = users.getChild('weights');
  const weights =
    column === null || column.length === 0 || column.nullCount > 0
      ? undefined
      : float32ListsOf(users, 'weights').values;
  return {
    counts,
    ...(weights && { weights }),
    lastItems: int32sOf(users, 'last_item'),
    lastTimes: timestampsOf(users, 'last_visit'),
  };
}

async function readTable(file: StoredFile, schema: readonly Field[]) {
  const { conform, readParquet } = await import('@attractions/feeds/arrow');
  const table = await readParquet(file);
  checkRows(file, table.numRows);
  return conform(table, schema, (problem) => unreadable(file, `breaks its contract: ${problem}`));
}

function fileOf(files: readonly StoredFile[], name: string): StoredFile {
  const file = files.find((candidate) => candidate.name === name);
  if (file) return file;
  const present = files.map((candidate) => candidate.path).join(', ');
  throw new FeedsError('FEEDS_DATA_CORRUPT', `The update has no ${name}; its files are ${present || 'none'}.`);
}

async function parseModel(file: StoredFile): Promise<Infer<typeof alsDocument>> {
  const text = await textOf(file);
  let document;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw unreadable(file, 'is not JSON', cause);
  }
  const problem = documentProblem(Object(document));
  if (problem !== undefined) throw unreadable(file, `breaks its contract: ${problem}`);
  return document;
}

const within = (file: string, fields: readonly Field[]): readonly Field[] =>
  fields.map((field) => ({ ...field, name: `${file}.${field.name}` }));

/** The trained model, with its vocabulary and what its users have seen: one generation. Parquet and JSON. */
export const als: FeedContract<AlsGeneration> = {
  path: 'training/als/v1.0',
  version: '1.2',
  description: 'A factor model and all that serving it needs.',
  schema: [...within('users', users), ...within('items', items), ...within('model', fieldsOf(alsDocument))],
  codec: alsCodec,
};
