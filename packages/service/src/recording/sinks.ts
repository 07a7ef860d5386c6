/** The sinks of the service. Loaded by the thread that commits, so they import no more than they need. */
import { exposureChunks, exposureProblem } from '@attractions/contracts';
import type { Exposure } from '@attractions/contracts';
import { eventSink } from './event-sink.js';
import type { Sink } from './sink.js';

/** What a spool holds. */
export type SinkName = 'exposures' | 'events';

/** @param knownMs how long an event is known by its id */
export function sinkOf(name: SinkName, spool: string, knownMs: number): Sink<never> {
  return (name === 'events' ? eventSink(spool, knownMs) : exposureSink) as Sink<never>;
}

/** The feed of exposures. */
export const exposureSink: Sink<Exposure> = {
  rowOf: parsed,
  problem: exposureProblem,
  async put(store, chunks, run) {
    const rows = chunks();
    const first = await rows.next();
    let committed = 0;
    const all = async function* (): AsyncGenerator<readonly Exposure[]> {
      for (let chunk = first; chunk.done !== true; chunk = await rows.next()) {
        committed += chunk.value.length;
        yield chunk.value;
      }
    };
    if (first.done !== true) await store.feed(exposureChunks).put(all(), run);
    return { committed, known: 0 };
  },
};

/** A row, which may still break the contract; or a text that says why the line is not a row. */
function parsed(line: string): Exposure | string {
  try {
    const { shownAt, userId, ...rest } = JSON.parse(line) as Omit<Exposure, 'shownAt'> & { shownAt: string };
    return { shownAt: new Date(shownAt), ...(userId !== undefined && { userId: wellFormed(userId) }), ...rest };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Replaces lone surrogates, which a JSON body may contain but UTF-8 cannot store. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
