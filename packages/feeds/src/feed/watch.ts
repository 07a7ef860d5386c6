import { setTimeout as delay } from 'node:timers/promises';

import { logPaths } from '../log/log.js';
import type { Log } from '../log/log.js';
import { isUpdate } from '../log/record.js';
import type { UpdateRecord } from '../log/record.js';
import type { BlobStore } from '../store/blob-store.js';

/** What to wait for, and how. */
export interface WatchOptions {
  /** Updates after this seq are new, such as the last that was handled; default: the head when watching begins. */
  readonly after?: number;
  /** Ends the watching. */
  readonly signal?: AbortSignal;
  /** Time between reads of the log; default: a second. Each is up to a quarter shorter or longer, so that many watchers spread out. */
  readonly pollMs?: number;
}

/**
 * The records of updates as they are committed, each once and in order, until the signal or the consumer ends it. The log is read at
 * intervals; events of the file system only make the next read come sooner.
 */
export async function* watchUpdates(
  store: BlobStore,
  feed: string,
  log: Log,
  { after, signal, pollMs = 1_000 }: WatchOptions = {},
): AsyncGenerator<UpdateRecord> {
  let seen = after ?? (await log.head())?.record.seq ?? 0;
  const bell = new EventTarget();
  let rung = false;
  const ring = () => {
    rung = true;
    bell.dispatchEvent(new Event('ring'));
  };
  let stop: (() => void) | undefined;
  try {
    while (!signal?.aborted) {
      rung = false;
      // The folder may be made, or removed and made again, in the meantime.
      stop ??= store.onChange?.(logPaths(feed).folder, ring, () => (stop = undefined));
      for await (const { record } of log.forth(seen + 1)) {
        seen = record.seq;
        if (isUpdate(record)) yield record;
      }
      if (!rung) await untilRung(bell, pollMs * (0.75 + Math.random() / 2), signal);
    }
  } finally {
    stop?.();
  }
}

/** Waits for the bell, the time or the signal, whichever comes first. */
async function untilRung(bell: EventTarget, durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  const rung = new AbortController();
  const end = () => rung.abort();
  bell.addEventListener('ring', end, { once: true });
  const over = signal ? AbortSignal.any([signal, rung.signal]) : rung.signal;
  await delay(durationMs, undefined, { signal: over }).catch(() => undefined);
  bell.removeEventListener('ring', end);
}
