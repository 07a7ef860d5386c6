/** Runs tasks in the order of their arrival, or of several senders in turns, for a limited time in each turn of the event loop. */
export interface TimeSlices {
  /** Runs the task at once if no task is waiting and this turn has time left, else in a later turn. The senders that wait take turns, each with one task. */
  run(task: () => void, sender?: string): void;
  /** How long the first task in the queue of a sender has waited, or in any queue; 0 where nothing waits. */
  waitedMs(sender?: string): number;
}

interface Waiting {
  readonly task: () => void;
  readonly sinceMs: number;
}

/**
 * Node accepts one connection in each turn of its event loop. Under load, a turn that answered every open connection would be long, and a new
 * connection would wait for as long as the load lasts. So no turn runs tasks for much longer than `sliceMs`.
 */
export function timeSlices(sliceMs: number, now: () => number): TimeSlices {
  /** In the order in which they take turns. None is empty. */
  const queues = new Map<string, Waiting[]>();
  let beganMs: number | undefined;

  const turn = () => {
    beganMs = undefined;
    if (queues.size === 0) return;
    begin();
    while (queues.size > 0 && hasTime()) next()?.();
  };
  const next = (): (() => void) | undefined => {
    const [sender, queue] = queues.entries().next().value as [string, Waiting[]];
    const first = queue.shift();
    if (queues.size > 1 || queue.length === 0) queues.delete(sender);
    if (queue.length > 0) queues.set(sender, queue);
    return first?.task;
  };
  const begin = () => {
    beganMs = now();
    setImmediate(turn);
  };
  const hasTime = () => beganMs !== undefined && now() - beganMs < sliceMs;
  const waitedIn = (queue: readonly Waiting[] | undefined) => (queue?.[0] === undefined ? 0 : now() - queue[0].sinceMs);

  return {
    run(task, sender = '') {
      if (beganMs === undefined) begin();
      if (queues.size === 0 && hasTime()) return task();
      const queue = queues.get(sender);
      const waiting = { task, sinceMs: now() };
      if (queue === undefined) queues.set(sender, [waiting]);
      else queue.push(waiting);
    },
    waitedMs: (sender) =>
      sender === undefined ? Math.max(0, ...[...queues.values()].map(waitedIn)) : waitedIn(queues.get(sender)),
  };
}
