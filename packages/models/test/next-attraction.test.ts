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
    ['nothing', null, 'The document is null; give an object.'],
    ['a broken time', { ...model, asOf: 0.5 }, 'asOf is 0.5; give a whole number.'],
    ['no time', { parks: [] }, 'asOf is missing; give a whole number.'],
    [
      'one park twice',
      { ...model, parks: [tables, tables] },
      'parks[1].park is "p", as an earlier one is; give each park once.',
    ],
    [
      'unsorted ids',
      withTables({ attractionIds: ['p:b', 'p:a'] }),
      'parks[0].attractionIds has "p:a" at 1; give ids that ascend.',
    ],
    ['a number that is none', withTables({ popular: [0, NaN] }), 'parks[0].popular has NaN at 1; give finite numbers.'],
    [
      'too short a row',
      withTables({ lately: [0] }),
      'parks[0].lately has 1 numbers; give one for each of the 2 attractions.',
    ],
    ['23 hours', withTables({ byHour: tables.byHour.slice(1) }), 'parks[0].byHour has 23 rows; give 24.'],
    [
      'a broken row',
      withTables({ onward: [[0, 1], [1]] }),
      'parks[0].onward[1] has 1 numbers; give one for each of the 2 attractions.',
    ],
    [
      'a broken row of those together',
      withTables({ together: [[0, 1], [1]] }),
      'parks[0].together[1] has 1 numbers; give one for each of the 2 attractions.',
    ],
    ['a row that is none', withTables({ onward: [[0, 1], 7] }), 'parks[0].onward[1] is 7; give a list of numbers.'],
    ['a day that is none', withTables({ asOf: NaN }), 'parks[0].asOf is NaN; give a finite number.'],
    ['no half-life', withTables({ halfLifeDays: 0 }), 'parks[0].halfLifeDays is 0; give a number above 0.'],
    ['no patience', withTables({ patienceHours: 0 }), 'parks[0].patienceHours is 0; give a number above 0.'],
    [
      'no weights',
      withTables({ weights: { popular: null } }),
      'parks[0].weights.popular is null; give a finite number.',
    ],
  ])('with %s is refused', async (_, value, message) => {
    await expect(encoded(nextAttraction.codec, value as NextAttractionModel)).rejects.toMatchObject({
      code: 'FEEDS_VALUE_INVALID',
      message,
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
