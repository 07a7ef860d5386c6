import type { Int32, Table, TimestampMillisecond, Utf8 } from 'apache-arrow';

/** Arrow columns of {@link VisitsTable}. String columns may be dictionary-encoded; readers must not care. */
export type VisitsColumns = {
  user_id: Utf8;
  attraction_id: Utf8;
  visited_at: TimestampMillisecond;
  photos: Int32;
};

/** One row a visit: a distinct (user, park, attraction, travel sequence). */
export type VisitsTable = Table<VisitsColumns>;
