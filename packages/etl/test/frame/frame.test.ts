import { expect, test } from '@jest/globals';
import { frame, toSql } from '../../src/frame/frame.js';

const numbers = frame('numbers', 'SELECT 1 AS n');
const twice = frame('twice', 'SELECT n * 2 AS n FROM numbers', numbers);
const both = frame('both', 'SELECT * FROM numbers UNION ALL SELECT * FROM twice', twice, numbers);

test('inputs come once, each before its readers', () => {
  expect(toSql(both).replaceAll('\n', ' ')).toBe(
    'WITH numbers AS ( SELECT 1 AS n ), twice AS ( SELECT n * 2 AS n FROM numbers ), ' +
      'both AS ( SELECT * FROM numbers UNION ALL SELECT * FROM twice ) SELECT * FROM both',
  );
});

test('a frame that is kept is read from its table, and what it was made from is left out', () => {
  expect(toSql(twice, 'SELECT max(n) FROM twice', new Map([[twice, 'kept']])).replaceAll('\n', ' ')).toBe(
    'WITH twice AS ( SELECT * FROM kept ) SELECT max(n) FROM twice',
  );
});

test('two frames of one name are refused', () => {
  const other = frame('numbers', 'SELECT 2 AS n');
  expect(() => toSql(frame('all', 'SELECT 1', numbers, other))).toThrow(RangeError);
});
