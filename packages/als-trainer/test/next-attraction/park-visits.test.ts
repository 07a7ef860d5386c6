import { expect, test } from '@jest/globals';
import type { Table } from 'apache-arrow';
import type { Attraction } from '@attractions/contracts';

import { parkVisitsOf } from '../../src/next-attraction/park-visits.js';
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
  const [p, q] = parkVisitsOf(visitsTable(visits), [attraction('p:3', 'p')]);
  expect(p?.attractionIds).toEqual(['p:1', 'p:2', 'p:3']);
  expect(Array.from(p?.times ?? [])).toEqual([9, 10, 11, 12.5].map(at));
  expect(Array.from(p?.items ?? [])).toEqual([0, 1, 1, 0]);
  expect(Array.from(p?.isNew ?? [])).toEqual([1, 1, 1, 0]);
  expect(Array.from(p?.previous ?? [])).toEqual([-1, -1, 0, 1]);
  expect(Array.from(p?.gapHours ?? [])).toEqual([0, 0, 2, 1.5]);
  expect(q?.attractionIds).toEqual(['q:1']);
  expect(Array.from(q?.previous ?? [])).toEqual([-1]);
});

test('the order of the table does not show, not even in equal times', () => {
  const tied: VisitAt[] = [...visits, ['bob', 'p:1', 10], ['cid', 'p:1', 10]];
  const expected = parkVisitsOf(visitsTable(tied), []);
  expect(parkVisitsOf(visitsTable([...tied].reverse()), [])).toEqual(expected);
});

test("the attractions' own park wins over the id's", () => {
  const parks = parkVisitsOf(visitsTable(visits), [attraction('q:1', 'p')]);
  expect(parks.map(({ park }) => park)).toEqual(['p']);
  expect(parks[0]?.attractionIds).toEqual(['p:1', 'p:2', 'q:1']);
});

test('a table without times is refused', () => {
  const table = visitsTable(visits).select(['user_id', 'attraction_id', 'photos']);
  expect(() => parkVisitsOf(table as Table as ReturnType<typeof visitsTable>, [])).toThrow(/visited_at is missing/);
});
