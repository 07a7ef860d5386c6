import { expect, test } from '@jest/globals';
import { ConfigError } from '../src/errors.js';
import { integer, number, text } from '../src/setting.js';
import { readConfig } from '../src/read.js';

test('a setting is frozen, and says its range in words', () => {
  const variable = 'HOURS';
  const description = 'Hours.';
  expect(Object.isFrozen(integer({ variable, description }))).toBe(true);
  expect(integer({ variable, description }).range).toBe('an integer');
  expect(integer({ variable, description, min: 0 }).range).toBe('an integer of at least 0');
  expect(number({ variable, description, max: 8.5, unit: 'hours' }).range).toBe('a number of at most 8.5 (hours)');
});

test('a default outside its own range is refused where it is declared', () => {
  const declared = () => integer({ variable: 'RANK', description: 'Factors.', default: 0, min: 1 });
  expect(declared).toThrow(ConfigError);
  expect(declared).toThrow(
    'The default of RANK, 0, is not an integer of at least 1; correct the default or the range.',
  );
});

test('the bounds belong to the range', () => {
  const rank = integer({ variable: 'RANK', description: 'Factors.', min: 1, max: 3 });
  expect([0, 1, 3, 4].map((value) => rank.accepts(value))).toEqual([false, true, true, false]);
  expect(['0', '1', '3', '4'].map((given) => rank.parse(given))).toEqual([undefined, 1, 3, undefined]);
});

test('a value of another type is not accepted', () => {
  const rank = integer({ variable: 'RANK', description: 'Factors.' });
  expect(['1', 1.5, null, undefined, Infinity].map((value) => rank.accepts(value))).toEqual(Array(5).fill(false));
});

test.each(['rank', 'RANK-1', '1RANK', ''])('%j is not a name for a variable', (variable) => {
  expect(() => text({ variable, description: 'Any.' })).toThrow(
    expect.objectContaining({ code: 'CONFIG_SETTING_INVALID' }),
  );
});

test('a text of a form is refused with what is wrong about it, beside all other problems', () => {
  const settings = {
    zone: text({
      variable: 'ZONE',
      description: 'Where.',
      range: 'a zone',
      fault: (given) => (given === 'Mars' ? "'Mars' is too far" : undefined),
    }),
    hours: integer({ variable: 'HOURS', description: 'Hours.' }),
  };
  expect(readConfig(settings, { ZONE: 'Venus' }).zone).toBe('Venus');
  expect(() => readConfig(settings, { ZONE: 'Mars', HOURS: 'x' })).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/ZONE is "Mars" \('Mars' is too far\), but must be a zone; [^]*HOURS is "x"/),
    }),
  );
});
