import { afterAll, describe, expect, test } from '@jest/globals';
import { duckDbEngine } from '../../src/engine/duckdb.js';
import { millisOf } from '../../src/files/time.js';
import { sql } from '../../src/frame/frame.js';
import { sniffDelimited, sniffEncoding } from '../../src/guess/delimited.js';
import { lookAt, timeFormatOf } from '../../src/guess/values.js';

const engine = duckDbEngine();
afterAll(() => engine.close());

/** The 21st of May 2026, 15:04:05, as people write it, and how much of it is there. */
const TIMES: readonly [text: string, format: string, iso: string][] = [
  ['2026-05-21', 'iso', '2026-05-21T00:00:00Z'],
  ['2026-05-21T15:04:05Z', 'iso', '2026-05-21T15:04:05Z'],
  ['2026-05-21 15:04:05+02:00', 'iso', '2026-05-21T13:04:05Z'],
  ['1779375845', 'unix-seconds', '2026-05-21T15:04:05Z'],
  ['1779375845000', 'unix-millis', '2026-05-21T15:04:05Z'],
  ['1779375845000000', 'unix-micros', '2026-05-21T15:04:05Z'],
  ['21.05.2026', '%d.%m.%Y', '2026-05-21T00:00:00Z'],
  ['21.5.2026 15:04', '%d.%m.%Y %H:%M', '2026-05-21T15:04:00Z'],
  ['21.05.26', '%d.%m.%y', '2026-05-21T00:00:00Z'],
  ['21/05/2026 15:04:05', '%d/%m/%Y %H:%M:%S', '2026-05-21T15:04:05Z'],
  ['5/21/2026 3:04 PM', '%m/%d/%Y %I:%M %p', '2026-05-21T15:04:00Z'],
  ['05/21/26', '%m/%d/%y', '2026-05-21T00:00:00Z'],
  ['2026/05/21 15:04:05', '%Y/%m/%d %H:%M:%S', '2026-05-21T15:04:05Z'],
  ['20260521', '%Y%m%d', '2026-05-21T00:00:00Z'],
  ['20260521150405', '%Y%m%d%H%M%S', '2026-05-21T15:04:05Z'],
  ['21 Aug 2026 15:04', '%d %b %Y %H:%M', '2026-08-21T15:04:00Z'],
  ['August 21, 2026', '%B %d, %Y', '2026-08-21T00:00:00Z'],
  ['21/Aug/2026:15:04:05 +0200', '%d/%b/%Y:%H:%M:%S %z', '2026-08-21T13:04:05Z'],
  ['Fri Aug 21 15:04:05 2026', '%a %b %d %H:%M:%S %Y', '2026-08-21T15:04:05Z'],
];

describe('times', () => {
  test.each(TIMES)('%s is of the format %s, and an engine reads it by that', async (text, format, iso) => {
    expect(timeFormatOf([text])?.format).toBe(format);
    const [row] = await engine.rows(sql`SELECT ${millisOf(sql`${text}`, format)} AS ms`);
    expect(Number(row?.['ms'])).toBe(Date.parse(iso));
  });

  test('a day that may be a month is said to be either', () => {
    expect(timeFormatOf(['01/05/2026', '02/06/2026'])).toMatchObject({ format: '%d/%m/%Y', orElse: '%m/%d/%Y' });
    expect(timeFormatOf(['01/05/2026', '02/26/2026'])).toEqual({ format: '%m/%d/%Y', hasClock: false });
  });

  test('what is not a time is none', () => {
    for (const text of ['noon', '12', '1.5', 'A-2026-05-01', '99999999']) expect(timeFormatOf([text])).toBeUndefined();
  });
});

test('values tell their kind, and how many are empty', () => {
  expect(lookAt('a', ['1', '2', '', '2'])).toMatchObject({ kind: 'integer', emptyShare: 0.25, distinct: ['1', '2'] });
  expect(lookAt('a', ['1,5', '2.5']).kind).toBe('decimal');
  expect(lookAt('a', ['["x"]', '[]']).kind).toBe('list');
  expect(lookAt('a', ['', ' ']).kind).toBe('empty');
});

test('a delimiter is the one that cuts lines alike, whatever is quoted or a decimal comma', () => {
  const cases: readonly [text: string, delimiter: string, names: readonly string[] | undefined][] = [
    ['a,b\n"x;y;z",2\n"u;v;w",3\n', ',', ['a', 'b']],
    ['name;price;day\nx;1,50;2026-01-01\ny;2,50;2026-01-02\n', ';', ['name', 'price', 'day']],
    ['a\tb\nx, y\t1\nz\t2\n', '\t', ['a', 'b']],
    ['1|2026-01-01 10:00:00|x\n2|2026-01-01 10:00:00|y\n', '|', undefined],
    ['when,what\n10:00:00,x\n11:00:00,y\n', ',', ['when', 'what']],
  ];
  for (const [text, delimiter, names] of cases) expect(sniffDelimited(text)).toMatchObject({ delimiter, names });
  expect(sniffDelimited('one\ntwo\n')).toBeUndefined();
});

test('an encoding is told from bytes', () => {
  expect(sniffEncoding(Buffer.from('Müller'))).toBeUndefined();
  expect(sniffEncoding(Buffer.from('Müller', 'latin1'))).toBe('latin1');
  expect(sniffEncoding(Buffer.from('a;b\n1;2\n', 'utf16le'))).toBe('utf-16le');
});
