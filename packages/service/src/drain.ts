import { Server } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Quiet for this long, nobody sends requests any more. */
const QUIET_MS = 100;

/** What came in just before the door closed is answered within this. */
const LAST_MS = 1_000;

/** How a server ends without failing anybody. */
export interface Drain {
  /** True from the start of the end: `/readyz` then says no. */
  closing(): boolean;
  /** True once no new connection is taken: answers then close theirs, since whoever asks again is to go elsewhere. */
  closed(): boolean;
  /** To be called at every request. */
  touch(): void;
  /** Goes on answering until nobody asks any more, at most `drainMs`; then takes no more, answers what is in flight, frees the port. */
  end(server: FastifyInstance, drainMs: number): Promise<void>;
}

/** A drain that has not begun. */
export function drain(now: () => number = () => performance.now()): Drain {
  let ending: Promise<void> | undefined;
  let isClosed = false;
  let touchedMs = -Infinity;

  // Who asked a moment ago may have the next request on its way over the same connection.
  const untilQuiet = async (atMostMs: number) => {
    const untilMs = now() + atMostMs;
    while (now() < untilMs && now() - touchedMs < QUIET_MS) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  const run = async (server: FastifyInstance, drainMs: number) => {
    await untilQuiet(drainMs);
    await closeDoor(server);
    isClosed = true;
    await untilQuiet(LAST_MS);
    await server.close();
  };

  return {
    closing: () => ending !== undefined,
    closed: () => isClosed,
    touch: () => void (touchedMs = now()),
    end: (server, drainMs) => (ending ??= run(server, drainMs)),
  };
}

/**
 * Takes no new connection and leaves those that are open alone. An HTTP server's own `close` also ends connections that are idle, on which a
 * request may be on its way. The turn of the event loop before it takes in whoever already stands at the door.
 */
async function closeDoor({ server }: FastifyInstance): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (server.listening) Server.prototype.close.call(server);
}
