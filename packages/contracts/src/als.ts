import { als as alsCodec } from './als-codec.js';
import type { FeedContract, Field } from '@attractions/feeds';

/** A trained factor model with all that serving it needs: one generation, one update. Row i of `userFactors` is `userIds[i]`. */
export interface AlsGeneration {
  readonly rank: number;
  readonly userIds: readonly string[];
  readonly attractionIds: readonly string[];
  /** Row-major, `userIds.length` x `rank`. */
  readonly userFactors: Float32Array;
  /** Row-major, `attractionIds.length` x `rank`. */
  readonly itemFactors: Float32Array;
  /** What each user visited, as rows of `attractionIds`: user u's are `items[offsets[u] .. offsets[u + 1])`, ascending. */
  readonly seen: { readonly offsets: Uint32Array; readonly items: Uint32Array };
  /** Undefined in a model of contract 1.0, or of visits without times: a reader then takes the same from the visits. */
  readonly histories?: Histories | undefined;
  /** Distinct visitors of each attraction, for the popular fallback of the same generation. */
  readonly visitors: Uint32Array;
  /** The resolved hyper-parameters, by the trainer's option names. */
  readonly options: Readonly<Record<string, number | string | boolean>>;
  readonly history: readonly { readonly iteration: number; readonly loss: number; readonly seconds: number }[];
}

/** What the visits say of each user of a model beside the seen sets. */
export interface Histories {
  /** How often the user visited each entry of `seen.items`, in its order; 1 or more. */
  readonly counts: Uint32Array;
  /** The row of `attractionIds` where each user was last; of equal times the greater row. */
  readonly lastItems: Uint32Array;
  /** When that was, on the clock of the park: milliseconds since 1970. */
  readonly lastTimes: Float64Array;
}

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

const model: readonly Field[] = [
  { name: 'rank', type: 'int32', nullable: false, description: 'Factors of each row.' },
  { name: 'options', type: 'json', nullable: false, description: "Hyper-parameters, by the trainer's option names." },
  { name: 'history', type: 'json', nullable: false, description: 'Loss and seconds of every iteration.' },
];

const within = (file: string, fields: readonly Field[]): readonly Field[] =>
  fields.map((field) => ({ ...field, name: `${file}.${field.name}` }));

/** The trained model, with its vocabulary and what its users have seen: one generation. Parquet and JSON. */
export const als: FeedContract<AlsGeneration> = {
  path: 'training/als/v1.0',
  version: '1.1',
  description: 'A factor model and all that serving it needs.',
  schema: [...within('users', users), ...within('items', items), ...within('model', model)],
  codec: alsCodec(users, items),
};
