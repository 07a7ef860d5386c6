import { ClientError } from './errors.js';
import { randomId, waitMs } from './http.js';
import type { Http } from './http.js';
import type { operations } from './openapi.js';

type Body = operations['reportEvents']['requestBody']['content']['application/json'];

/** An event as it is sent. */
export type SentEvent = Body['events'][number];

/** Events that wait, and are sent in batches. */
export interface EventQueue {
  add(event: SentEvent): void;
  /** Settles once all that wait are acknowledged. @throws ClientError where they are not; they go on waiting, and are sent again later */
  flush(): Promise<void>;
}

/** Events that will not be sent again, and why. */
export type OnLost = (events: readonly SentEvent[], error: ClientError) => void;

/** Events of one request. However long their texts are, they stay below the 512 KiB that the service takes. */
const MAX_BATCH = 50;

/** A batch that is not full waits this long for more. */
const FLUSH_MS = 2_000;

/** Most events that wait. */
const MAX_WAITING = 10_000;

/** The wait after the first failure is at most this, and later ones at most a minute. */
const [FIRST_WAIT_MS, MAX_WAIT_MS] = [1_000, 60_000];

/**
 * Events leave the queue once the service has acknowledged them, in their order. Those that fail are sent again, with the same ids, so each counts once. When
 * a page is hidden, which may be its end, what waits leaves at once; it goes on waiting until it is acknowledged, in case the page comes back.
 */
export function eventQueue(http: Http, onLost: OnLost): EventQueue {
  const waiting: SentEvent[] = [];
  let sending: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const deliver = async (count: number): Promise<void> => {
    const events = waiting.slice(0, count);
    try {
      await http.send({ method: 'POST', path: 'events', body: { events }, requestId: randomId() });
    } catch (error) {
      if (!isRefused(error)) throw error;
      if (events.length > 1) {
        // One bad event refuses all: halves lead to it.
        const half = events.length >> 1;
        await deliver(half);
        return deliver(events.length - half);
      }
      onLost(events, error);
    }
    waiting.splice(0, events.length);
  };

  const deliverAll = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    try {
      while (waiting.length > 0) await deliver(Math.min(MAX_BATCH, waiting.length));
      failures = 0;
    } catch (error) {
      failures++;
      const retryAfterMs = error instanceof ClientError ? error.retryAfterMs : undefined;
      later(waitMs(failures, retryAfterMs, FIRST_WAIT_MS, MAX_WAIT_MS));
      // The events stay here, so in Node a service that is down does not keep the process from its end.
      (timer as { unref?(): void } | undefined)?.unref?.();
      throw error;
    } finally {
      sending = undefined;
    }
  };

  const flush = (): Promise<void> => {
    if (waiting.length > 0) sending ??= deliverAll();
    return sending ?? Promise.resolve();
  };
  const flushQuietly = () => void flush().catch(() => undefined);
  const later = (ms: number) => {
    timer ??= setTimeout(() => {
      timer = undefined;
      flushQuietly();
    }, ms);
  };

  whenHidden(() => {
    for (let from = 0; from < waiting.length; from += MAX_BATCH)
      if (!http.sendAway('events', { events: waiting.slice(from, from + MAX_BATCH) })) return;
  }, flushQuietly);

  return {
    add(event) {
      if (waiting.length >= MAX_WAITING) {
        const text = `The event '${event.type}' of ${event.userId} was dropped, since ${MAX_WAITING} others wait; look why the service does not take them.`;
        onLost([event], new ClientError('CLIENT_QUEUE_FULL', text));
        return;
      }
      waiting.push(event);
      // While the service fails, events wait for the next try.
      if (waiting.length >= MAX_BATCH && failures === 0) flushQuietly();
      else later(FLUSH_MS);
    },
    flush,
  };
}

/** Whether the service says that an event, rather than the request, is wrong. */
function isRefused(error: unknown): error is ClientError {
  return error instanceof ClientError && (error.status === 400 || error.status === 413);
}

/** Calls `hidden` once each time that a page goes out of sight, and `shown` when it is back. Does nothing where there is no page. */
function whenHidden(hidden: () => void, shown: () => void): void {
  if (typeof document === 'undefined') return;
  let isHidden = false;
  const look = (now: boolean) => {
    if (now === isHidden) return;
    isHidden = now;
    (now ? hidden : shown)();
  };
  document.addEventListener('visibilitychange', () => look(document.visibilityState === 'hidden'));
  // Safari leaves a page without the event above.
  addEventListener('pagehide', () => look(true));
  addEventListener('pageshow', () => look(false));
}
