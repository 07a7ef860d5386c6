import { createHash } from 'node:crypto';
import type { Engine, RunOptions } from './engine/engine.js';
import { frame, sql } from './frame/frame.js';
import type { Frame } from './frame/frame.js';
import { counted } from './source/source.js';
import type { DeliveredVisits } from './source/source.js';

/** Users whose lines are left out as if they were not there: SHA-256 of the salt and the id in UTF-8, in hexadecimal. */
export interface LeftOut {
  readonly salt: string;
  readonly hashes: ReadonlySet<string>;
}

/** The reason of a line that cannot be read and names such a user. */
const REASON = 'The line cannot be read, and names a user who was forgotten.';

/**
 * Visits without the lines of some users, and how many lines those were. The users are looked for by the engine among all users of the data, one hash a user; where none
 * is there, nothing changes. A line that the source could not read loses its text where one of its words is such a user.
 */
export async function withoutUsers(
  given: DeliveredVisits,
  { salt, hashes }: LeftOut,
  engine: Engine,
  how: RunOptions,
): Promise<{ readonly visits: DeliveredVisits; readonly lines: number }> {
  if (hashes.size === 0) return { visits: given, lines: 0 };
  const visits = await counted(given);
  const { extract } = visits;
  const users = frame('visit_line_users')`
SELECT user_id, count(*) AS line_count FROM ${extract.unnumbered ?? extract.lines} GROUP BY user_id`;
  const list = sql.join(
    [...hashes].map((hash) => sql`${hash}`),
    ', ',
  );
  const found = await engine.rows(
    sql`SELECT user_id, line_count FROM ${users} WHERE sha2(${salt} || user_id, 256) IN (${list})`,
    how,
  );
  const faults = visits.faults.map((fault) =>
    wordsOf(fault.text).some((word) => hashes.has(hashOf(salt, word))) ? { ...fault, reason: REASON, text: '' } : fault,
  );
  if (found.length === 0) return { visits: { ...visits, faults }, lines: 0 };
  const ids = sql.join(
    found.map((row) => sql`${String(row['user_id'])}`),
    ', ',
  );
  const left = (name: string, lines: Frame): Frame =>
    frame(name)`SELECT l.* FROM ${lines} l WHERE l.user_id NOT IN (${ids})`;
  const lines = found.reduce((sum, row) => sum + Number(row['line_count']), 0);
  return {
    visits: {
      ...visits,
      faults,
      rows: visits.rows - lines,
      extract: {
        ...extract,
        lines: left('visit_lines_left', extract.lines),
        ...(extract.unnumbered && { unnumbered: left('visit_unnumbered_left', extract.unnumbered) }),
      },
    },
    lines,
  };
}

function hashOf(salt: string, userId: string): string {
  return createHash('sha256').update(`${salt}${userId}`).digest('hex');
}

/** What may be a user in a line of an unknown form: what stands between delimiters, and what stands between marks of any kind. */
function wordsOf(text: string): readonly string[] {
  const cells = text.split(/[,;|\t]/).map((cell) => cell.trim().replace(/^"|"$/g, ''));
  return [...new Set([...cells, ...text.split(/[^\p{L}\p{N}@._+-]+/u)])];
}
