import { describe, expect, test } from '@jest/globals';

import { nextAttraction } from '@attractions/contracts';
import type { NextAttractionModel } from '@attractions/contracts';
import { hourOfDay } from '../src/next-attraction-score.js';
import { encoded, roundTrip } from '@attractions/feeds/testing';

const tables = {
  park: 'p',
  attractionIds: ['p:a', 'p:b'],
  popular: [-0.5, -1.25],
  lately: [0.1, -0.1],
  byHour: Array.from({ length: 24 }, () => [0, 0.5]),
  onward: [
    [0, 1],
    [1, 0],
  ],
  patienceHours: 0.75,
  weights: { popular: 1 },
};
const model: NextAttractionModel = { asOf: 1_700_006_400_000, parks: [tables] };
const withTables = (change: object) => ({ ...model, parks: [{ ...tables, ...change }] });

describe('a model of the next attraction', () => {
  test('comes back as it went', async () => {
    expect(await roundTrip(nextAttraction.codec, model)).toEqual(model);
  });

  test.each<[string, unknown, string]>([
    ['nothing', null, 'is an object'],
    ['a broken time', { ...model, asOf: 0.5 }, 'asOf is 0.5, not a time in ms.'],
    ['one park twice', { ...model, parks: [tables, tables] }, 'Park 2: park is "p", which an earlier one is too.'],
    ['unsorted ids', withTables({ attractionIds: ['p:b', 'p:a'] }), 'not ascending texts at "p:a"'],
    ['a number that is none', withTables({ popular: [NaN, 0] }), 'Park p: popular holds NaN, not a finite number.'],
    ['too short a row', withTables({ lately: [0] }), 'Park p: lately is no list of 2 numbers.'],
    ['23 hours', withTables({ byHour: tables.byHour.slice(1) }), 'byHour is no list of 24 rows.'],
    ['a broken row', withTables({ onward: [[0, 1], [1]] }), 'onward[1] is no list of 2 numbers.'],
    ['a broken row of those together', withTables({ together: [[0, 1], [1]] }), 'together[1] is no list of 2 numbers.'],
    ['a day that is none', withTables({ asOf: NaN }), 'asOf is NaN, not a time in ms.'],
    ['no half-life', withTables({ halfLifeDays: 0 }), 'halfLifeDays is 0, not a number above 0.'],
    ['no patience', withTables({ patienceHours: 0 }), 'patienceHours is 0, not a number above 0.'],
    ['no weights', withTables({ weights: { popular: null } }), 'weights is no object of numbers.'],
  ])('with %s is refused', async (_, value, message) => {
    await expect(encoded(nextAttraction.codec, value as NextAttractionModel)).rejects.toMatchObject({
      code: 'FEEDS_VALUE_INVALID',
      message: expect.stringContaining(message),
    });
  });

  test('with a broken number anywhere is refused, in what later versions may add too', async () => {
    const together = [
      [0, 1],
      [1, 0],
    ];
    const text = JSON.stringify(withTables({ together, asOf: 1, halfLifeDays: 365, later: { table: [[3]] } }));
    const numbers = [...text.matchAll(/(?<=[[:,])-?\d[\d.]*(?=[\],}])/g)];
    expect(numbers).toHaveLength(66);
    for (const { index, 0: number } of numbers) {
      const broken = JSON.parse(`${text.slice(0, index)}"broken"${text.slice(index + number.length)}`, (_, value) =>
        value === 'broken' ? NaN : value,
      );
      await expect(encoded(nextAttraction.codec, broken)).rejects.toMatchObject({ code: 'FEEDS_VALUE_INVALID' });
    }
  });

  test('hours of the day are 0 to 23, before 1970 too', () => {
    expect([0, 3_600_000, 86_399_999, 86_400_000, -1].map(hourOfDay)).toEqual([0, 1, 23, 0, 23]);
  });
});
