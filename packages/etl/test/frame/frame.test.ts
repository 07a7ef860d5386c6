import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { frame, sql, statementOf } from '../../src/frame/frame.js';
import type { Frame, SqlPart } from '../../src/frame/frame.js';

const numbers = frame('numbers')`SELECT 1 AS n`;
const twice = frame('twice')`SELECT n * 2 AS n FROM ${numbers}`;
const both = frame('both')`SELECT * FROM ${numbers} UNION ALL SELECT * FROM ${twice}`;

const oneLine = (text: string): string => text.replaceAll('\n', ' ');

test('inputs are what was interpolated, and come once, each before its readers', () => {
  expect(both.inputs).toEqual([numbers, twice]);
  expect(oneLine(statementOf(both))).toBe(
    'WITH numbers AS ( SELECT 1 AS n ), twice AS ( SELECT n * 2 AS n FROM numbers ), ' +
      'both AS ( SELECT * FROM numbers UNION ALL SELECT * FROM twice ) SELECT * FROM both',
  );
});

test('a fragment brings its inputs with it', () => {
  const only = sql`n IN (SELECT n FROM ${twice})`;
  const filtered = frame(
    'filtered',
  )`SELECT n FROM ${numbers} WHERE ${only} AND n IN (${sql.join([sql`${1}`, sql`${2}`], ', ')})`;
  expect(filtered.inputs).toEqual([numbers, twice]);
  expect(filtered.sql).toBe('SELECT n FROM numbers WHERE n IN (SELECT n FROM twice) AND n IN (1, 2)');
});

test('a frame that is kept is read from its table, and what it was made from is left out', () => {
  expect(oneLine(statementOf(sql`SELECT max(n) FROM ${twice}`, new Map([[twice, 'kept']])))).toBe(
    'WITH twice AS ( SELECT * FROM kept ) SELECT max(n) FROM twice',
  );
});

test.each<[SqlPart, string]>([
  ["it's", "('it' || chr(39) || 's')"],
  ['\\', "('' || chr(92))"],
  ['a\nb', "('a' || chr(10) || 'b')"],
  ['', "''"],
  [5, '5'],
  [-5, '(-5)'],
  [0.5, '0.5e0'],
  [1e-7, '1e-7'],
  [true, 'true'],
  [null, 'NULL'],
  [new Date('2026-01-02T03:04:05.006Z'), "TIMESTAMP '2026-01-02 03:04:05.006'"],
])('the literal of %p is %s', (value, expected) => {
  expect(frame('one')`SELECT ${value} AS v`.sql).toBe(`SELECT ${expected} AS v`);
});

test.each<[string, () => unknown]>([
  ['two frames of one name', () => frame('x')`SELECT * FROM ${numbers}, ${frame('numbers')`SELECT 2 AS n`}`],
  ['a frame that has the name of one below it', () => frame('numbers')`SELECT * FROM ${twice}`],
  [
    'two frames of one name below a query',
    () => statementOf(sql`SELECT * FROM ${twice}, ${frame('numbers')`SELECT 2 AS n`}`),
  ],
  ['a name in capitals', () => frame('Visits')`SELECT 1 AS n`],
  ['a name that is SQL', () => frame('x; DROP TABLE y')`SELECT 1 AS n`],
  ['a statement that is not a SELECT', () => frame('x')`DELETE FROM ${numbers}`],
  ['two statements', () => frame('x')`SELECT 1 AS n; SELECT 2`],
  ['a backslash in the text', () => frame('x')`SELECT '\d' AS n`],
  // @ts-expect-error A value that is not there does not compile.
  ['undefined', () => frame('x')`SELECT ${undefined} AS n`],
  // @ts-expect-error Nor does a look-alike.
  ['an object that looks like a fragment', () => frame('x')`SELECT ${{ text: '1; DROP', inputs: [] }}`],
  ['an invalid date', () => frame('x')`SELECT ${new Date(NaN)} AS n`],
  ['half a surrogate pair', () => frame('x')`SELECT ${'\ud83c'} AS n`],
  ['a column that is SQL', () => sql.identifier('n, m')],
])('%s is refused when it is composed', (_, compose) => {
  expect(compose).toThrow(expect.objectContaining({ code: 'ETL_FRAME_INVALID' }));
});

test.each([
  ['FROM', () => frame('x')`SELECT n FROM numbers`],
  ['a join', (f: Frame) => frame('x')`SELECT n FROM ${f} a LEFT JOIN numbers b ON a.n = b.n`],
  ['a list', (f: Frame) => frame('x')`SELECT n FROM ${f} a, numbers b`],
  ['a subquery', (f: Frame) => frame('x')`SELECT n FROM ${f} WHERE n IN (SELECT n FROM numbers)`],
  ['a join in brackets', (f: Frame) => frame('x')`SELECT n FROM (numbers a JOIN ${f} b ON a.n = b.n)`],
  ['the second half of a union', (f: Frame) => frame('x')`SELECT n FROM ${f} UNION ALL SELECT n FROM numbers`],
  ['a schema', (f: Frame) => frame('x')`WITH main AS (SELECT n FROM ${f}) SELECT n FROM main.numbers`],
  ['quotes', () => frame('x')`SELECT n FROM "numbers"`],
])('a relation that was typed instead of interpolated is refused in %s', (_, compose) => {
  expect(() => compose(twice)).toThrow(
    expect.objectContaining({ message: expect.stringMatching(/which is not one of its inputs/) }),
  );
});

test.each([
  ['an own common table expression', (f: Frame) => frame('x')`WITH a AS (SELECT n FROM ${f}) SELECT n FROM a, a b`],
  ['a function that returns rows', () => frame('x')`SELECT n FROM range(3) t(n)`],
  ['values', () => frame('x')`SELECT n FROM (VALUES (1), (2)) AS t(n)`],
  ['FROM in a function', (f: Frame) => frame('x')`SELECT extract(year FROM n) AS y, trim(both FROM m) AS m FROM ${f}`],
  [
    'IS DISTINCT FROM',
    (f: Frame) => frame('x')`SELECT n FROM ${f} WHERE n IS DISTINCT FROM m AND n IS NOT DISTINCT FROM m`,
  ],
  ['FROM in a text or comment', (f: Frame) => frame('x')`SELECT 'FROM numbers' AS t FROM ${f} -- FROM numbers`],
  ['commas after the clause', (f: Frame) => frame('x')`SELECT a, b FROM ${f} WHERE a > 0 GROUP BY a, b ORDER BY a, b`],
  ['a join by columns', (f: Frame) => frame('x')`SELECT a FROM ${f} l JOIN ${f} r USING (a, b) ORDER BY a, l.b`],
])('%s is not taken for a forgotten input', (_, compose) => {
  expect(() => compose(twice)).not.toThrow();
});

test('whatever text is interpolated, it stays one literal', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { sql: made } = frame('x')`SELECT ${text} AS t`;
      expect(made).toMatch(/^SELECT (\(?'([^'\\]|'')*'( \|\| ('([^'\\]|'')*'|chr\(\d+\)))*\)?) AS t$/);
    }),
  );
});
