import type { Int32, Table, TimestampMillisecond, Utf8 } from 'apache-arrow';

import { parquet } from '@attractions/feeds';
import type { FeedContract, Field } from '@attractions/feeds';

/** Arrow columns that every {@link VisitsTable} has; {@link visitWeights} reads one that it may have. String columns may be dictionary-encoded or not; readers must take both. */
export type VisitsColumns = {
  user_id: Utf8;
  attraction_id: Utf8;
  visited_at: TimestampMillisecond;
  photos: Int32;
};

/** One row a visit: a distinct (user, park, attraction, travel sequence). */
export type VisitsTable = Table<VisitsColumns>;

const schema: readonly Field[] = [
  { name: 'user_id', type: 'utf8', nullable: false, description: 'The visitor, as the source names them.' },
  { name: 'attraction_id', type: 'utf8', nullable: false, description: '`park:poi`, as in `etl/attractions`.' },
  {
    name: 'visited_at',
    type: 'timestamp[ms, UTC]',
    nullable: false,
    description: "Time of the visit's first photo; the clock is the photographer's own, taken as UTC.",
  },
  {
    name: 'photos',
    type: 'int32',
    nullable: false,
    description: 'Distinct photos taken during the visit.',
    range: [1, 2 ** 31 - 1],
  },
  {
    name: 'weight',
    type: 'float32',
    nullable: true,
    description:
      'What the visit says of the visitor: the sum over its events; below 0 is a dislike. Null: as much as any visit.',
  },
];

/** Who visited what, and when. One row is one visit. Parquet. */
export const visits: FeedContract<VisitsTable> = {
  path: 'etl/visits/v1.0',
  version: '1.1',
  description: 'Visits: distinct travel sequences of a user at an attraction.',
  schema,
  codec: parquet<VisitsColumns>(schema),
};

/**
 * The same feed as the ETL writes it, version 1.2: with what later photos are put to their visits by. Those who only read visits need none of it.
 */
export const writtenVisits: FeedContract<VisitsTable> = (() => {
  const written: readonly Field[] = [
    ...schema,
    {
      name: 'ended_at',
      type: 'timestamp[ms, UTC]',
      nullable: true,
      description: "Time of the visit's last photo. Null: that of its first.",
    },
    {
      name: 'sequence',
      type: 'utf8',
      nullable: true,
      description: 'The travel sequence as the raw data have it. Null: it is derived from the times.',
    },
    {
      name: 'weight_sum',
      type: 'float64',
      nullable: true,
      description: 'The weight before it is rounded.',
    },
  ];
  return { ...visits, version: '1.2', schema: written, codec: parquet<VisitsColumns>(written) };
})();

/** The weight of each visit, a visit without one weighs 1; undefined where no visit has a weight. */
export function visitWeights(visits: VisitsTable): Float32Array | undefined {
  const column = (visits as Table).getChild('weight');
  if (!column || column.nullCount === column.length) return undefined;
  return Float32Array.from(column, (weight: number | null) => weight ?? 1);
}
