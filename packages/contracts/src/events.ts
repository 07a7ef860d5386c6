import { float64, optional, parquetRowChunks, parquetRows, rowProblem, schemaOf, text } from '@attractions/feeds';
import type { Columns, FeedContract } from '@attractions/feeds';

import { time } from './exposures.js';

/** Something that a user did, as a client of the service reported it. */
export interface Event {
  /** Given by the client. An event that is sent again has the same id and counts once. */
  readonly eventId: string;
  readonly userId: string;
  /** `view`, `click`, `visit`, `rating`, or any other of the client's. */
  readonly type: string;
  readonly attractionId?: string;
  /** When it happened, by the clock of the client; the time it was received where the client gave none. May be long before `receivedAt`. */
  readonly at: Date;
  readonly receivedAt: Date;
  /** Finite; such as stars, or an amount. */
  readonly value?: number;
  /** The request whose list led to it: `requestId` of an exposure. */
  readonly requestId?: string;
}

const columns: Columns<Event> = {
  eventId: text('event_id', 'The id that the client gave the event; one that is sent again counts once.'),
  userId: text('user_id', 'Who did it.'),
  type: text('type', 'What was done: view, click, visit, rating, or any other type of the client.'),
  attractionId: optional(text('attraction_id', 'The attraction that it is about, if any.')),
  at: time('at', 'When it happened, by the clock of the client; else when it was received.'),
  receivedAt: time('received_at', 'When it was received, by the clock of the service.'),
  value: optional(float64('value', 'A number that goes with it, such as stars or an amount.')),
  requestId: optional(text('request_id', 'The request whose list led to it, as in `serving/exposures`.')),
};

/** What users did. One row is one event, and no event is in it twice. Parquet; in the order received, so that `at` is out of order. */
export const events: FeedContract<readonly Event[]> = {
  path: 'serving/events/v1.0',
  description: 'What users did, as clients report it.',
  schema: schemaOf(columns),
  codec: parquetRows(columns),
};

/** The same feed in chunks of rows, for updates that are larger than memory. */
export const eventChunks: FeedContract<AsyncIterable<readonly Event[]>> = {
  ...events,
  codec: parquetRowChunks(columns),
};

/** Why the feed refuses an event, such as `value is NaN, not a finite number`; undefined where it takes it. One bad row makes it refuse a whole put. */
export const eventProblem = rowProblem(columns);
