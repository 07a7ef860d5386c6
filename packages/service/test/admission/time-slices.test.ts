import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { timeSlices } from '../../src/admission/time-slices.js';

test('work that does not fit into one turn waits for the next turns, in order; later work queues behind it', async () => {
  let nowMs = 0;
  const { run, waitedMs } = timeSlices(2, () => nowMs);
  const done: string[] = [];
  const work = (name: string) =>
    run(() => {
      done.push(name);
      nowMs += 1.5;
    });
  for (const name of ['a', 'b', 'c', 'd']) work(name);
  expect(done).toEqual(['a', 'b']);
  expect(waitedMs()).toBe(0);
  nowMs += 10;
  expect(waitedMs()).toBe(10);
  work('e');
  await setImmediate();
  expect(done).toEqual(['a', 'b', 'c', 'd']);
  await setImmediate();
  expect(done).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(waitedMs()).toBe(0);
  await setImmediate();
  work('f');
  expect(done.at(-1)).toBe('f');
});

test('work that takes longer than a turn still goes through, one a turn', async () => {
  let nowMs = 0;
  const { run } = timeSlices(2, () => nowMs);
  let done = 0;
  for (let n = 0; n < 3; n++)
    run(() => {
      done++;
      nowMs += 100;
    });
  expect(done).toBe(1);
  await setImmediate();
  expect(done).toBe(2);
  await setImmediate();
  expect(done).toBe(3);
});
