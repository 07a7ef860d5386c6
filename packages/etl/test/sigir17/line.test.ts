import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describeFault, judgeLine, MAX_LINE_BYTES, splitLine } from '../../src/sigir17/line.js';

function judge(line: string, width = 3): string {
  const bytes = Buffer.from(line);
  return judgeLine(bytes, 0, bytes.length, width);
}

test.each([
  ['a;b;c', 'regular'],
  ['"a";b;"c"', 'regular'],
  ['"a;b";"say:""hi""";""', 'regular'],
  ["Rock 'n' Roll;\\;c", 'regular'],
  ['a b;\u00e9;c', 'regular'],
  ['"a b";b;c', 'regular'],
  [';;c', 'regular'],
  ['a; b;c', 'padded'],
  ['a;b ;c', 'padded'],
  [' a;b;c', 'padded'],
  ['a;b;c ', 'padded'],
  ['" a";b;c', 'padded'],
  ['"a ";b;c', 'padded'],
  ['"a ""b""";b;c', 'padded'], // Only perhaps: the quote after the space might have been the closing one.
  ['', 'blank'],
  [' \t ', 'blank'],
  ['a;b', 'fields'],
  ['a;b;c;d', 'fields'],
  ['"a;b";c', 'fields'],
  ['"a;b;c', 'quotes'],
  ['a"b;c;d', 'quotes'],
  ['"a"b;c;d', 'quotes'],
  ['"a" ;c;d', 'quotes'],
  [' "a";c;d', 'quotes'],
  [';;', 'all-empty'],
  ['"";"";', 'all-empty'],
  [' ; ;', 'all-empty'],
  ['a;\0;c', 'control'],
  ['a;b\rb;c', 'control'],
  ['a;b;\x7f', 'control'],
  ['a;\x1a;c', 'control'],
  ['a;b\tb;c', 'regular'],
])('%j is %s', (line, verdict) => {
  expect(judge(line)).toBe(verdict);
});

test('a line is too long from one byte above the limit', () => {
  expect(judge(`;;${'x'.repeat(MAX_LINE_BYTES - 2)}`)).toBe('regular');
  expect(judge(`;;${'x'.repeat(MAX_LINE_BYTES - 1)}`)).toBe('too-long');
});

test('every list of fields, quoted or not, is regular and splits into itself', () => {
  const plain = fc.stringMatching(/^[a-z][a-z '\\#,]{0,5}[a-z]$/).map((value) => [value, value] as const);
  const quoted = fc
    .stringMatching(/^[a-z;"][a-z ;"]{0,5}[a-z;"]$/)
    .map((value) => [value, `"${value.replaceAll('"', '""')}"`] as const);
  fc.assert(
    fc.property(fc.array(fc.oneof(plain, quoted), { minLength: 1, maxLength: 6 }), (fields) => {
      const line = fields.map(([, written]) => written).join(';');
      expect(['regular', 'padded']).toContain(judge(line, fields.length));
      expect(splitLine(line)).toEqual(fields.map(([value]) => value));
    }),
  );
});

test('a fault is told with what was found', () => {
  expect(describeFault('fields', '"a;b";c', 3)).toBe('The line has 2 fields, but the header has 3.');
  expect(describeFault('control', 'a;\0;c', 3)).toBe('The line holds the control character U+0000.');
  expect(describeFault('control', 'a\tb\x7f', 3)).toBe('The line holds the control character U+007F.');
});
