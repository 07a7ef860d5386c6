/** How much each of several senders asks of the service now. */
export interface Shares {
  enter(sender: string): void;
  leave(sender: string): void;
  /** Requests of one sender that are received and not completely answered. */
  inFlight(sender: string): number;
  /** Whether more than one sender is active now. */
  several(): boolean;
  /** Whether a sender sent less than half of the average in the last one to two seconds. */
  isModest(sender: string): boolean;
}

const WINDOW_MS = 1_000;

/** Counts requests by sender: those in flight, and those of this window and the one before. Senders without either take no memory. */
export function sharesOf(now: () => number = () => performance.now()): Shares {
  const flying = new Map<string, number>();
  let [recent, before] = [new Map<string, number>(), new Map<string, number>()];
  let [sum, sumBefore] = [0, 0];
  let beganMs = now();

  const turn = () => {
    const ageMs = now() - beganMs;
    if (ageMs < WINDOW_MS) return;
    const missed = ageMs >= 2 * WINDOW_MS;
    [before, sumBefore] = missed ? [new Map(), 0] : [recent, sum];
    [recent, sum, beganMs] = [new Map(), 0, now()];
  };
  const active = () => Math.max(recent.size, before.size);

  return {
    enter(sender) {
      turn();
      flying.set(sender, (flying.get(sender) ?? 0) + 1);
      recent.set(sender, (recent.get(sender) ?? 0) + 1);
      sum++;
    },
    leave(sender) {
      const left = (flying.get(sender) ?? 0) - 1;
      if (left > 0) flying.set(sender, left);
      else flying.delete(sender);
    },
    inFlight: (sender) => flying.get(sender) ?? 0,
    several: () => active() > 1,
    isModest(sender) {
      turn();
      const own = (recent.get(sender) ?? 0) + (before.get(sender) ?? 0);
      return active() > 1 && own < (sum + sumBefore) / active() / 2;
    },
  };
}
