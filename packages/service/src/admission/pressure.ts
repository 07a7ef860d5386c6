import { sharesOf } from './shares.js';
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

/** How busy the process is. The senders are the tenants of a service for many; a service for one has one sender, without a name. */
export interface Pressure {
  /** The load for a request of this sender, which is counted already. */
  load(sender?: string): Load;
  enter(sender?: string): void;
  leave(sender?: string): void;
  /** Runs a task that makes an answer, now or after the tasks that wait; the senders that wait take turns. */
  run(task: () => void, sender?: string): void;
  /** Of one sender, or of all. */
  inFlight(sender?: string): number;
  /**
   * The delay that a new request must expect, in milliseconds. It is the largest of three: the least of the last delays of the event loop (a queue shows in
   * all of them, a pause of the garbage collector in only one), the time that this turn of the loop has taken, and the time that the first task has waited.
   */
  delayMs(sender?: string): number;
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
 *
 * While several senders are active, none may have more requests in flight than there is space left for (the dynamic threshold of Choudhury and Hahne 1998, with
 * alpha = 1), and one that sends less than half of the average is treated as if the load were one step lower.
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
  const shares = sharesOf(now);
  const turnMs = () => (turnBeganMs === undefined ? 0 : now() - turnBeganMs);
  const delayMs = (sender?: string) => Math.max(Math.min(...delaysMs), turnMs(), waitedMs(sender));
  const ofAll = (sender: string): Load => levelOf(Math.max(inFlight / maxInFlight, delayMs(sender) / maxDelayMs));
  const ofOne = (sender: string): Load => levelOf(shares.inFlight(sender) / Math.max(maxInFlight - inFlight, 1));

  return {
    load(sender = '') {
      const all = ofAll(sender);
      if (!shares.several() || inFlight > maxInFlight) return all;
      if (ofOne(sender) === 'full') return 'full';
      if (!shares.isModest(sender)) return all === 'normal' ? ofOne(sender) : all;
      return all === 'full' ? 'degraded' : 'normal';
    },
    enter(sender = '') {
      inFlight++;
      shares.enter(sender);
      if (turnBeganMs !== undefined) return;
      turnBeganMs = now();
      setImmediate(() => (turnBeganMs = undefined));
    },
    leave(sender = '') {
      inFlight--;
      shares.leave(sender);
    },
    run,
    inFlight: (sender) => (sender === undefined ? inFlight : shares.inFlight(sender)),
    delayMs,
    close: () => clearInterval(timer),
  };
}

const levelOf = (share: number): Load => (share > 1 ? 'full' : share > 0.5 ? 'degraded' : 'normal');
