import { parquetRowChunks, parquetRows, rowProblem } from '@attractions/feeds';
import { int32, optional, schemaOf, text } from '@attractions/feeds';
import type { Column, Columns } from '@attractions/feeds';
import type { FeedContract } from '@attractions/feeds';

/** One list that was shown to somebody. */
export interface Exposure {
  readonly shownAt: Date;
  /** As in the answer's `x-request-id`; lists of many users share one. */
  readonly requestId: string;
  /** Absent for an anonymous visitor. */
  readonly userId?: string;
  /** This and the next three are there where the user takes part in an experiment. */
  readonly experiment?: string;
  readonly version?: number;
  readonly panel?: string;
  /** 0 to 9999, by the experiment's salt. */
  readonly bucket?: number;
  /** Which path found the first entry. */
  readonly source: string;
  readonly modelSeq: number;
  /** Attraction ids, best first; empty where nothing passed the filters, and for a flag that was evaluated. */
  readonly items: readonly string[];
  /** True where the experiment forces the panel on this user, a tester: never analysed. Absent: assigned by the hash. */
  readonly forced?: boolean;
  /** Park of the request; absent where it named none. */
  readonly park?: string;
  /** Attributes of the request, as a JSON object of texts with its names in order. */
  readonly attributes?: string;
  /** Where two recommenders were interleaved: the panel that gave each item, in their order. */
  readonly teams?: readonly string[];
}

const SEQ = [0, 2 ** 31 - 1] as const;

const columns: Columns<Exposure> = {
  shownAt: time('shown_at', 'When the list was made, by the clock of the service.'),
  requestId: text('request_id', "The request, as in the answer's `x-request-id`; lists of many users share one."),
  userId: optional(text('user_id', 'Whom it was shown to; none for an anonymous visitor.')),
  experiment: optional(text('experiment', 'The experiment that the user takes part in, if any.')),
  version: optional(int32('version', 'Version of the experiment.', [1, SEQ[1]])),
  panel: optional(text('panel', 'Panel of the experiment.')),
  bucket: optional(int32('bucket', "Bucket by the experiment's salt.", [0, 9_999])),
  source: text('source', 'Which path found the first entry: als, fold-in, mapping, popular; flag for a flag.'),
  modelSeq: int32('model_seq', 'Update of `training/als` that answered.', SEQ),
  items: ids('items', 'Attraction ids as listed, best first.'),
  forced: optional(truth('forced', 'True where the experiment forces the panel on this user; not to be analysed.')),
  park: optional(text('park', 'Park of the request, if it named one.')),
  attributes: optional(text('attributes', 'Attributes of the request, a JSON object of texts.')),
  teams: optional(ids('teams', 'Of an interleaved list: the panel that gave each item.')),
};

/** Which lists were shown to whom. One row is one list. Parquet. */
export const exposures: FeedContract<readonly Exposure[]> = {
  path: 'serving/exposures/v1.0',
  version: '1.1',
  description: 'Lists shown, with their panel and model.',
  schema: schemaOf(columns),
  codec: parquetRows(columns),
};

/** The same feed in chunks of rows, for updates that are larger than memory. */
export const exposureChunks: FeedContract<AsyncIterable<readonly Exposure[]>> = {
  ...exposures,
  codec: parquetRowChunks(columns),
};

/** Why the feed refuses a list, such as `bucket is 10000, outside 0 to 9999`; undefined where it takes it. One bad row makes it refuse a whole put. */
export const exposureProblem = rowProblem(columns);

/** A moment, to the millisecond. */
export function time(name: string, description: string): Column<Date> {
  return {
    field: { name, type: 'timestamp[ms, UTC]', nullable: false, description },
    problem: (value) => {
      // By its name: a date may come from another realm.
      const ms = Object.prototype.toString.call(value) === '[object Date]' ? Number(value) : NaN;
      return Number.isNaN(ms) ? `is ${String(value)}, no time` : undefined;
    },
    toText: (value) => value.toISOString(),
    fromText: (cell) => (cell === null ? null : new Date(cell)),
  };
}

function truth(name: string, description: string): Column<boolean> {
  return {
    field: { name, type: 'bool', nullable: false, description },
    problem: (value) => (typeof value === 'boolean' ? undefined : `is ${String(value)}, not true or false`),
    toText: String,
    fromText: (cell) => (cell === 'true' ? true : cell === 'false' ? false : cell),
  };
}

/** Unlike `texts`, any ids: they are never joined. */
function ids(name: string, description: string): Column<readonly string[]> {
  const { problem } = text(name, description);
  return {
    field: { name, type: 'list<utf8>', nullable: false, description },
    problem: (value) => {
      if (!Array.isArray(value)) return `is ${String(value)}, no list of ids`;
      const fault = value.map(problem).find((found) => found !== undefined);
      return fault && `holds an id that ${fault}`;
    },
    toText: (value) => JSON.stringify(value),
    fromText: (cell) => (cell === null ? null : JSON.parse(cell)),
  };
}
