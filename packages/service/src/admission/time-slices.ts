/** Runs tasks in the order of their arrival, for a limited time in each turn of the event loop. */
export interface TimeSlices {
  /** Runs the task at once if no task is waiting and this turn has time left, else in a later turn. */
  run(task: () => void): void;
  /** How long the first task in the queue has waited; 0 where the queue is empty. */
  waitedMs(): number;
}

/**
 * Node accepts one connection in each turn of its event loop. Under load, a turn that answered every open connection would be long, and a new
 * connection would wait for as long as the load lasts. So no turn runs tasks for much longer than `sliceMs`.
 */
export function timeSlices(sliceMs: number, now: () => number): TimeSlices {
  const waiting: { readonly task: () => void; readonly sinceMs: number }[] = [];
  let beganMs: number | undefined;

  const turn = () => {
    beganMs = undefined;
    if (waiting.length === 0) return;
    begin();
    while (waiting.length > 0 && hasTime()) waiting.shift()?.task();
  };
  const begin = () => {
    beganMs = now();
    setImmediate(turn);
  };
  const hasTime = () => beganMs !== undefined && now() - beganMs < sliceMs;

  return {
    run(task) {
      if (beganMs === undefined) begin();
      if (waiting.length === 0 && hasTime()) task();
      else waiting.push({ task, sinceMs: now() });
    },
    waitedMs: () => (waiting[0] === undefined ? 0 : now() - waiting[0].sinceMs),
  };
}
