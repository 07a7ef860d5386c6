import { EtlError } from '../errors.js';

/** What may stand in a template besides frames and fragments; it becomes a literal, whatever it holds. */
export type SqlValue = string | number | boolean | Date | null;

/** Put around the name of an interpolated relation, so that it can be told from a name that was typed. */
const MARK = '\x01';

/** A relation's name or expression, marked as interpolated. */
export function marked(relation: string): string {
  return `${MARK}${relation}${MARK}`;
}

/** The text as an engine takes it. */
export function withoutMarks(text: string): string {
  return text.replaceAll(MARK, '');
}

/**
 * A value as a literal that DuckDB, Spark and Sail read alike. Text: any that is well-formed Unicode; a character that an engine may take
 * for an escape is written as `chr(…)`, and so is a quote, since Sail reads two as none. A whole number is an INT or BIGINT, any other a DOUBLE; a Date is a TIMESTAMP in UTC.
 * @throws EtlError ETL_FRAME_INVALID for anything else, such as undefined, an invalid Date or half of a surrogate pair.
 */
export function literal(value: SqlValue | undefined): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return textLiteral(value);
  if (typeof value === 'number') return numberLiteral(value);
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Date) return dateLiteral(value);
  throw noLiteral(`a value of type ${typeof value}`);
}

function textLiteral(text: string): string {
  if (/\p{Surrogate}/u.test(text))
    throw noLiteral(`the text ${JSON.stringify(text)}, which is not well-formed Unicode,`);
  // Plain text and single characters in turn.

  const pieces = text.split(/([\\'\0-\x1f\x7f])/);
  const literals = pieces.map((piece, i) => (i % 2 === 1 ? `chr(${piece.charCodeAt(0)})` : `'${piece}'`));
  const needed = literals.filter((each, i) => i === 0 || each !== "''");
  return needed.length === 1 ? needed.join('') : `(${needed.join(' || ')})`;
}

function numberLiteral(value: number): string {
  if (!Number.isFinite(value)) return `CAST('${value}' AS DOUBLE)`;
  const isWhole = Number.isSafeInteger(value) && !Object.is(value, -0);
  const digits = Object.is(value, -0) ? '-0' : String(value);
  // Without an exponent, DuckDB and Spark take a fraction for a DECIMAL.
  const text = isWhole || digits.includes('e') ? digits : `${digits}e0`;
  // In brackets, since two minus signs in a row begin a comment.
  return text.startsWith('-') ? `(${text})` : text;
}

function dateLiteral(value: Date): string {
  const year = value.getUTCFullYear();
  if (Number.isNaN(year) || year < 1 || year > 9_999) throw noLiteral('a Date outside of the years 1 to 9999');
  return `TIMESTAMP '${value.toISOString().slice(0, -1).replace('T', ' ')}'`;
}

function noLiteral(what: string): EtlError {
  return new EtlError(
    'ETL_FRAME_INVALID',
    `There is no SQL literal for ${what}; give a text, number, boolean, Date or null.`,
  );
}

const TOKEN =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|\x01[^\x01]*\x01|[a-z_][a-z0-9_]*|[^\s]/gi;

const CLAUSES = new Set([
  'where',
  'group',
  'having',
  'window',
  'qualify',
  'order',
  'limit',
  'union',
  'except',
  'intersect',
  'select',
]);
const QUERY_STARTS = new Set(['select', 'with', 'values']);

/** One level of brackets. */
interface Level {
  /** Only there is FROM a clause: in `extract(year FROM t)` it is not. */
  readonly isQuery: boolean;
  /** Between FROM and the next clause, where a comma is followed by a relation. */
  inFrom: boolean;
  /** Whether a relation comes next. */
  expects: boolean;
}

/**
 * The first relation of a FROM clause or a join that was typed instead of interpolated, or undefined. Brackets, functions that return
 * rows, and the text's own common table expressions may be typed. A second statement counts as an unknown relation.
 */
export function unknownRelation(text: string): string | undefined {
  const tokens = (text.match(TOKEN) ?? []).filter((token) => !/^(--|\/\*)/.test(token));
  const words = tokens.map((token) => token.toLowerCase());
  const own = ownNames(words);
  const levels: Level[] = [{ isQuery: true, inFrom: false, expects: false }];
  for (const [i, word] of words.entries()) {
    const level = levels.at(-1);
    if (level === undefined) return tokens[i];
    if (word === ';') return word;
    if (word === ')') levels.pop();
    else if (word === '(') {
      const isQuery = QUERY_STARTS.has(words[i + 1] ?? '');
      levels.push({
        isQuery: isQuery || level.expects,
        inFrom: level.expects && !isQuery,
        expects: level.expects && !isQuery,
      });
      level.expects = false;
    } else if (level.expects && word !== 'lateral') {
      const isKnown = word.startsWith(MARK) || words[i + 1] === '(' || (own.has(word) && words[i + 1] !== '.');
      if (!isKnown) return tokens[i];
      level.expects = false;
    } else if (level.isQuery) {
      if (word === 'from' && words[i - 1] !== 'distinct') level.inFrom = level.expects = true;
      else if (word === 'join' || (word === ',' && level.inFrom)) level.expects = true;
      else if (CLAUSES.has(word)) level.inFrom = false;
    }
  }
  return undefined;
}

/** The names of common table expressions: `name AS (SELECT …`. */
function ownNames(words: readonly string[]): ReadonlySet<string> {
  const names = words.filter(
    (_, i) => words[i + 1] === 'as' && words[i + 2] === '(' && QUERY_STARTS.has(words[i + 3] ?? ''),
  );
  return new Set(names);
}
