import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { clockText, parkClocks, timeZonesIn } from '../../src/answers/park-clocks.js';

const zones = { default: 'America/New_York', parks: { north: 'Europe/Berlin', south: 'Asia/Kathmandu' } };
const clocks = parkClocks(zones, () => Date.UTC(2026, 6, 1, 12));
const shown = (time: string | number | undefined, park?: string) => clockText(clocks.at(time)(park));

describe('the clock of a park', () => {
  test('is not converted without an offset, and converted to the time zone of the park with one', () => {
    expect(shown('2014-08-05T14:30', 'north')).toBe('2014-08-05T14:30:00.000');
    expect(shown('2014-08-05T12:30:00Z', 'north')).toBe('2014-08-05T14:30:00.000');
    expect(shown('2014-08-05t12:30:00.25z', 'elsewhere')).toBe('2014-08-05T08:30:00.250');
    expect(shown('2014-08-05 12:30:59.9999-01:30', 'south')).toBe('2014-08-05T19:45:59.999');
    expect(shown(Date.UTC(2014, 7, 5, 14, 30), 'north')).toBe('2014-08-05T14:30:00.000');
  });

  // The last days of a month and a blank for the T take the way that reads every form.
  test('is read the same however it is written', () => {
    const moment = fc.integer({ min: Date.UTC(1, 0, 2), max: Date.UTC(9999, 11, 30) });
    fc.assert(
      fc.property(moment, (ms) => {
        const text = clockText(ms);
        const whole = 1_000 * Math.floor(ms / 1_000);
        for (const written of [text, text.replace('T', ' '), `${text}0`]) expect(clocks.at(written)('north')).toBe(ms);
        expect(clocks.at(text.slice(0, 19))('north')).toBe(whole);
      }),
    );
  });

  test('shows now where no time is given', () => {
    expect([undefined, 'north', 'south'].map((park) => shown(undefined, park).slice(11, 16))).toEqual([
      '08:00',
      '14:00',
      '17:45',
    ]);
  });

  // Berlin, 2014: from 02:00 to 03:00 on March 30, from 03:00 back to 02:00 on October 26.
  test('is put on over an hour that no moment falls into; written without an offset, that hour is taken as it is', () => {
    expect(shown('2014-03-30T00:59:59Z', 'north')).toBe('2014-03-30T01:59:59.000');
    expect(shown('2014-03-30T01:00:00Z', 'north')).toBe('2014-03-30T03:00:00.000');
    expect(shown('2014-03-30T02:30:00', 'north')).toBe('2014-03-30T02:30:00.000');
  });

  test('is put back: two moments show the same', () => {
    expect(shown('2014-10-26T00:30:00Z', 'north')).toBe('2014-10-26T02:30:00.000');
    expect(shown('2014-10-26T01:30:00Z', 'north')).toBe('2014-10-26T02:30:00.000');
  });

  test.each([
    'yesterday',
    '',
    '2014-08-05',
    '2014-02-30T10:00:00',
    '2014-08-05T24:00:00',
    '2014-08-05T10:60:00',
    '10000-01-01T00:00:00Z',
    '0000-06-01T00:00:00Z',
    '9999-12-31T23:59:59-23:59',
    '2014-08-05T10:00:00+24:00',
    NaN,
    Infinity,
    -1e300,
    Date.UTC(10_000, 0),
  ])('does not show %j', (time) => {
    expect(() => parkClocks().at(time)('north')).toThrow(
      expect.objectContaining({
        code: 'RECOMMENDER_REQUEST_INVALID',
        message: expect.stringContaining('The time is '),
      }),
    );
  });

  test('a + that a URL made a blank is recognised', () => {
    expect(() => parkClocks().at('2014-08-05T10:00:00 02:00')).toThrow('in a URL the + is written %2B');
  });

  test('what it shows is what Intl prints, in any zone and at any moment', () => {
    const zone = fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Africa/Monrovia', 'UTC');
    fc.assert(
      fc.property(zone, fc.integer({ min: Date.UTC(1901, 0), max: Date.UTC(2100, 0) }), (timeZone, moment) => {
        const printed = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
        const found = clockText(parkClocks({ default: timeZone }).at(new Date(moment).toISOString())());
        expect(found.slice(0, 19).replace('T', ' ')).toBe(printed.format(moment));
      }),
    );
  });
});

describe('time zones in a text', () => {
  test('are of parks, or of all others', () => {
    expect(timeZonesIn('north=Europe/Berlin, a=b=UTC,America/New_York')).toEqual({
      default: 'America/New_York',
      parks: { north: 'Europe/Berlin', 'a=b': 'UTC' },
    });
    expect(timeZonesIn()).toEqual({ default: undefined, parks: {} });
  });

  test('are refused with everything that is wrong', () => {
    expect(() => timeZonesIn('north=Mars/Olympus,=UTC,UTC,Berlin')).toThrow(
      "'Mars/Olympus' is not a time zone, '=UTC' names no park, 'Berlin' is not a time zone, the zone of all other parks is given twice.",
    );
  });
});
