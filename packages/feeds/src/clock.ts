import { setTimeout as delay } from 'node:timers/promises';

/** Time, as a writer needs it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(durationMs: number): Promise<void>;
}

export const systemClock: Clock = { now: Date.now, sleep: (durationMs) => delay(durationMs) };
