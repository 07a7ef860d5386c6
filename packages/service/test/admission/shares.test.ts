import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { pressureOf } from '../../src/admission/pressure.js';
import { sharesOf } from '../../src/admission/shares.js';
import { timeSlices } from '../../src/admission/time-slices.js';

test('of several senders one may have as many requests in flight as there is space left for, and the others go on', () => {
  const pressure = pressureOf({ maxInFlight: 100, maxDelayMs: 60_000 }, () => 0);
  pressure.enter('quiet');
  const loads = Array.from({ length: 60 }, () => {
    pressure.enter('noisy');
    return pressure.load('noisy');
  });
  // Of n in flight with one of another: degraded from n > (100 - n - 1) / 2, full from n > 100 - n - 1.
  expect([loads.indexOf('degraded') + 1, loads.indexOf('full') + 1]).toEqual([34, 50]);
  // More than half of all that may be in flight are, but not its own.
  expect(pressure.load('quiet')).toBe('normal');
  for (let n = 0; n < 60; n++) pressure.leave('noisy');
  expect([pressure.inFlight('noisy'), pressure.inFlight('quiet'), pressure.inFlight()]).toEqual([0, 1, 1]);
  pressure.close();
});

test('one sender alone may use everything, as in a service for one', () => {
  const pressure = pressureOf({ maxInFlight: 4, maxDelayMs: 60_000 }, () => 0);
  const loads = Array.from({ length: 5 }, () => {
    pressure.enter('only');
    return pressure.load('only');
  });
  expect(loads).toEqual(['normal', 'normal', 'degraded', 'degraded', 'full']);
  pressure.close();
});

test('above the limit of all, all are refused', () => {
  const pressure = pressureOf({ maxInFlight: 2, maxDelayMs: 60_000 }, () => 0);
  for (const sender of ['a', 'b', 'c']) pressure.enter(sender);
  expect(['a', 'b', 'c'].map((sender) => pressure.load(sender))).toEqual(['full', 'full', 'full']);
  pressure.close();
});

test('the senders that wait take turns, each with its first task', async () => {
  let nowMs = 0;
  const { run, waitedMs } = timeSlices(2, () => nowMs);
  const done: string[] = [];
  const work = (name: string) =>
    run(
      () => {
        done.push(name);
        nowMs += 3;
      },
      name.slice(0, 1),
    );
  for (const name of ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2']) work(name);
  nowMs += 10;
  expect([waitedMs('a'), waitedMs('b'), waitedMs('d'), waitedMs()]).toEqual([10, 10, 0, 10]);
  while (done.length < 7) await setImmediate();
  expect(done).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
});

test('a sender is modest while it sends less than half of the average, and is forgotten after two seconds', () => {
  let nowMs = 0;
  const shares = sharesOf(() => nowMs);
  for (let n = 0; n < 30; n++) shares.enter('noisy');
  expect(shares.isModest('noisy')).toBe(false);
  for (let n = 0; n < 5; n++) shares.enter('quiet');
  expect([shares.isModest('noisy'), shares.isModest('quiet'), shares.several()]).toEqual([false, true, true]);
  nowMs = 1_500;
  expect(shares.isModest('quiet')).toBe(true);
  nowMs = 5_000;
  shares.enter('quiet');
  expect([shares.isModest('quiet'), shares.several()]).toEqual([false, false]);
});
