import { timeSlices } from './time-slices.js';

/** The load above which requests are refused. From half of either limit on, lists are the popular ones. */
export interface Bounds {
  /** Requests in flight: received and not completely answered. */
  readonly maxInFlight: number;
  /** How late the event loop may be, in milliseconds. */
  readonly maxDelayMs: number;
}

/** `normal`: requests are answered as usual; `degraded`: from the popular list; `full`: they are refused. */
export type Load = 'normal' | 'degraded' | 'full';

/** How busy the process is. */
export interface Pressure {
  load(): Load;
  enter(): void;
  leave(): void;
  /** Runs a task that makes an answer, now or after the tasks that wait. */
  run(task: () => void): void;
  inFlight(): number;
  /**
   * The delay that a new request must expect, in milliseconds. It is the largest of three: the least of the last delays of the event loop (a queue shows in
   * all of them, a pause of the garbage collector in only one), the time that this turn of the loop has taken, and the time that the first task has waited.
   */
  delayMs(): number;
  close(): void;
}

/** How often the event loop is measured. */
const SAMPLE_MS = 20;

/** How long a turn of the event loop goes on to begin answers. */
const SLICE_MS = 2;

/** A delay counts when this many samples in a row show it. */
const SAMPLES = 3;

/**
 * Watches requests in flight and the delay of the event loop. Each answer is made without a pause, so few requests are in flight on one thread even under
 * overload; the delay shows the queue in front of it. The least of the last delays counts, as in CoDel (RFC 8289).
 */
export function pressureOf({ maxInFlight, maxDelayMs }: Bounds, now: () => number = () => performance.now()): Pressure {
  let inFlight = 0;
  const delaysMs: number[] = new Array(SAMPLES).fill(0);
  let sampledMs = now();
  const timer = setInterval(() => {
    const nowMs = now();
    delaysMs.shift();
    delaysMs.push(Math.max(nowMs - sampledMs - SAMPLE_MS, 0));
    sampledMs = nowMs;
  }, SAMPLE_MS);
  timer.unref();
  let turnBeganMs: number | undefined;
  const { run, waitedMs } = timeSlices(SLICE_MS, now);
  const turnMs = () => (turnBeganMs === undefined ? 0 : now() - turnBeganMs);
  const delayMs = () => Math.max(Math.min(...delaysMs), turnMs(), waitedMs());

  return {
    load() {
      const share = Math.max(inFlight / maxInFlight, delayMs() / maxDelayMs);
      return share > 1 ? 'full' : share > 0.5 ? 'degraded' : 'normal';
    },
    enter() {
      inFlight++;
      if (turnBeganMs !== undefined) return;
      turnBeganMs = now();
      setImmediate(() => (turnBeganMs = undefined));
    },
    leave: () => void inFlight--,
    run,
    inFlight: () => inFlight,
    delayMs,
    close: () => clearInterval(timer),
  };
}
