/** Lets work through in the order in which it came, a little in each turn of the event loop. */
export interface Turnstile {
  /** Runs `go` at once where nothing waits and this turn has time left, else in a later turn. */
  pass(go: () => void): void;
  /** How long what is first in the queue has waited; 0 where nothing does. */
  waitedMs(): number;
}

/**
 * Node accepts one connection in each turn of its event loop. A turn that answered everybody who is connected would be a long one under load, and
 * whoever connects then would wait without an answer for as long as the load lasts; so no turn answers for much longer than `turnMs`.
 */
export function turnstile(turnMs: number, now: () => number): Turnstile {
  const waiting: { readonly go: () => void; readonly sinceMs: number }[] = [];
  let beganMs: number | undefined;

  const turn = () => {
    beganMs = undefined;
    if (waiting.length === 0) return;
    begin();
    while (waiting.length > 0 && hasTime()) waiting.shift()?.go();
  };
  const begin = () => {
    beganMs = now();
    setImmediate(turn);
  };
  const hasTime = () => beganMs !== undefined && now() - beganMs < turnMs;

  return {
    pass(go) {
      if (beganMs === undefined) begin();
      if (waiting.length === 0 && hasTime()) go();
      else waiting.push({ go, sinceMs: now() });
    },
    waitedMs: () => (waiting[0] === undefined ? 0 : now() - waiting[0].sinceMs),
  };
}
