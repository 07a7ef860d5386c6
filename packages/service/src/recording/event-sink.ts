import { eventChunks, eventProblem } from '@attractions/contracts';
import type { Event } from '@attractions/contracts';
import { FeedsError } from '@attractions/feeds';
import { hashOfId, openKnownIds } from './known-ids.js';
import type { Added, Sink } from './sink.js';

/** Puts that other services were faster with, before one fails: it is tried again with the next commit. */
const MAX_ATTEMPTS = 50;

/**
 * The feed of events, in which no id comes twice within `knownMs`, whichever service on these feeds took it: a put follows on the update up to which the ids
 * are known, or not at all. If another service has put in the meantime, its ids are read too.
 */
export function eventSink(spool: string, knownMs: number): Sink<Event> {
  return {
    rowOf: parsed,
    problem: eventProblem,
    // Without the id of the run: a batch that is put again has no new id.
    async put(store, chunks, { producer }) {
      const rows: Event[] = [];
      for await (const chunk of chunks()) rows.push(...chunk);
      for (let attempt = 1; ; attempt++) {
        const known = await openKnownIds(store, spool, knownMs);
        try {
          const fresh = new Map<string, Event>();
          for (const row of rows) {
            const hash = hashOfId(row.eventId);
            if (!fresh.has(hash)) fresh.set(hash, row);
          }
          for (const hash of known.among(new Set(fresh.keys()))) fresh.delete(hash);
          const added: Added = { committed: fresh.size, known: rows.length - fresh.size };
          if (fresh.size === 0) return added;
          const options = { producer, after: known.upTo };
          const record = await store.feed(eventChunks).put(inChunks([...fresh.values()]), options);
          known.add(record, fresh.keys());
          return added;
        } catch (error) {
          const overtaken = error instanceof FeedsError && error.code === 'FEEDS_OVERTAKEN';
          if (!overtaken || attempt >= MAX_ATTEMPTS) throw error;
        } finally {
          known.close();
        }
      }
    },
  };
}

/** Rows that become columns at a time. */
const CHUNK_ROWS = 4_096;

async function* inChunks<R>(rows: readonly R[]): AsyncGenerator<readonly R[]> {
  for (let from = 0; from < rows.length; from += CHUNK_ROWS) yield rows.slice(from, from + CHUNK_ROWS);
}

type Written = Omit<Event, 'at' | 'receivedAt'> & { readonly at: string; readonly receivedAt: string };

/** An event from its line. */
function parsed(line: string): Event | string {
  try {
    const { at, receivedAt, ...rest } = JSON.parse(line) as Written;
    return { ...rest, at: new Date(at), receivedAt: new Date(receivedAt) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
