import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { inOrder, longOnes, takeNext } from '../../src/fleet/order.js';
import type { Waiting } from '../../src/fleet/order.js';

const named = (tenants: readonly Waiting[]) => tenants.map(({ tenant }) => tenant);

test('new ones are first, then those that waited longest, whatever came of their last turn', () => {
  const tenants = [
    { tenant: 'yesterday', endedMs: 200, seconds: 1 },
    { tenant: 'new-b' },
    { tenant: 'last-week', endedMs: 100, seconds: 900 },
    { tenant: 'new-a' },
    { tenant: 'yesterday-too', endedMs: 200, seconds: 0.5 },
  ];
  expect(named(inOrder(tenants))).toEqual(['new-a', 'new-b', 'last-week', 'yesterday-too', 'yesterday']);
});

test('a tenant is long by what the others take, and not below 20 s', () => {
  const of = (...seconds: number[]) => [...longOnes(seconds.map((each, n) => ({ tenant: `t${n}`, seconds: each })))];
  expect(of(1, 1, 1, 19)).toEqual([]);
  expect(of(1, 1, 1, 21)).toEqual(['t3']);
  expect(of(100, 100, 100, 999)).toEqual([]);
  expect(of(100, 100, 100, 1_001)).toEqual(['t3']);
  expect([...longOnes([{ tenant: 'new' }])]).toEqual([]);
});

/** Lets so many workers take all tenants; short ones take one unit of time, long ones ten. Gives who began, in order, with how many long ones were running. */
function simulated(queue: Waiting[], long: ReadonlySet<string>, workers: number) {
  const began: string[] = [];
  const running = new Map<string, number>();
  let isCrowded = false;
  for (let now = 0; queue.length > 0 || running.size > 0; now++) {
    for (const [tenant, ends] of running) if (ends <= now) running.delete(tenant);
    while (running.size < workers && queue.length > 0) {
      const next = takeNext(queue, long, running.keys(), workers) as Waiting;
      began.push(next.tenant);
      running.set(next.tenant, now + (long.has(next.tenant) ? 10 : 1));
      const areLong = [...running.keys()].every((tenant) => long.has(tenant));
      if (areLong && running.size === workers && queue.some(({ tenant }) => !long.has(tenant))) isCrowded = true;
    }
  }
  return { began, isCrowded };
}

test('every tenant is taken once, and long ones never have all workers while a short one waits', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), (areLong, workers) => {
      const queue = areLong.map((_, n) => ({ tenant: `t${n}` }));
      const long = new Set(queue.filter((_, n) => areLong[n]).map(({ tenant }) => tenant));
      const all = named(queue);
      const { began, isCrowded } = simulated(queue, long, workers);
      expect([...began].sort()).toEqual([...all].sort());
      expect(isCrowded).toBe(false);
      // Of one length, the order is kept.
      for (const wanted of [true, false])
        expect(began.filter((tenant) => long.has(tenant) === wanted)).toEqual(
          all.filter((tenant) => long.has(tenant) === wanted),
        );
    }),
  );
});
