/**
 * How long a batch that nobody touches is left to its owner, who renews what is its own {@link RENEWALS} times as often. Clocks are never compared: whoever
 * waits looks whether the time of the folder changes, whatever it says, and measures by its own monotonic clock for how long it did not.
 * Nothing depends on it but how large updates are: what is taken from an owner that lives is neither lost nor doubled.
 */
export const LEASE_MS = 5_000;

export const RENEWALS = 5;

/**
 * Watches batches of others. Each time it is told what they look like now, and gives those that have looked the same for a whole lease; these
 * get another lease, since committing them may fail.
 */
export function watchLeases(leaseMs: number): (marks: ReadonlyMap<string, number>, nowMs: number) => string[] {
  let seen = new Map<string, { readonly mark: number; readonly sinceMs: number }>();
  return (marks, nowMs) => {
    const next: typeof seen = new Map();
    const over: string[] = [];
    for (const [name, mark] of marks) {
      const before = seen.get(name);
      const same = before?.mark === mark;
      const isOver = same && nowMs - before.sinceMs >= leaseMs;
      if (isOver) over.push(name);
      next.set(name, { mark, sinceMs: same && !isOver ? before.sinceMs : nowMs });
    }
    seen = next;
    return over;
  };
}
