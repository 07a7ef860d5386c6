import { FeedsError, checkRows, unreadable } from '@attractions/feeds';
import type { Codec, Field } from '@attractions/feeds';
import type * as arrowOfFeeds from '@attractions/feeds/arrow';

type Arrow = typeof arrowOfFeeds;

/** How a model that has a row for each attraction becomes a table, and a table the model again. */
export interface ItemTable<M> {
  readonly format: string;
  readonly fields: readonly Field[];
  /** Why a value is not such a model, as a sentence. */
  problem(model: M): string | undefined;
  columnsOf(model: M, arrow: Arrow): Parameters<Arrow['tableOf']>[0];
  modelOf(table: Parameters<Arrow['int32ListsOf']>[0], arrow: Arrow): M;
}

/** One Parquet file, one row an attraction, numbers as the bytes they are; Arrow is loaded once a model is read or written. */
export function itemCodec<M>({ format, fields, problem, columnsOf, modelOf }: ItemTable<M>): Codec<M> {
  return {
    format,
    encode: async function* (model) {
      const fault = problem(model);
      if (fault !== undefined) throw new FeedsError('FEEDS_VALUE_INVALID', fault);
      const arrow = await import('@attractions/feeds/arrow');
      const table = arrow.tableOf(columnsOf(model, arrow));
      const bytes = await arrow.writeParquet(table, { dictionaries: false });
      yield { name: 'items.parquet', bytes, rows: table.numRows };
    },
    decode: async ([file, ...others]) => {
      if (file === undefined || others.length > 0)
        throw new FeedsError('FEEDS_DATA_CORRUPT', `The update has ${others.length + (file ? 1 : 0)} files, not 1.`);
      const arrow = await import('@attractions/feeds/arrow');
      const table = await arrow.readParquet(file);
      checkRows(file, table.numRows);
      const refuse = (fault: string) => unreadable(file, `breaks its contract: ${fault}`);
      const model = modelOf(arrow.conform(table, fields, refuse), arrow);
      const fault = problem(model);
      if (fault !== undefined) throw refuse(fault);
      return model;
    },
  };
}

/** Why ids are not a vocabulary: one of them occurs twice. Undefined where none does. */
export function vocabularyProblem(ids: readonly string[]): string | undefined {
  const repeated = new Set(ids).size === ids.length ? undefined : ids.find((id, n) => ids.indexOf(id) !== n);
  return repeated === undefined ? undefined : `The attraction '${repeated}' occurs twice.`;
}
