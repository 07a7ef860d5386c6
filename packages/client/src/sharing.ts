/** A request under way, and how many callers wait for it. */
interface Flight {
  readonly promise: Promise<unknown>;
  readonly ended: AbortController;
  callers: number;
}

/** Gives the value of `start`, or of the call with the same key that is under way. */
export type Share = <T>(
  key: string,
  signal: AbortSignal | undefined,
  start: (signal: AbortSignal) => Promise<T>,
) => Promise<T>;

/**
 * Makes one request of those that are the same at the same time. Each caller can leave by its signal; the request is aborted when all have left and nobody
 * has joined until the next turn of the event loop. React in strict mode runs an effect, cleans it up and runs it again in one turn: one request, one exposure.
 */
export function sharing(): Share {
  const flights = new Map<string, Flight>();

  const take = <T>(key: string, start: (signal: AbortSignal) => Promise<T>): Flight => {
    const ended = new AbortController();
    const promise = start(ended.signal).finally(() => {
      if (flights.get(key) === flight) flights.delete(key);
    });
    const flight = { promise, ended, callers: 0 };
    // Everybody may have left when it fails.
    promise.catch(() => undefined);
    flights.set(key, flight);
    return flight;
  };

  const leave = (key: string, flight: Flight) => {
    flight.callers--;
    setTimeout(() => {
      if (flight.callers > 0 || flights.get(key) !== flight) return;
      flights.delete(key);
      flight.ended.abort();
    });
  };

  return async <T>(key: string, signal: AbortSignal | undefined, start: (signal: AbortSignal) => Promise<T>) => {
    signal?.throwIfAborted();
    const flight = flights.get(key) ?? take(key, start);
    flight.callers++;
    if (signal === undefined) return flight.promise as Promise<T>;
    return new Promise<T>((resolve, reject) => {
      const abort = () => {
        leave(key, flight);
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
      const settled = () => signal.removeEventListener('abort', abort);
      (flight.promise as Promise<T>).finally(settled).then(resolve, reject);
    });
  };
}
