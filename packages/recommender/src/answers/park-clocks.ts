import type { RequestTime } from '@attractions/contracts';
import { RecommenderError } from '../errors.js';

/** IANA time zones of parks. They convert the moment of a request to the clock of the visits in the feed. */
export interface TimeZones {
  /** The time zone of every park that `parks` does not name. Default: UTC, the clock of the published photos. */
  readonly default?: string | undefined;
  readonly parks?: Readonly<Record<string, string>> | undefined;
}

/**
 * Reads time zones from one text, such as `north=Europe/Berlin,south=America/New_York`; an entry without a park is the zone of all other parks.
 * @throws RecommenderError RECOMMENDER_TIME_ZONES_INVALID with every problem
 */
export function timeZonesIn(text = ''): TimeZones {
  const entries = text.split(',').filter((entry) => entry.trim() !== '');
  const pairs = entries.map((entry) => {
    const at = entry.lastIndexOf('=');
    return { park: at < 0 ? undefined : entry.slice(0, at).trim(), zone: entry.slice(at + 1).trim() };
  });
  const faults = pairs.flatMap(({ park, zone }, n) => [
    ...(park === '' ? [`'${entries[n]}' names no park`] : []),
    ...(isTimeZone(zone) ? [] : [`'${zone}' is not a time zone`]),
    ...(pairs.findIndex((other) => other.park === park) < n
      ? [`${park ?? 'the zone of all other parks'} is given twice`]
      : []),
  ]);
  if (faults.length > 0) throw new RecommenderError('RECOMMENDER_TIME_ZONES_INVALID', `${faults.join(', ')}.`);
  const named = pairs.flatMap(({ park, zone }) => (park === undefined ? [] : [[park, zone] as const]));
  return { default: pairs.find(({ park }) => park === undefined)?.zone, parks: Object.fromEntries(named) };
}

/** The clocks of the parks, by which visits are timed. */
export interface ParkClocks {
  /**
   * Reads the time of a request; now if it has none.
   *
   * @returns what the clock of a park shows at that time, in milliseconds since 1970; without a park, the clock of all other parks
   * @throws RecommenderError RECOMMENDER_REQUEST_INVALID, at either call, for what is not a time of the years 1 to 9999
   */
  at(time?: RequestTime): (park?: string) => number;
  /** IANA name of the time zone of a park; without a park, that of all other parks. */
  zoneOf(park?: string): string;
}

const [FIRST, LAST] = [Date.parse('0001-01-01T00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];

/** RFC 3339, but seconds and offset may be missing, and a space may replace the `T`. */
const TIME = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;

/**
 * Makes the clocks of parks in their time zones. Moments are converted to clock times, never the other way round. So an hour that a clock shows twice, when
 * it is set back, counts as one hour; and a time in an hour that the clock skips is taken as written.
 *
 * @param now milliseconds since 1970, UTC; default: the system clock
 * @throws RecommenderError RECOMMENDER_TIME_ZONES_INVALID with every unknown time zone
 */
export function parkClocks({ default: usual = 'UTC', parks = {} }: TimeZones = {}, now = Date.now): ParkClocks {
  const zones = [...new Set([usual, ...Object.values(parks)])];
  const unknown = zones.filter((zone) => !isTimeZone(zone));
  if (unknown.length > 0)
    throw new RecommenderError(
      'RECOMMENDER_TIME_ZONES_INVALID',
      `There is no time zone ${unknown.map((zone) => `'${zone}'`).join(', ')}; give IANA names such as Europe/Berlin.`,
    );
  const offsets = new Map(zones.map((zone) => [zone, offsetIn(zone)]));
  const zoneOf = (park?: string): string =>
    (park !== undefined && Object.hasOwn(parks, park) ? parks[park] : undefined) ?? usual;
  const shownAt = (moment: number, park?: string): number => moment + (offsets.get(zoneOf(park))?.(moment) ?? 0);
  return {
    zoneOf,
    at(time) {
      if (time === undefined) {
        const moment = now();
        return (park) => shownAt(moment, park);
      }
      const { shown, offsetMs } = typeof time === 'number' ? { shown: time, offsetMs: undefined } : partsOf(time);
      return (park) => {
        const onClock = offsetMs === undefined ? shown : shownAt(shown - offsetMs, park);
        if (onClock >= FIRST && onClock <= LAST) return onClock;
        throw invalid(time, 'give a time in the years 1 to 9999; a number is milliseconds since 1970');
      };
    },
  };
}

/** Time zones that the system was found to know: asking it takes milliseconds. */
const known = new Set(['UTC']);

/** Whether a text names a time zone that the system knows. */
function isTimeZone(name: string): boolean {
  if (known.has(name)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    known.add(name);
    return true;
  } catch {
    return false;
  }
}

/** What a clock shows, in RFC 3339 without an offset. */
export const clockText = (shown: number): string => new Date(shown).toISOString().slice(0, -1);

function partsOf(text: string): { readonly shown: number; readonly offsetMs: number | undefined } {
  const plain = plainTime(text);
  if (plain !== undefined) return { shown: plain, offsetMs: undefined };
  const [, day = '', minute = '', second = '00', fraction = '', offset] = TIME.exec(text) ?? [];
  const shown = Date.parse(`${day}T${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  // JavaScript reads 31 April as 1 May, without an error.
  if (Number.isNaN(shown) || new Date(shown).getUTCDate() !== Number(day.slice(8))) throw invalid(text, hintFor(text));
  if (offset === undefined) return { shown, offsetMs: undefined };
  if (/z/i.test(offset)) return { shown, offsetMs: 0 };
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4));
  return { shown, offsetMs: (offset.startsWith('-') ? -1 : 1) * minutes * 60_000 };
}

/**
 * Reads a time as most programs write it, `2014-08-05T14:30:00` with or without `.123`, digit by digit. Several times as fast as the general way, and a
 * request has a time for each visit. Undefined for any other form, and for a time that may not exist.
 */
function plainTime(text: string): number | undefined {
  const { length } = text;
  if (length !== 19 && length !== 23) return undefined;
  for (let k = 0; k < length; k++) {
    const unit = text.charCodeAt(k);
    const due = PLAIN.charCodeAt(k);
    if (due === DIGIT ? unit < 48 || unit > 57 : unit !== due) return undefined;
  }
  const two = (at: number) => 10 * text.charCodeAt(at) + text.charCodeAt(at + 1) - 11 * DIGIT;
  const [year, month, day] = [100 * two(0) + two(2), two(5), two(8)];
  const [hour, minute, second] = [two(11), two(14), two(17)];
  // Whether days 29 to 31 exist is checked by the general way.
  if (year < 100 || month < 1 || month > 12 || day < 1 || day > 28 || hour > 23 || minute > 59 || second > 59)
    return undefined;
  const millis = length === 19 ? 0 : 10 * two(20) + text.charCodeAt(22) - DIGIT;
  return Date.UTC(year, month - 1, day, hour, minute, second, millis);
}

const PLAIN = '0000-00-00T00:00:00.000';
const DIGIT = 48;

function hintFor(text: string): string {
  const usual = 'give RFC 3339, such as 2014-08-05T14:30:00 on the clock of the park or 2014-08-05T14:30:00+02:00';
  return / \d\d:\d\d$/.test(text) ? `${usual}; in a URL the + is written %2B` : usual;
}

function invalid(time: RequestTime, fix: string): RecommenderError {
  const shown = typeof time === 'string' ? `'${time.slice(0, 100)}'` : time;
  return new RecommenderError('RECOMMENDER_REQUEST_INVALID', `The time is ${shown}; ${fix}.`);
}

/** Milliseconds that a zone is ahead of UTC at a moment. */
function offsetIn(zone: string): (moment: number) => number {
  if (zone === 'UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  return (moment) => {
    if (!(Math.abs(moment) <= 8.64e15)) return 0;
    const [, sign, hours, minutes, seconds = 0] =
      /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(format.format(moment)) ?? [];
    if (sign === undefined) return 0;
    return (sign === '-' ? -1 : 1) * (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
  };
}
