import { Server } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** After this long without a request, no client is expected to send another one. */
const QUIET_MS = 100;

/** Longest wait for requests on connections that were open when the server stopped listening. */
const LAST_REQUESTS_MS = 1_000;

/** Connection draining: ends a server without a failed request. */
export interface Drain {
  /** True once `end` was called: `/readyz` then answers 503. */
  closing(): boolean;
  /** True once the server accepts no new connections: answers then close their connection, so that clients connect to another server. */
  closed(): boolean;
  /** Must be called at every request. */
  touch(): void;
  /** Answers until no more requests come, for at most `drainMs`; then stops listening, answers the requests in flight, and closes. */
  end(server: FastifyInstance, drainMs: number): Promise<void>;
}

/** A drain that has not begun. */
export function drain(now: () => number = () => performance.now()): Drain {
  let ending: Promise<void> | undefined;
  let isClosed = false;
  let touchedMs = -Infinity;

  // A client that sent a request a moment ago may already have sent the next one on the same connection.
  const untilQuiet = async (atMostMs: number) => {
    const untilMs = now() + atMostMs;
    while (now() < untilMs && now() - touchedMs < QUIET_MS) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  const run = async (server: FastifyInstance, drainMs: number) => {
    await untilQuiet(drainMs);
    await stopListening(server);
    isClosed = true;
    await untilQuiet(LAST_REQUESTS_MS);
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
 * Accepts no new connections and keeps the open ones. The `close` of an HTTP server would also end idle connections, on which a request may just be arriving.
 * Waits one turn of the event loop first, to accept pending connections.
 */
async function stopListening({ server }: FastifyInstance): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (server.listening) Server.prototype.close.call(server);
}
