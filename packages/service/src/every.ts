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
