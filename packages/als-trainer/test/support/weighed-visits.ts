import { Float32, Table, vectorFromArray } from 'apache-arrow';
import type { VisitsTable } from '@attractions/contracts';

import { uniform } from './interactions.js';
import { visitsTable } from './visits-table.js';

/** Ids whose order differs between UTF-8 and UTF-16, and that SQL would have to quote. */
const ODD_IDS = ["o'hara", '\u{1F3A1} wheel', '\uFF5E tilde', 'two\nlines', '', 'ä'];

const idOf = (kind: string, n: number): string => ODD_IDS[n] ?? `${kind}-${n}`;

/**
 * Seeded visits of groups that like different attractions: some pairs repeat, some visits have no weight, some are dislikes, and the first user and the first
 * attraction have nothing else.
 */
export function weighedVisits(users: number, attractions: number, visits: number): VisitsTable {
  const rows = Array.from({ length: visits }, (_, n) => {
    const user = Math.floor(uniform(1, n) ** 1.5 * users);
    const group = user % 4;
    const near = Math.floor(uniform(2, n) ** 2 * attractions);
    const attraction = uniform(3, n) < 0.8 ? (4 * Math.floor(near / 4) + group) % attractions : near;
    const disliked = user === 0 || attraction === 0 || uniform(4, n) < 0.05;
    const weight = disliked ? -1 : uniform(5, n) < 0.3 ? null : 1 + Math.floor(4 * uniform(6, n));
    return { user, attraction, weight, hour: Math.floor(uniform(7, n) * 2000) };
  });
  const table = visitsTable(
    rows.map(({ user, attraction, hour }) => [idOf('user', user), idOf('ride', attraction), hour]),
  );
  const columns = Object.fromEntries(table.schema.fields.map(({ name }, n) => [name, table.getChildAt(n)]));
  const weight = vectorFromArray(
    rows.map((row) => row.weight),
    new Float32(),
  );
  return new Table({ ...columns, weight } as never) as unknown as VisitsTable;
}
