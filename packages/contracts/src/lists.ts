import { float64, int32, optional, parquetRows, schemaOf, text } from '@attractions/feeds';
import type { Columns, FeedContract } from '@attractions/feeds';

import { time } from './exposures.js';

/** One entry of the list of one user. */
export interface ListEntry {
  readonly userId: string;
  /** 1 for the best. The entries of a user stand together, in this order. */
  readonly place: number;
  readonly attractionId: string;
  readonly name: string;
  readonly park: string;
  /** On the scale of its `source`; not comparable between sources. */
  readonly score: number;
  /** Which path found the entry: next-attraction, als, fold-in, mapping, popular. */
  readonly source: string;
  /** A sentence for people. */
  readonly reason?: string;
  /** This and the next two are there where the user takes part in an experiment. */
  readonly experiment?: string;
  readonly version?: number;
  readonly panel?: string;
  readonly modelSeq: number;
  /** The same in all rows of an update. */
  readonly generatedAt: Date;
}

const SEQ = [0, 2 ** 31 - 1] as const;

const columns: Columns<ListEntry> = {
  userId: text('user_id', 'Whose list it is, as in `etl/visits`.'),
  place: int32('place', 'Place in the list, 1 for the best.', [1, 100]),
  attractionId: text('attraction_id', '`park:poi`, as in `etl/attractions`.'),
  name: text('name', 'Name of the attraction.'),
  park: text('park', 'Park of the attraction.'),
  score: float64('score', 'On the scale of its source; not comparable between sources.'),
  source: text('source', 'Which path found the entry: next-attraction, als, fold-in, mapping, popular.'),
  reason: optional(text('reason', 'Why it is in the list, a sentence for people.')),
  experiment: optional(text('experiment', 'The experiment that the user takes part in, if any.')),
  version: optional(int32('version', 'Version of the experiment.', [1, SEQ[1]])),
  panel: optional(text('panel', 'Panel of the experiment.')),
  modelSeq: int32('model_seq', 'Update of `training/als` that answered.', SEQ),
  generatedAt: time('generated_at', 'When the lists were made; the same in all rows of an update.'),
};

/**
 * What is recommended to every user that a model knows, for mails and caches. One row is one entry; the entries of a user stand together, best first.
 * A user to whom nothing can be recommended has no row. Parquet; read and written whole by this contract, and piece by piece by `streamed(lists)`.
 */
export const lists: FeedContract<readonly ListEntry[]> = {
  path: 'serving/lists/v1.0',
  description: 'Recommendations for every known user, with source and reason.',
  schema: schemaOf(columns),
  codec: parquetRows(columns),
};
