import { EtlError } from '../errors.js';
import { literal, marked, unknownRelation, withoutMarks } from './sql-text.js';
import type { SqlValue } from './sql-text.js';

/** Tells frames and fragments from look-alikes: a value out of a JSON file can never pass for SQL. */
const KIND: unique symbol = Symbol.for('@attractions/etl/sql');

/**
 * A named relation that has not been computed: one `SELECT` over the frames that it reads from. Composing frames reads nothing; an
 * engine runs one when it is asked for rows.
 */
export interface Frame {
  readonly [KIND]: 'frame';
  /** Lower case with underscores; unique among the frames that are run together. */
  readonly name: string;
  /** One SELECT, without its inputs. Transformers keep to the SQL that DuckDB and Spark share. */
  readonly sql: string;
  /** Every frame that `sql` names, in the order of the text. */
  readonly inputs: readonly Frame[];
}

/** A piece of SQL together with the frames that it names. Made by {@link sql} only. */
export interface Sql {
  readonly [KIND]: 'sql';
  readonly text: string;
  readonly inputs: readonly Frame[];
}

/** What a template takes: a frame becomes an input, a fragment is put in as it is, a value becomes a literal. */
export type SqlPart = Frame | Sql | SqlValue;

/** What an engine runs: a frame as a whole, or a SELECT over frames. */
export type Query = Frame | Sql;

const NAME = /^[a-z_][a-z0-9_]*$/;

/**
 * Composes a frame: ``frame('long_visits')`SELECT user_id FROM ${visits} WHERE photos > ${5}` ``. Frames in the template become inputs
 * and values become escaped literals, so a frame cannot be read without being an input.
 * @throws EtlError ETL_FRAME_INVALID where the name is not lower case with underscores, the text is not one SELECT, reads from a relation
 * that was not interpolated, holds a backslash or a value that has no literal, or where two different frames have one name.
 */
export function frame(name: string): (strings: TemplateStringsArray, ...parts: readonly SqlPart[]) => Frame {
  if (!NAME.test(name)) throw invalid(`'${name}' is not a frame's name; use lower case and underscores.`);
  return (strings, ...parts) => {
    const { text, inputs } = sql(strings, ...parts);
    const made: Frame = { [KIND]: 'frame', name, sql: statementText(text, `The frame '${name}'`), inputs };
    inputsFirst([made]);
    return made;
  };
}

/**
 * A fragment of SQL to be put into other templates, or a SELECT to be run by an engine. Carries the frames it names.
 * @throws EtlError ETL_FRAME_INVALID where the text holds a backslash or a control character, or a value has no literal.
 */
export function sql(strings: TemplateStringsArray, ...parts: readonly SqlPart[]): Sql {
  const inputs = new Set<Frame>();
  let text = '';
  for (const [i, string] of strings.raw.entries()) {
    // DuckDB and Spark read a backslash differently, and control characters mark relations in the text.

    if (/[\\\0-\x08\x0e-\x1f]/.test(string))
      throw invalid(`The SQL '${string.trim()}' holds a backslash or a control character; interpolate the text.`);
    text += string;
    if (i === parts.length) break;
    const part = parts[i];
    if (isPart(part)) {
      for (const input of part[KIND] === 'frame' ? [part] : part.inputs) inputs.add(input);
      text += part[KIND] === 'frame' ? marked(part.name) : part.text;
    } else {
      text += literal(part);
    }
  }
  return fragment(text, [...inputs]);
}

/** Fragments one after another; of none, an empty fragment. */
sql.join = (parts: readonly Sql[], separator: string): Sql => {
  const inputs = new Set(parts.flatMap((part) => part.inputs));
  return fragment(parts.map(({ text }) => text).join(separator), [...inputs]);
};

/** A column's name that is not known when the template is written. Lower case with underscores. */
sql.identifier = (name: string): Sql => {
  if (!NAME.test(name)) throw invalid(`'${name}' is not a column's name; use lower case and underscores.`);
  return fragment(name, []);
};

/** For engines: a relation that only the engine knows, such as a table of its own or a function that reads a file. */
sql.relation = ({ text, inputs }: Sql): Sql => fragment(marked(withoutMarks(text)), inputs);

/**
 * The one statement that an engine runs: the frames as common table expressions, each once and before its readers.
 * `kept` has the tables of frames whose rows are at hand already; the inputs of those are left out.
 * @throws EtlError ETL_FRAME_INVALID as {@link frame} does.
 */
export function statementOf(query: Query, kept: ReadonlyMap<Frame, string> = new Map()): string {
  const { text, inputs } = query[KIND] === 'frame' ? sql`SELECT * FROM ${query}` : query;
  const select = statementText(text, 'The query');
  const expressions = inputsFirst(inputs, kept).map((each) => {
    const table = kept.get(each);
    return `${each.name} AS (\n${table === undefined ? each.sql : `SELECT * FROM ${table}`}\n)`;
  });
  return expressions.length === 0 ? select : `WITH ${expressions.join(',\n')}\n${select}`;
}

/** What a query is called in messages: `the frame 'visits'`. */
export function subjectOf(query: Query): string {
  if (query[KIND] === 'frame') return `the frame '${query.name}'`;
  return ['a query', ...query.inputs.map(({ name }) => `'${name}'`)].join(' of ');
}

/** The frames and all below them, each once and after its inputs. */
function inputsFirst(frames: readonly Frame[], kept: ReadonlyMap<Frame, string> = new Map()): readonly Frame[] {
  const ordered = new Map<string, Frame>();
  const place = (current: Frame): void => {
    const known = ordered.get(current.name);
    if (known === current) return;
    if (known !== undefined) throw invalid(`Two frames are named '${current.name}'; give each a name of its own.`);
    if (!kept.has(current)) current.inputs.forEach(place);
    // A frame below may have taken the name meanwhile.
    if (ordered.has(current.name))
      throw invalid(`Two frames are named '${current.name}'; give each a name of its own.`);
    ordered.set(current.name, current);
  };
  frames.forEach(place);
  return [...ordered.values()];
}

function statementText(text: string, subject: string): string {
  if (!/^\s*(select|with)\b/i.test(text))
    throw invalid(`${subject} is not a SELECT: '${withoutMarks(text).trim().slice(0, 80)}'.`);
  const unknown = unknownRelation(text);
  if (unknown !== undefined)
    throw invalid(
      `${subject} reads from '${unknown}', which is not one of its inputs; interpolate the frame: FROM \${…}.`,
    );
  return withoutMarks(text).trim();
}

function fragment(text: string, inputs: readonly Frame[]): Sql {
  return { [KIND]: 'sql', text, inputs };
}

function isPart(part: SqlPart | undefined): part is Query {
  return typeof part === 'object' && part !== null && KIND in part;
}

function invalid(message: string): EtlError {
  return new EtlError('ETL_FRAME_INVALID', message);
}
