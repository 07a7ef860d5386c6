/** What is known of a tenant from its last turn. */
export interface Waiting {
  readonly tenant: string;
  /** When its last turn ended; absent for a new tenant. Milliseconds since 1970. */
  readonly endedMs?: number | undefined;
  /** How long that took. */
  readonly seconds?: number | undefined;
}

/** A tenant is long where it took so many times as long as the one in the middle, */
const LONG_FACTOR = 10;

/** and at least so long. */
const LONG_SECONDS = 20;

/**
 * The order of turns: those that waited longest since their last turn first, and new ones before them. So where a night is too short for all, the next one begins with
 * those that were not reached. The turn counts whatever came of it: a tenant that fails every night does not get in front of the others by that.
 */
export function inOrder<W extends Waiting>(tenants: readonly W[]): W[] {
  return tenants.toSorted(
    (a, b) =>
      (a.endedMs ?? 0) - (b.endedMs ?? 0) ||
      (a.seconds ?? 0) - (b.seconds ?? 0) ||
      (a.tenant < b.tenant ? -1 : a.tenant > b.tenant ? 1 : 0),
  );
}

/** The tenants that take much longer than most, by their last turns. */
export function longOnes(tenants: readonly Waiting[]): ReadonlySet<string> {
  const known = tenants.flatMap(({ seconds }) => seconds ?? []).sort((a, b) => a - b);
  const limit = Math.max(LONG_SECONDS, LONG_FACTOR * (known[known.length >> 1] ?? 0));
  return new Set(tenants.filter(({ seconds = 0 }) => seconds > limit).map(({ tenant }) => tenant));
}

/**
 * Takes the next tenant out of the queue: the first one, but for a long one where that would leave no worker for the others.
 *
 * @param running the tenants that are being run
 */
export function takeNext<W extends Waiting>(
  queue: W[],
  long: ReadonlySet<string>,
  running: Iterable<string>,
  workers: number,
): W | undefined {
  const longRunning = [...running].filter((tenant) => long.has(tenant)).length;
  const isShort = ({ tenant }: W): boolean => !long.has(tenant);
  const first = longRunning + 1 < workers ? 0 : Math.max(0, queue.findIndex(isShort));
  return queue.splice(first, 1)[0];
}
