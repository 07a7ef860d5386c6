import type { Table } from 'apache-arrow';
import { canonicalJson } from '@attractions/feeds';
import type { Codec, Field, StoredFile } from '@attractions/feeds';
import type { AlsGeneration, Histories } from './als.js';
import { FeedsError } from '@attractions/feeds';
import { alsProblem } from './als-problem.js';
import { checkRows, textOf, unreadable } from '@attractions/feeds';

/**
 * A factor model as three files: `users.parquet`, `items.parquet` and `model.json`. It is no table: a generation is only
 * of use whole. Factors go through as the bytes they are, without an object per row.
 */
export function als(users: readonly Field[], items: readonly Field[]): Codec<AlsGeneration> {
  return {
    format: 'als',
    encode: async function* (model) {
      const problem = alsProblem(model);
      if (problem !== undefined) throw new FeedsError('FEEDS_VALUE_INVALID', `${problem}.`);
      const { float32Rows, int32Column, int32Lists, tableOf, timestampColumn, utf8Data, writeParquet } =
        await import('@attractions/feeds/arrow');
      const { rank, userIds, attractionIds, seen, histories, options, history } = model;
      const userTable = tableOf({
        user_id: utf8Data(userIds),
        factors: float32Rows(model.userFactors, rank),
        seen: int32Lists(seen.offsets, seen.items),
        ...(histories && {
          // A copy: Arrow writes the same memory only once where nothing is between.
          counts: int32Lists(seen.offsets.slice(), histories.counts),
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
}

/** Hardly a factor or an id comes twice. */
const LAYOUT = { dictionaries: false };

/** What a model has of each user since 1.1; undefined where a row lacks any of it. */
async function historiesIn(
  users: Table,
  seenOffsets: Uint32Array,
  refuse: (problem: string) => FeedsError,
): Promise<Histories | undefined> {
  const { int32ListsOf, int32sOf, timestampsOf } = await import('@attractions/feeds/arrow');
  const columns = ['counts', 'last_item', 'last_visit'].map((name) => users.getChild(name));
  if (columns.some((column) => column === null || column.nullCount > 0)) return undefined;
  const { offsets, items: counts } = int32ListsOf(users, 'counts');
  const bad = offsets.findIndex((offset, row) => offset !== seenOffsets[row]);
  if (bad >= 0) throw refuse(`Row ${bad}: users.counts has not as many numbers as users.seen`);
  return { counts, lastItems: int32sOf(users, 'last_item'), lastTimes: timestampsOf(users, 'last_visit') };
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

async function parseModel(file: StoredFile): Promise<Pick<AlsGeneration, 'rank' | 'options' | 'history'>> {
  const text = await textOf(file);
  try {
    const { rank, options, history } = JSON.parse(text);
    return { rank, options, history };
  } catch (cause) {
    throw unreadable(file, 'is no JSON', cause);
  }
}
