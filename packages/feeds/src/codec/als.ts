import { canonicalJson } from '../canonical.js';
import type { Codec, EncodedFile, Field } from '../contract.js';
import type { AlsGeneration } from '../contracts/als.js';
import { FeedsError } from '../errors.js';
import { alsProblem } from './als-problem.js';

/**
 * A factor model as three files: `users.parquet`, `items.parquet` and `model.json`. It is no table: a generation is only
 * of use whole. Factors go through as the bytes they are, without an object per row.
 */
export function als(users: readonly Field[], items: readonly Field[]): Codec<AlsGeneration> {
  return {
    format: 'als',
    encode: async (model) => {
      refuse(alsProblem(model), 'FEEDS_VALUE_INVALID');
      const { conform, float32Rows, int32Column, int32Lists, tableOf, utf8Data, writeParquet } =
        await import('../arrow/index.js');
      const { rank, userIds, attractionIds, seen } = model;
      const userTable = tableOf({
        user_id: utf8Data(userIds),
        factors: float32Rows(model.userFactors, rank),
        seen: int32Lists(seen.offsets, seen.items),
      });
      const itemTable = tableOf({
        attraction_id: utf8Data(attractionIds),
        factors: float32Rows(model.itemFactors, rank),
        visitors: int32Column(model.visitors),
      });
      const write = (table: typeof userTable, schema: readonly Field[]) =>
        writeParquet(conform(table, schema, 'FEEDS_VALUE_INVALID'), { plainColumns: ['factors.list.item'] });
      const { options, history } = model;
      const document = canonicalJson({ rank, users: userIds.length, items: attractionIds.length, options, history });
      return [
        { name: 'users.parquet', bytes: await write(userTable, users), rows: userIds.length },
        { name: 'items.parquet', bytes: await write(itemTable, items), rows: attractionIds.length },
        { name: 'model.json', bytes: new TextEncoder().encode(document), rows: 0 },
      ];
    },
    decode: async (files) => {
      const { conform, float32RowsOf, int32ListsOf, int32s, readParquet, strings } = await import('../arrow/index.js');
      const { rank, options, history } = parseModel(fileOf(files, 'model.json'));
      const read = async (name: string, schema: readonly Field[]) =>
        conform(await readParquet(fileOf(files, name).bytes, name), schema, 'FEEDS_DATA_CORRUPT');
      const userTable = await read('users.parquet', users);
      const itemTable = await read('items.parquet', items);
      const visitors = int32s(itemTable, 'visitors');
      const model: AlsGeneration = {
        rank,
        userIds: strings(userTable, 'user_id'),
        attractionIds: strings(itemTable, 'attraction_id'),
        userFactors: float32RowsOf(userTable, 'factors', rank),
        itemFactors: float32RowsOf(itemTable, 'factors', rank),
        seen: int32ListsOf(userTable, 'seen'),
        visitors: new Uint32Array(visitors.buffer, visitors.byteOffset, visitors.length),
        options,
        history,
      };
      refuse(alsProblem(model), 'FEEDS_DATA_CORRUPT');
      return model;
    },
  };
}

function refuse(problem: string | undefined, code: 'FEEDS_VALUE_INVALID' | 'FEEDS_DATA_CORRUPT'): void {
  if (problem !== undefined) throw new FeedsError(code, problem);
}

function fileOf(files: readonly EncodedFile[], name: string): EncodedFile {
  const file = files.find((candidate) => candidate.name === name);
  if (file) return file;
  const present = files.map((candidate) => candidate.name).join(', ');
  throw new FeedsError('FEEDS_DATA_CORRUPT', `The update has no ${name}; its files are ${present || 'none'}.`);
}

function parseModel({ name, bytes }: EncodedFile): Pick<AlsGeneration, 'rank' | 'options' | 'history'> {
  try {
    const { rank, options, history } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return { rank, options, history };
  } catch (cause) {
    throw new FeedsError('FEEDS_DATA_CORRUPT', `${name} is no JSON: ${String(cause)}`, { cause });
  }
}
