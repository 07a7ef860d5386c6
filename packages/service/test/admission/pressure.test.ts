import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { pressureOf } from '../../src/admission/pressure.js';

describe('pressureOf', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  test('degrades from half of the requests in flight on, and is full above them', () => {
    const pressure = pressureOf({ maxInFlight: 4, maxDelayMs: 60_000 });
    const loads = Array.from({ length: 6 }, () => {
      pressure.enter();
      return pressure.load();
    });
    expect(loads).toEqual(['normal', 'normal', 'degraded', 'degraded', 'full', 'full']);
    for (let n = 0; n < 6; n++) pressure.leave();
    expect([pressure.load(), pressure.inFlight()]).toEqual(['normal', 0]);
    pressure.close();
  });

  test('the delay includes the time that a turn of the event loop has taken', async () => {
    let nowMs = 0;
    const pressure = pressureOf({ maxInFlight: 1_000, maxDelayMs: 200 }, () => nowMs);
    const loads = Array.from({ length: 4 }, () => {
      pressure.enter();
      const load = pressure.load();
      nowMs += 90;
      return load;
    });
    expect(loads).toEqual(['normal', 'normal', 'degraded', 'full']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(pressure.load()).toBe('normal');
    pressure.close();
  });

  test('takes a delay for a queue once it stands, and forgets it at once', () => {
    jest.useFakeTimers();
    let nowMs = 0;
    const pressure = pressureOf({ maxInFlight: 100, maxDelayMs: 200 }, () => nowMs);
    const after = (...delaysMs: readonly number[]) => {
      for (const delayMs of delaysMs) {
        nowMs += 20 + delayMs;
        jest.advanceTimersByTime(20);
      }
      return [pressure.delayMs(), pressure.load()];
    };
    expect(after(0, 0, 0)).toEqual([0, 'normal']);
    expect(after(5_000)).toEqual([0, 'normal']);
    expect(after(0, 300, 300)).toEqual([0, 'normal']);
    expect(after(150)).toEqual([150, 'degraded']);
    expect(after(300, 300)).toEqual([150, 'degraded']);
    expect(after(300)).toEqual([300, 'full']);
    expect(after(0)).toEqual([0, 'normal']);
    pressure.close();
  });
});
