import type { FastifyInstance } from 'fastify';

/** Quiet for this long, nobody sends requests any more. */
const QUIET_MS = 100;

/** How a server ends without failing anybody. */
export interface Drain {
  /** True from the start of the end: `/readyz` then says no, and answers close their connections. */
  closing(): boolean;
  /** To be called at every request. */
  touch(): void;
  /** Goes on answering until nobody asks any more, at most `drainMs`; then takes no more, answers what is in flight, frees the port. */
  end(server: FastifyInstance, drainMs: number): Promise<void>;
}

/** A drain that has not begun. */
export function drain(now: () => number = () => performance.now()): Drain {
  let ending: Promise<void> | undefined;
  let touchedMs = -Infinity;

  const run = async (server: FastifyInstance, drainMs: number) => {
    const untilMs = now() + drainMs;
    // Who asked a moment ago may have the next request on its way over the same connection.
    while (now() < untilMs && now() - touchedMs < QUIET_MS) await new Promise((resolve) => setTimeout(resolve, 10));
    await server.close();
  };

  return {
    closing: () => ending !== undefined,
    touch: () => void (touchedMs = now()),
    end: (server, drainMs) => (ending ??= run(server, drainMs)),
  };
}
