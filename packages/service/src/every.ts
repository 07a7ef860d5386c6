/** Calls `act` repeatedly, each time `intervalMs` after the last call has ended. `stop` waits for a running call. */
export function every(intervalMs: number, act: () => Promise<void>): { stop(): Promise<void> } {
  let stopped = false;
  let underWay: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;
  const plan = () => {
    timer = setTimeout(() => {
      underWay = act().finally(() => {
        if (!stopped) plan();
      });
    }, intervalMs);
    timer.unref();
  };
  plan();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}

/**
 * Calls `act` once, `delayMs` after `arm`; again after as long if it says that there is more to do. While nothing is armed there is no timer, so thousands that
 * have nothing to do cost nothing. `stop` waits for a running call.
 */
export function armed(delayMs: number, act: () => Promise<boolean>): { arm(): void; stop(): Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> = Promise.resolve();
  const arm = (): void => {
    if (timer !== undefined || stopped) return;
    timer = setTimeout(() => {
      underWay = act().then((more) => {
        timer = undefined;
        if (more) arm();
      });
    }, delayMs);
    timer.unref();
  };
  return {
    arm,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}

/**
 * Calls `act` for each member of a list, one after the other, round and round. A round takes at least `roundMs`; it takes longer where the calls would otherwise
 * be busy for more than {@link BUSY_SHARE} of the time. The list is read anew before each call.
 */
export function roundAndRound<T>(list: () => readonly T[], act: (member: T) => Promise<void>, roundMs: number) {
  let stopped = false;
  let timer: NodeJS.Timeout;
  let underWay: Promise<void> = Promise.resolve();
  let place = 0;
  const step = async () => {
    const members = list();
    const beganMs = performance.now();
    const member = members[place % Math.max(members.length, 1)];
    place = (place + 1) % Math.max(members.length, 1);
    if (member !== undefined) await act(member);
    const tookMs = performance.now() - beganMs;
    return Math.max(roundMs / Math.max(members.length, 1), tookMs / BUSY_SHARE) - tookMs;
  };
  const plan = (delayMs: number) => {
    timer = setTimeout(() => {
      underWay = step().then((next) => {
        if (!stopped) plan(next);
      });
    }, delayMs);
    timer.unref();
  };
  plan(roundMs);
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}

/** The largest share of the time in which rounds are busy. */
const BUSY_SHARE = 0.05;
