import { expect, test } from '@jest/globals';

import { table } from '../src/text.js';

test('columns line up, numbers flush right', () => {
  const rows = [
    ['feed', 'rows'],
    ['etl/visits/v1.0', 4410],
    ['etl/rejects/v1.0', 37],
  ];
  expect(table(rows)).toBe('feed               rows\netl/visits/v1.0   4,410\netl/rejects/v1.0     37');
});

test('a heading alone is a table', () => {
  expect(table([['feed', 'rows']])).toBe('feed  rows');
});
