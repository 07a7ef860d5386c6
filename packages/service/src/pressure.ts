import { turnstile } from './turnstile.js';

/** What the service bears before it says no. At half of either it gives shorter thought to an answer. */
export interface Bounds {
  /** Requests that have come and are not answered to the end. */
  readonly maxInFlight: number;
  /** How late the event loop may be, in milliseconds. */
  readonly maxDelayMs: number;
}

/** `normal` answers, `degraded` answers from the popular list alone, `full` turns away. */
export type Load = 'normal' | 'degraded' | 'full';

/** How much the process has to do. */
export interface Pressure {
  load(): Load;
  enter(): void;
  leave(): void;
  /** Runs what makes an answer, now or in its turn. */
  pass(go: () => void): void;
  inFlight(): number;
  /**
   * The least of the latest delays of the event loop: a queue that stands shows in all of them, a pause of the collector in one. Or how long
   * this turn of the loop has taken, or how long an answer waits for its turn, where that is more: whoever is heard now waits as long.
   */
  delayMs(): number;
  close(): void;
}

/** How often the event loop is measured. */
const SAMPLE_MS = 20;

/** How long a turn of the event loop goes on to begin answers. */
const TURN_MS = 2;

/** A delay counts once so many samples in a row have it. */
const SAMPLES = 3;

/**
 * Watches requests in flight and the delay of the event loop. An answer is made in one go, so few are ever in flight on one thread: the delay
 * is what tells of a queue in front of it. The least of the latest delays is taken, as CoDel does (RFC 8289).
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
  const { pass, waitedMs } = turnstile(TURN_MS, now);
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
    pass,
    inFlight: () => inFlight,
    delayMs,
    close: () => clearInterval(timer),
  };
}
