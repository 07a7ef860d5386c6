import type { Attraction } from '@attractions/contracts';
import { expect, test } from '@jest/globals';
import { visitLogOf, visitorsOf, visitsTableOf } from '../src/visit-log.js';
import { logOf, named, visitsTable } from './support/log.js';
import type { VisitAt } from './support/log.js';

const visits: VisitAt[] = [
  ['bob', 'q:1', 3],
  ['ann', 'p:2', 1],
  ['ann', 'p:1', 1],
  ['bob', 'p:1', 2],
  ['bob', 'p:1', 4],
];

test('time order; equal times by user, then by attraction; parks from the ids', () => {
  const log = logOf(visits);
  expect(named(log)).toEqual([
    ['ann', 'p:1', 1],
    ['ann', 'p:2', 1],
    ['bob', 'p:1', 2],
    ['bob', 'q:1', 3],
    ['bob', 'p:1', 4],
  ]);
  expect(log.names.parks).toEqual(['p', 'q']);
  expect(Array.from(log.names.parkOf)).toEqual([0, 0, 1]);
  expect(Array.from(visitorsOf(log))).toEqual([2, 1, 1]);
});

test('a listed attraction has a name and a park of its own, visited or not', () => {
  const listed: Attraction = { attractionId: 'x', park: 'r', name: 'The Wheel', themes: [] };
  const { names } = visitLogOf(visitsTable(visits), [listed]);
  expect(names.attractionIds).toEqual(['p:1', 'p:2', 'q:1', 'x']);
  expect(names.titles).toEqual(['p:1', 'p:2', 'q:1', 'The Wheel']);
  expect(names.parks[names.parkOf[3] as number]).toBe('r');
});

test('the table of a log makes the same log', async () => {
  const log = logOf(visits);
  expect(visitLogOf(await visitsTableOf(log), [])).toEqual(log);
});

test('a table without a column is refused', () => {
  const table = visitsTable(visits).select(['user_id', 'attraction_id', 'photos']);
  expect(() => visitLogOf(table as typeof table & ReturnType<typeof visitsTable>, [])).toThrow(/visited_at is missing/);
});
