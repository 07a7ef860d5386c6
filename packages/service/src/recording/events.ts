import type { Event } from '@attractions/contracts';
import { ServiceError } from '../errors.js';
import type { EventResult } from '../telemetry/metrics.js';
import { hashOfId } from './known-ids.js';
import { recordIn } from './recorder.js';
import type { RecorderParts } from './recorder.js';

/** An event as a client sends it, checked. */
export interface ReportedEvent extends Omit<Event, 'at' | 'receivedAt'> {
  /** When it happened; absent: when it is received. */
  readonly at?: Date;
}

/** What became of the events of a request. */
interface Taken {
  /** Events that are new, as far as this service knows; the feed leaves out those that another one has taken. */
  readonly taken: number;
  readonly known: number;
}

/** Where events are written, how often, and who counts them. */
export interface EventParts extends Omit<RecorderParts, 'onResult' | 'what'> {
  /** Ids of the last events. Default: of its own. */
  readonly recent?: RecentIds;
  onResult(result: EventResult, events: number): void;
}

/** The record of events. */
export interface Events {
  /**
   * Takes events; when it resolves, they are on disk and will be in the feed.
   * @throws ServiceError RECOMMENDER_EVENTS_NOT_TAKEN where there is no space, or the disk fails
   */
  take(events: readonly ReportedEvent[]): Promise<Taken>;
  /** Whether a folder of the spool is a batch of this record. */
  isOwn(name: string): boolean;
  stop(): Promise<void>;
}

/** Most events that wait for the feed, some 300 MB on disk: if the feed takes none for long, clients must keep theirs. */
const MAX_UNCOMMITTED = 1_000_000;

/** When a full spool, or a disk that failed, is worth another try. */
const RETRY_AFTER_SECONDS = 2;

/** Ids that are remembered, twice at most: some 25 MB. */
const RECENT_IDS = 200_000;

/** Records events. Throws as {@link recordIn}. */
export async function takeEvents(parts: EventParts): Promise<Events> {
  const { onResult } = parts;
  const { add, space, uncommitted, synced, isOwn, stop } = await recordIn({ ...parts, what: EVENT_LINES });
  const { recent = recentIds() } = parts;
  const refuse = (events: number, why: string, cause?: unknown): ServiceError => {
    onResult('refused', events);
    return new ServiceError(
      'RECOMMENDER_EVENTS_NOT_TAKEN',
      `The events were not taken, since ${why}; send them again.`,
      { cause, retryAfterSeconds: RETRY_AFTER_SECONDS },
    );
  };
  return {
    async take(events) {
      if (space() < events.length || uncommitted() + events.length > MAX_UNCOMMITTED)
        throw refuse(events.length, 'too many wait to be stored');
      const receivedAt = new Date();
      let taken = 0;
      for (const { at = receivedAt, ...event } of events) {
        if (!recent.isNew(hashOfId(event.eventId))) continue;
        add(`${JSON.stringify({ ...event, at, receivedAt })}\n`);
        taken++;
      }
      // Also if all are known: the first one with an id may not be on disk yet.
      await synced().catch((cause: unknown) => {
        parts.logger.error({ err: cause }, 'events cannot be written; their clients are told to send them again');
        throw refuse(events.length, 'they cannot be stored now', cause);
      });
      const known = events.length - taken;
      if (taken > 0) onResult('spooled', taken);
      if (known > 0) onResult('known', known);
      return { taken, known };
    },
    isOwn,
    stop,
  };
}

/** What the lines are, and what an operator can do where they cannot be recorded. */
export const EVENT_LINES = {
  lines: 'Events',
  fix: 'set EVENT_SPOOL to a folder of this user, or LOG_EVENTS=false',
};

/** Ids of events by their hashes. */
export interface RecentIds {
  /** Whether it is not among the last ids; it is from now on. */
  isNew(hash: string): boolean;
}

/** Remembers the last `most` ids, and up to as many before them. Ids that it has forgotten are found when their batch is committed. */
export function recentIds(most = RECENT_IDS): RecentIds {
  let [now, before] = [new Set<string>(), new Set<string>()];
  return {
    isNew(hash) {
      if (now.has(hash)) return false;
      const isNew = !before.has(hash);
      if (now.size >= most) [now, before] = [new Set(), now];
      now.add(hash);
      return isNew;
    },
  };
}
