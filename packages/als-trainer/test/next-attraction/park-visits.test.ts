import { expect, test } from '@jest/globals';
import type { Table } from 'apache-arrow';
import fc from 'fast-check';
import type { Attraction } from '@attractions/contracts';

import { parkVisitsOf, timingOf } from '../../src/next-attraction/park-visits.js';
import type { ParkVisits } from '../../src/next-attraction/park-visits.js';
import { at, visitsTable } from '../support/visits-table.js';
import type { VisitAt } from '../support/visits-table.js';

const attraction = (attractionId: string, park: string): Attraction => ({
  attractionId,
  park,
  name: attractionId,
  themes: [],
});

const visits: VisitAt[] = [
  ['ann', 'p:1', 9],
  ['ann', 'q:1', 10],
  ['ann', 'p:2', 11],
  ['bob', 'p:2', 10],
  ['ann', 'p:1', 12.5],
];

test('visits fall apart by park; each knows what its visitor did there before', () => {
  const { lastTime, parks } = parkVisitsOf(visitsTable(visits), [attraction('p:3', 'p')]);
  const [p, q] = parks;
  expect(lastTime).toBe(at(12.5));
  expect(p?.attractionIds).toEqual(['p:1', 'p:2', 'p:3']);
  expect(Array.from(p?.times ?? [])).toEqual([9, 10, 11, 12.5].map(at));
  expect(Array.from(p?.items ?? [])).toEqual([0, 1, 1, 0]);
  expect(Array.from(p?.isNew ?? [])).toEqual([1, 1, 1, 0]);
  expect(Array.from(p?.previous ?? [])).toEqual([-1, -1, 0, 1]);
  expect(Array.from(p?.gapHours ?? [])).toEqual([0, 0, 2, 1.5]);
  expect(Array.from(p?.times ?? [], (_, visit) => Array.from(p?.knownBefore(visit) ?? []))).toEqual([
    [],
    [],
    [0],
    [0, 1],
  ]);
  expect(q?.attractionIds).toEqual(['q:1']);
  expect(Array.from(q?.previous ?? [])).toEqual([-1]);
});

const columnsOf = (parks: Iterable<ParkVisits>) =>
  Array.from(parks, ({ knownBefore, knownBeside, ...columns }) => ({
    ...columns,
    known: Array.from(columns.users, (_, visit) => [Array.from(knownBefore(visit)), Array.from(knownBeside(visit))]),
  }));

/** The same, slow and obvious. */
function expectedOf(visits: readonly VisitAt[]) {
  const sorted = visits
    .map(([user, id, hour]) => ({ user, id, time: at(hour) }))
    .sort((a, b) => a.time - b.time || (a.user < b.user ? -1 : +(a.user > b.user)) || (a.id < b.id ? -1 : 1));
  return sorted.map(({ user, id, time }, n) => {
    const before = sorted.slice(0, n).filter((other) => other.user === user);
    return { id, time, known: [...new Set(before.map((other) => other.id))], previous: before.at(-1)?.id };
  });
}

test('the same as by a sort and a look at all earlier visits, also before 1970', () => {
  // Whole milliseconds, 28,125 apart.
  const hours = fc.integer({ min: -2e9, max: 2e9 }).map((n) => n / 128);
  const hour = fc.oneof(fc.integer({ min: 0, max: 3 }), hours);
  const visit = fc.tuple(fc.constantFrom('ann', 'bob', 'cid'), fc.constantFrom('p:1', 'p:2', 'p:3'), hour);
  fc.assert(
    fc.property(fc.array(visit, { minLength: 1 }), (some) => {
      const [p] = parkVisitsOf(visitsTable(some), []).parks;
      if (!p) throw new Error('no park');
      const idOf = (item: number) => p.attractionIds[item];
      const found = Array.from(p.times, (time, n) => ({
        id: idOf(p.items[n] as number),
        time,
        known: Array.from(p.knownBefore(n), idOf),
        previous: idOf(p.previous[n] as number),
      }));
      expect(found).toEqual(expectedOf(some));
    }),
  );
});

test('visits of the very same time know of each other, since nobody knows which came first', () => {
  const [park] = parkVisitsOf(
    visitsTable([
      ['ann', 'p:3', 1],
      ['ann', 'p:1', 2],
      ['ann', 'p:2', 2],
      ['bob', 'p:2', 2],
    ]),
    [],
  ).parks;
  expect(Array.from(park?.isTied ?? [])).toEqual([0, 1, 1, 0]);
  expect([0, 1, 2, 3].map((visit) => Array.from(park?.knownBeside(visit) ?? []))).toEqual([[], [2, 1], [2, 0], []]);
});

test('times that are all midnights are days; times on the first day of 1970 are an order', () => {
  const of = (...times: number[]) => timingOf({ times: Float64Array.from(times) });
  expect([of(at(0), at(24)), of(at(0), at(25)), of(1_000, 2_000), of(1_000, at(0)), of()]).toEqual([
    'days',
    'clock',
    'order',
    'clock',
    'clock',
  ]);
});

test('the order of the table does not show, not even in equal times', () => {
  const tied: VisitAt[] = [...visits, ['bob', 'p:1', 10], ['cid', 'p:1', 10]];
  const expected = columnsOf(parkVisitsOf(visitsTable(tied), []).parks);
  expect(columnsOf(parkVisitsOf(visitsTable([...tied].reverse()), []).parks)).toEqual(expected);
});

test("the attractions' own park wins over the id's", () => {
  const parks = [...parkVisitsOf(visitsTable(visits), [attraction('q:1', 'p')]).parks];
  expect(parks.map(({ park }) => park)).toEqual(['p']);
  expect(parks[0]?.attractionIds).toEqual(['p:1', 'p:2', 'q:1']);
});

test('a table without times is refused', () => {
  const table = visitsTable(visits).select(['user_id', 'attraction_id', 'photos']);
  expect(() => parkVisitsOf(table as Table as ReturnType<typeof visitsTable>, [])).toThrow(/visited_at is missing/);
});
