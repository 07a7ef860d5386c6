import { csv } from '@attractions/feeds';
import { int32, schemaOf, text } from '@attractions/feeds';
import type { Columns } from '@attractions/feeds';
import type { FeedContract } from '@attractions/feeds';

/** One attraction's popularity. */
export interface Popularity {
  readonly attractionId: string;
  readonly visits: number;
  readonly visitors: number;
}

const columns: Columns<Popularity> = {
  attractionId: text('attraction_id', '`park:poi`, as in `etl/attractions`.'),
  visits: int32('visits', 'Visits in all.', [0, 2 ** 31 - 1]),
  visitors: int32('visitors', 'Distinct users among them.', [0, 2 ** 31 - 1]),
};

/** How often each attraction was visited. One row is one attraction. CSV with a header. */
export const popularity: FeedContract<readonly Popularity[]> = {
  path: 'training/popularity/v1.0',
  description: 'Visits and visitors of each attraction.',
  schema: schemaOf(columns),
  codec: csv(columns),
};
