import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';

import { isBroken, isUnknownOperation } from './channel.js';
import type { Channel, Response } from './channel.js';
import type { Plan } from './plan.js';

/** How a query is run. */
export interface RunOptions {
  /** Stops the work on the server when it aborts; the call then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Is told the share of the tasks that are done, 0 to 1, from time to time. It may fall when Spark finds more to do. Sail does not tell. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** Times that a broken connection is tried again one after another; the pauses double from 100 ms, so some 13 s in all. */
const MAX_FAILURES = 7;

/** For a call that is made while stopping. */
const GOODBYE_MS = 5_000;

/**
 * Runs a plan to its end, and yields what the server sends. Where the connection breaks, or the server ends a stream that is long (after two minutes, or a
 * gigabyte), it goes on from the last response; nothing is run twice and no response comes twice. Where the caller stops early, the work is stopped too: a
 * server goes on with work whose client is gone.
 *
 * @param observed the session of the server as first seen; a server that was started again refuses it
 * @throws SparkError
 */
export async function* execute(
  channel: Channel,
  plan: Plan,
  observed: string | undefined,
  { signal, onProgress }: RunOptions = {},
): AsyncGenerator<Response, void, undefined> {
  signal?.throwIfAborted();
  const operation_id = randomUUID();
  const seen = observed === undefined ? {} : { client_observed_server_side_session_id: observed };
  const first = { ...seen, operation_id, plan, request_options: [{ reattach_options: { reattachable: true } }] };
  let isStarted = false;
  let isComplete = false;
  let last: string | undefined;
  let failures = 0;

  const open = () => {
    if (!isStarted) return channel.stream('ExecutePlan', first);
    return channel.stream('ReattachExecute', {
      ...seen,
      operation_id,
      ...(last !== undefined && { last_response_id: last }),
    });
  };

  try {
    while (!isComplete) {
      const stream = open();
      isStarted = true;
      const stop = () => stream.cancel();
      signal?.addEventListener('abort', stop);
      try {
        for await (const response of stream as AsyncIterable<Response>) {
          failures = 0;
          last = response.response_id;
          if (response.execution_progress) onProgress?.(shareOf(response.execution_progress.stages));
          else if (response.result_complete) isComplete = true;
          else yield response;
          if (response.arrow_batch) release(channel, operation_id, { release_until: { response_id: last } });
        }
      } catch (error) {
        signal?.throwIfAborted();
        if (++failures > MAX_FAILURES) throw await channel.explained(error);
        if (last === undefined && isUnknownOperation(error)) isStarted = false;
        else if (!isBroken(error)) throw await channel.explained(error);
        await setTimeout(50 * 2 ** failures, undefined, { ref: true, ...(signal && { signal }) }).catch(() => signal?.throwIfAborted()); // prettier-ignore
      } finally {
        signal?.removeEventListener('abort', stop);
        stream.cancel();
      }
    }
    release(channel, operation_id, { release_all: {} });
  } finally {
    if (!isComplete && isStarted) await interrupt(channel, operation_id);
  }
}

/** Stops one operation on the server; where it cannot be reached, its own limits have to do. */
async function interrupt(channel: Channel, operation_id: string): Promise<void> {
  const request = { operation_id, interrupt_type: 'INTERRUPT_TYPE_OPERATION_ID' };
  await channel.call('Interrupt', request, { deadlineMs: GOODBYE_MS }).catch(() => undefined);
}

/** Lets the server drop responses that have arrived. Not waited for: it drops them by itself later. */
function release(channel: Channel, operation_id: string, what: object): void {
  channel.call('ReleaseExecute', { operation_id, ...what }, { deadlineMs: GOODBYE_MS }).catch(() => undefined);
}

function shareOf(stages: readonly { readonly num_tasks: number; readonly num_completed_tasks: number }[]): number {
  const all = stages.reduce((sum, stage) => sum + stage.num_tasks, 0);
  return all === 0 ? 0 : stages.reduce((sum, stage) => sum + stage.num_completed_tasks, 0) / all;
}
