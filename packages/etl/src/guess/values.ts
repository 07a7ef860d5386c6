/** What the values of a column look like. */
type ValueKind = 'empty' | 'time' | 'integer' | 'decimal' | 'list' | 'text';

/** A column of a sample, as far as it can be told from its values. */
export interface ColumnLook {
  /** In a header a name, in JSON lines a key or a pointer, without a header a number from 1, or a folder's key. */
  readonly place: string | number;
  readonly kind: ValueKind;
  /** How many values were looked at. */
  readonly count: number;
  /** The share of them that is empty. */
  readonly emptyShare: number;
  /** The values that are not empty, each once, in the order in which they first appear. */
  readonly distinct: readonly string[];
  /** Of `time`; undefined where the file itself says that they are times. */
  readonly time?: TimeGuess;
}

/** How times are written. */
export interface TimeGuess {
  /** As the option `timeFormat` has it. */
  readonly format: string;
  /** Another format that fits the values as well. */
  readonly orElse?: string;
  /** Whether there is a time of day. */
  readonly hasClock: boolean;
}

/** The share of values that has to fit for a column to be of a kind; the others would be refused. */
const ENOUGH = 0.8;

/** Looks at the values of a column. */
export function lookAt(place: string | number, values: readonly string[], isTyped = false): ColumnLook {
  const given = values.map((value) => value.trim()).filter((value) => value !== '');
  const looks = {
    place,
    count: values.length,
    emptyShare: values.length === 0 ? 1 : 1 - given.length / values.length,
    distinct: [...new Set(given)],
  };
  if (given.length === 0) return { ...looks, kind: 'empty' };
  if (isTyped) return { ...looks, kind: 'time' };
  const share = (pattern: RegExp): number => given.filter((value) => pattern.test(value)).length / given.length;
  const time = timeFormatOf(given);
  if (time) return { ...looks, kind: 'time', time };
  if (share(/^-?\d+$/) >= ENOUGH) return { ...looks, kind: 'integer' };
  if (share(/^-?\d*[.,]?\d+$/) >= ENOUGH) return { ...looks, kind: 'decimal' };
  if (share(/^\[.*\]$/) >= ENOUGH) return { ...looks, kind: 'list' };
  return { ...looks, kind: 'text' };
}

/** Whether one value alone is a time or a number: a header has none. */
export function isData(value: string): boolean {
  return /^-?\d+([.,]\d+)?$/.test(value.trim()) || timeFormatOf([value.trim()]) !== undefined;
}

const MONTHS = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';

/** What the parts of a pattern match. */
const PARTS: Readonly<Record<string, string>> = {
  '%d': '(0?[1-9]|[12]\\d|3[01])',
  '%m': '(0?[1-9]|1[0-2])',
  '%Y': '(19|20)\\d\\d',
  '%y': '\\d\\d',
  '%H': '([01]?\\d|2[0-3])',
  '%I': '(0?[1-9]|1[0-2])',
  '%M': '[0-5]\\d',
  '%S': '[0-5]\\d',
  '%p': '[AaPp][Mm]',
  '%b': `(${MONTHS})`,
  '%B': '(January|February|March|April|May|June|July|August|September|October|November|December)',
  '%a': '(Mon|Tue|Wed|Thu|Fri|Sat|Sun)',
  '%z': '[+-]\\d\\d:?\\d\\d',
};

const DATES = [
  '%d.%m.%Y',
  '%d/%m/%Y',
  '%m/%d/%Y',
  '%d-%m-%Y',
  '%m-%d-%Y',
  '%Y/%m/%d',
  '%Y.%m.%d',
  '%d.%m.%y',
  '%d/%m/%y',
  '%m/%d/%y',
  '%d %b %Y',
  '%d-%b-%Y',
  '%b %d, %Y',
  '%d %B %Y',
  '%B %d, %Y',
];
const CLOCKS = ['', ' %H:%M', ' %H:%M:%S', ', %H:%M', ', %H:%M:%S', ' %I:%M %p', ' %I:%M:%S %p', 'T%H:%M:%S'];

const PATTERNS = [
  ...DATES.flatMap((date) => CLOCKS.map((clock) => date + clock)),
  '%d/%b/%Y:%H:%M:%S %z',
  '%a %b %d %H:%M:%S %Y',
  '%a, %d %b %Y %H:%M:%S GMT',
  '%Y%m%d%H%M%S',
  '%Y%m%d',
];

const FORMATS: readonly (readonly [string, RegExp])[] = [
  ['iso', /^(19|20)\d\d-\d\d?-\d\d?([T ]\d\d:\d\d.*)?$/i],
  ['unix-seconds', /^[1-9]\d{8,9}([.]\d+)?$/],
  ['unix-millis', /^[1-9]\d{11,12}([.]0+)?$/],
  ['unix-micros', /^[1-9]\d{14,15}$/],
  ...PATTERNS.map((pattern) => [pattern, expressionOf(pattern)] as const),
];

function expressionOf(pattern: string): RegExp {
  // Without signs between them, the digits of each part are fixed.
  if (/^[%a-zA-Z]+$/.test(pattern))
    return new RegExp(
      `^(19|20)\\d\\d(0[1-9]|1[0-2])(0[1-9]|[12]\\d|3[01])${pattern.includes('%H') ? '([01]\\d|2[0-3])[0-5]\\d[0-5]\\d' : ''}$`,
    );
  const escaped = pattern.replace(/[.+]/g, '\\$&').replace(/%[a-zA-Z]/g, (part) => PARTS[part] ?? part);
  return new RegExp(`^${escaped}$`);
}

/** The format that most of the values have, undefined where they are not times. Of two that fit alike, the one that more people use. */
export function timeFormatOf(given: readonly string[]): TimeGuess | undefined {
  const ranked = FORMATS.map(([format, pattern]) => ({
    format,
    share: given.filter((value) => pattern.test(value)).length / given.length,
  })).filter(({ share }) => share >= ENOUGH);
  const best = Math.max(...ranked.map(({ share }) => share));
  const [first, second] = ranked.filter(({ share }) => share === best);
  if (!first) return undefined;
  const hasClock = /%[HI]|^unix/.test(first.format) || (first.format === 'iso' && given.some((value) => value.length > 10)); // prettier-ignore
  return { format: first.format, hasClock, ...(second && { orElse: second.format }) };
}
