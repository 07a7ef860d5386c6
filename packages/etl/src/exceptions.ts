import type { Reject } from '@attractions/contracts';
import type { Profile } from './checks/profile.js';
import type { Engine, RunOptions } from './engine/engine.js';
import { sql } from './frame/frame.js';
import type { Frame } from './frame/frame.js';
import type { Delivered, DeliveredVisits } from './source/source.js';
import { toReject } from './tally.js';

/** How many rows of a kind are named in the rejects; all of them are counted. */
const REJECTS_KEPT = 10_000;

/** What became of the lines that were left out. */
export interface Exceptions {
  readonly refused: number;
  readonly repeated: number;
  /** The first of those that were refused, and cells that were. */
  readonly named: readonly Reject[];
  /** How many were refused for each column. */
  readonly refusedBy: Readonly<Record<string, number>>;
  /** The first time, in units, of a line that was refused for lying in the future. */
  readonly due?: number;
}

export const NO_EXCEPTIONS: Exceptions = { refused: 0, repeated: 0, named: [], refusedBy: {} };

/** Counts the exceptions, and finds where the first ones stand. */
export async function exceptionsOf(
  exceptions: Frame,
  delivered: Delivered<{ readonly places?: Frame }> | undefined,
  engine: Engine,
  how: RunOptions,
): Promise<Exceptions> {
  await engine.keep(exceptions, how);
  const isVisits = exceptions.name !== 'attraction_rejects';
  const isCell = isVisits ? sql`false` : sql`is_cell`;
  const [counts] = await engine.rows(
    sql`SELECT count_if(reason IS NOT NULL AND NOT ${isCell}) AS refused, count_if(reason IS NULL) AS repeated, count(*) AS total, ${isVisits ? sql`min(due)` : sql`NULL`} AS due FROM ${exceptions}`,
    how,
  );
  const [refused, repeated, total] = [counts?.['refused'], counts?.['repeated'], counts?.['total']].map(Number);
  if (!refused && total === repeated) return { ...NO_EXCEPTIONS, repeated: repeated ?? 0 };
  const columns = await engine.rows(
    sql`SELECT column_name, count(*) AS refused FROM ${exceptions} WHERE reason IS NOT NULL GROUP BY column_name ORDER BY column_name`,
    how,
  );
  const refusedBy = Object.fromEntries(columns.map((row) => [String(row['column_name']), Number(row['refused'])]));
  const first = sql`SELECT file_number, line, column_name, reason FROM ${exceptions} WHERE reason IS NOT NULL ORDER BY file_number, line, column_name LIMIT ${REJECTS_KEPT}`;
  const places = delivered?.extract.places;
  const rows = await engine.rows(
    places === undefined
      ? first
      : sql`SELECT x.column_name, x.reason, p.file, p.file_line AS line, p.text FROM (${first}) x JOIN ${places} p ON p.file_number = x.file_number AND p.line = x.line`,
    how,
  );
  const keys = rows.map((row) => ({ fileNumber: Number(row['file_number']), line: Number(row['line']) }));
  const located = places === undefined ? await delivered?.locate?.(keys) : undefined;
  const named = rows.flatMap((row, i) => {
    if (places !== undefined) return [toReject(row)];
    const place = located?.[i];
    return place ? [toReject({ ...row, ...place })] : [];
  });
  const due = counts?.['due'] ?? null;
  return {
    refused: refused ?? 0,
    repeated: repeated ?? 0,
    named,
    refusedBy,
    ...(due !== null && { due: Number(due) }),
  };
}

/** Adds the rows that the source could not read. Those that it only counted are of no column. */
export function withFaults(
  refusedBy: Profile['rejects'],
  { faults, faultCount = faults.length }: DeliveredVisits,
): Profile['rejects'] {
  const sum: Record<string, number> = { ...refusedBy };
  for (const { column } of faults) sum[column] = (sum[column] ?? 0) + 1;
  if (faultCount > faults.length) sum[''] = (sum[''] ?? 0) + faultCount - faults.length;
  return sum;
}
