import type { Client } from 'pg';
import { EtlError } from '../errors.js';
import type { Watermark } from '../files/options.js';

/** A query as something to select from: its columns are `c0`, `c1`, … there, since two of them may have one name. */
export interface Relation {
  /** What stands behind FROM. */
  readonly from: string;
  readonly columns: readonly RelationColumn[];
}

interface RelationColumn {
  readonly name: string;
  /** As pg_type has it: `A` lists, `D` times, `N` numbers, … */
  readonly category: string;
}

/** The columns of a query, which is not run for it. */
export async function relationOf(client: Client, query: string): Promise<Relation> {
  const bare = query.trim().replace(/;\s*$/, '');
  // The extended protocol takes one statement only.
  const { fields } = await client.query({
    text: `SELECT * FROM (${bare}\n) AS q LIMIT 0`,
    queryMode: 'extended',
  } as { text: string });
  const { rows } = await client.query<{ oid: number; category: string }>(
    `SELECT oid, typcategory AS category FROM pg_type WHERE oid = ANY($1::oid[])`,
    [fields.map(({ dataTypeID }) => dataTypeID)],
  );
  const categories = new Map(rows.map(({ oid, category }) => [Number(oid), category]));
  const columns = fields.map(({ name, dataTypeID }) => ({ name, category: categories.get(dataTypeID) ?? '' }));
  return { from: `(${bare}\n) AS q(${columns.map((_, i) => `c${i}`).join(', ')})`, columns };
}

/** How far a query was read: `rows` rows, of which none has a watermark above `upto`, and all those without a watermark. */
export interface Position {
  readonly rows: number;
  /** The watermark as PostgreSQL writes it. */
  readonly upto: string;
}

/** The column that only grows, as conditions of SQL. */
export interface Mark {
  /** Its place among the columns, from 0, and its name in the relation. */
  readonly place: number;
  readonly column: string;
  above(value: string): string;
  upTo(value: string): string;
  /** That a row is old enough to be read: none with a lower watermark is expected any more. */
  readonly isSettled: string;
}

/** @throws EtlError ETL_HEADER_UNKNOWN, ETL_OPTIONS_INVALID. */
export function markOf({ from, columns }: Relation, { column: name, delay }: Watermark): Mark {
  const places = columns.flatMap((column, i) => (column.name === name ? [i] : []));
  const [place] = places;
  if (place === undefined || places.length > 1) {
    const problem = place === undefined ? 'is not among them' : 'is there twice';
    throw new EtlError(
      'ETL_HEADER_UNKNOWN',
      `The query has the columns ${columns.map((each) => `'${each.name}'`).join(', ')}; its watermark is '${name}', which ${problem}.`,
    );
  }
  const column = `c${place}`;
  const fits = delay === undefined || columns[place]?.category === (typeof delay === 'number' ? 'N' : 'D');
  if (!fits) {
    const right = typeof delay === 'number' ? 'a number' : 'a time';
    throw new EtlError(
      'ETL_OPTIONS_INVALID',
      `The delay of the watermark is ${JSON.stringify(delay)}, but '${name}' is not ${right}; give a time such as "10 minutes" for a column of times, a number for one of numbers.`,
    );
  }
  const isSettled =
    delay === undefined
      ? 'true'
      : typeof delay === 'number'
        ? `${column} <= (SELECT max(${column}) FROM ${from}) - ${delay}`
        : `${column} <= now() - interval '${delay}'`;
  return {
    place,
    column,
    above: (value) => `${column} > ${literal(value)}`,
    upTo: (value) => `${column} <= ${literal(value)}`,
    isSettled,
  };
}

const literal = (text: string): string => ` E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** The greatest watermark that may be read, above one that was; undefined where there is none. */
export async function lastSettled(
  client: Client,
  { from }: Relation,
  { column, above, isSettled }: Mark,
  after?: string,
): Promise<string | undefined> {
  const isNew = after === undefined ? `${column} IS NOT NULL` : above(after);
  const { rows } = await client.query<{ upto: string }>(
    `SELECT ${column}::text AS upto FROM ${from} WHERE ${isNew} AND ${isSettled} ORDER BY ${column} DESC LIMIT 1`,
  );
  return rows[0]?.upto;
}

/** How many rows a condition holds for. */
export async function countRows(client: Client, { from }: Relation, condition: string): Promise<number> {
  const { rows } = await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${from} WHERE ${condition}`);
  return Number(rows[0]?.n);
}
