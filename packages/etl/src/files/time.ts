import { EtlError } from '../errors.js';
import { sql } from '../frame/frame.js';
import type { Sql } from '../frame/frame.js';

/** A format as the configuration has it; `millis` is what an engine makes of typed times. */
export type TimeFormat = string;

const PLAIN: readonly (readonly [TimeFormat, RegExp])[] = [
  ['iso', /^\d{4}-\d\d?-\d\d?([T ]\d\d:\d\d.*)?$/i],
  ['unix-seconds', /^\d{9,10}([.]\d+)?$/],
  ['unix-millis', /^\d{12,13}([.]0+)?$/],
  ['unix-micros', /^\d{15,16}$/],
];

/** The share of values that may be of a second plain format: one of the two would be read wrongly. */
const MAX_SECOND = 0.1;

/**
 * The format of some times: the one that half of them have at least, since bad values are rejects. Nine or ten digits are seconds (1973 to
 * 2286), twelve or thirteen milliseconds, fifteen or sixteen microseconds.
 * @throws EtlError ETL_HEADER_UNKNOWN where it is not plain.
 */
export function recognisedFormat(values: readonly string[], where: string): TimeFormat {
  const given = values.map((value) => value.trim()).filter((value) => value !== '');
  if (given.length === 0) return 'iso';
  const shares = PLAIN.map(([format, pattern]) => {
    return { format, share: given.filter((value) => pattern.test(value)).length / given.length };
  });
  const [first, second] = shares.sort((a, b) => b.share - a.share);
  if (first && second && first.share >= 0.5 && second.share <= MAX_SECOND) return first.format;
  const examples = [...new Set(given)].slice(0, 3).map((value) => `'${value.slice(0, 80)}'`);
  throw new EtlError(
    'ETL_HEADER_UNKNOWN',
    `It is not plain how ${where} writes times: ${examples.join(', ')}. Set \`timeFormat\` to 'iso', 'unix-seconds', 'unix-millis', 'unix-micros' or a pattern such as '%d.%m.%Y %H:%M'.`,
  );
}

/** Milliseconds since 1970 of a text, NULL if the text is not a time of this format. */
export function millisOf(text: Sql, format: TimeFormat): Sql {
  if (format === 'iso') return sql`iso_millis(${text})`;
  if (format === 'unix-seconds') return sql`seconds_millis(${text})`;
  if (format === 'unix-millis') return sql`whole_millis(${text})`;
  if (format === 'unix-micros') return sql`micros_millis(${text})`;
  return sql`pattern_millis(${text}, ${format})`;
}

/** What a reject says the text is not. */
export function describedFormat(format: TimeFormat): string {
  if (format === 'iso') return 'a time in ISO 8601';
  if (format === 'unix-seconds') return 'a number of seconds since 1970';
  if (format === 'unix-millis') return 'a number of milliseconds since 1970';
  if (format === 'unix-micros') return 'a number of microseconds since 1970';
  return `a time of the form '${format}'`;
}
