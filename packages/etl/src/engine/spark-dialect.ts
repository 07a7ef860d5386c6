import { EtlError } from '../errors.js';

/**
 * Functions that are DuckDB's macros, written out in the SQL of Spark and Sail. Each gives what DuckDB gives: where Spark takes more for a time or a number
 * than DuckDB does, a pattern comes first.
 */
const FUNCTIONS: Readonly<Record<string, (...args: readonly string[]) => string>> = {
  element_beside: (xs, x, ys) => `try_element_at(${ys}, CAST(nullif(array_position(${xs}, ${x}), 0) AS INT))`,
  iso_millis: (x) => `CASE WHEN regexp_like(${x}, '${ISO}') THEN unix_millis(try_cast(${x} AS TIMESTAMP_LTZ)) END`,
  seconds_millis: (x) => wholeOf(x, '* 1000'),
  whole_millis: (x) => wholeOf(x, ''),
  micros_millis: (x) => `(CASE WHEN regexp_like(${x}, '^[+-]?[0-9]{1,18}$') THEN CAST(${x} AS BIGINT) END div 1000)`,
  pattern_millis: (x, pattern = '') => `unix_millis(try_to_timestamp(${x}, ${javaPattern(pattern)}))`,
  hmac_sha256: (x, inner, outer) =>
    `sha2(unhex(${outer}) || unhex(sha2(unhex(${inner}) || encode(${x}, 'UTF-8'), 256)), 256)`,
  joined_list: (x) =>
    `CASE WHEN ${x} LIKE '[%]' THEN coalesce(array_join(from_json(${x}, 'array<string>'), '|'), ${x}) ELSE ${x} END`,
};

const ISO =
  '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([T ][0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}([.][0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?$';

const NUMBER = '^ *[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)? *$';

/** A number as whole milliseconds. `floor` fails on numbers that do not fit. */
function wholeOf(x: string | undefined, factor: string): string {
  const value = `try_cast(${x} AS DOUBLE)`;
  return `CASE WHEN regexp_like(${x}, '${NUMBER}') AND abs(${value}) < 9e15 THEN CAST(floor(${value} ${factor}) AS BIGINT) END`;
}

/** Letters of `strptime` in those of Java. Single letters take one digit or two, as `strptime` does. */
const LETTERS: Readonly<Record<string, string>> = {
  Y: 'yyyy',
  y: 'yy',
  m: 'M',
  d: 'd',
  H: 'H',
  I: 'h',
  M: 'm',
  S: 's',
  p: 'a',
  b: 'MMM',
  B: 'MMMM',
  a: 'EEE',
  A: 'EEEE',
  f: 'SSSSSS',
  g: 'SSS',
  z: 'xx',
  j: 'D',
};

/** A pattern of `strptime`, as a literal of SQL, in Java's letters. @throws EtlError ETL_OPTIONS_INVALID */
function javaPattern(literal: string): string {
  if (!/^'[^']*'$/.test(literal)) throw noPattern(literal);
  const made = literal.slice(1, -1).replace(/%(.)|([A-Za-z]+)/g, (_, letter?: string, text?: string) => {
    if (text !== undefined) return `" || chr(39) || "${text}" || chr(39) || "`;
    const java = letter === '%' ? '%' : LETTERS[letter ?? ''];
    if (java === undefined) throw noPattern(literal);
    return java;
  });
  return `("${made}")`.replaceAll('"', "'");
}

function noPattern(literal: string): EtlError {
  const known = Object.keys(LETTERS).map((letter) => `%${letter}`);
  return new EtlError(
    'ETL_OPTIONS_INVALID',
    `The timeFormat ${literal} has no counterpart on Spark; give a pattern of ${known.join(', ')}, or set ENGINE=duckdb.`,
  );
}

/** A statement in the SQL that all engines share, in that of Spark. */
export function sparkText(statement: string): string {
  const pattern = /'[^']*'|`[^`]*`|"([^"]*)"|\b([a-z_0-9]+)\(/g;
  let text = '';
  let from = 0;
  for (let found = pattern.exec(statement); found; found = pattern.exec(statement)) {
    const [whole, name, call] = found;
    if (name !== undefined) {
      // Sail takes only backticks for the quotes of a name.
      text += `${statement.slice(from, found.index)}\`${name}\``;
      from = found.index + whole.length;
    }
    const make = call === undefined ? undefined : FUNCTIONS[call];
    if (make === undefined) continue;
    const { args, end } = argumentsAt(statement, pattern.lastIndex);
    text += statement.slice(from, found.index) + make(...args.map((arg) => sparkText(arg.trim())));
    from = pattern.lastIndex = end;
  }
  return text + statement.slice(from);
}

/** The arguments of a call whose bracket was opened before `start`, and where it ends. */
function argumentsAt(statement: string, start: number): { readonly args: readonly string[]; readonly end: number } {
  const args: string[] = [];
  const token = /'[^']*'|[(),]/g;
  token.lastIndex = start;
  let depth = 0;
  let from = start;
  for (let found = token.exec(statement); found; found = token.exec(statement)) {
    const [sign] = found;
    if (sign === '(') depth++;
    else if ((sign === ')' || sign === ',') && depth === 0) {
      args.push(statement.slice(from, found.index));
      from = token.lastIndex;
      if (sign === ')') return { args, end: from };
    } else if (sign === ')') depth--;
  }
  throw new EtlError('ETL_FRAME_INVALID', `A bracket is never closed: '${statement.slice(start, start + 80)}'.`);
}
