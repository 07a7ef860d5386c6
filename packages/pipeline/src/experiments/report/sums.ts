/** Rows of users, metrics and days added up: by panel and day, and by panel and segment. */
import { frame, sql } from '@attractions/etl';
import type { Engine, Frame, RunOptions, Sql } from '@attractions/etl';

import { dayOf, windowMs } from './rows.js';
import type { PlacedMetric, Population } from './rows.js';

const SUMS = ['users', 'y', 'yy', 'x', 'xx', 'xy', 'z', 'zz', 'yz'] as const;

/** Moments, with all sums that the engine makes. */
export type Sums = Readonly<Record<(typeof SUMS)[number], number>>;

/** Sums of one metric. `day` and `segment` are absent in neither or both: a cell is of a day or of a segment. */
export interface Cell {
  readonly metric: number;
  readonly panel: string;
  /** Days since the first; what came to the sums on that day. */
  readonly day?: number;
  readonly segment?: { readonly by: 'park' | 'user'; readonly value: string };
  readonly moments: Sums;
}

/** How far single users carry a metric. */
export interface Heavy {
  readonly metric: number;
  /** What users are brought down to; absent without winsorising. */
  readonly cap?: number;
  readonly cappedUsers: number;
  readonly topUser?: string;
  /** The share of the highest user in the sum, before winsorising. */
  readonly topShare: number;
}

/** Adds the rows up: first what each metric is winsorised at, then its sums. */
export async function sumsOf(
  engine: Engine,
  { name, users, firstDay }: Population,
  parts: readonly Frame[],
  metrics: readonly PlacedMetric[],
  { isSegmented, how }: { readonly isSegmented: boolean; readonly how: RunOptions },
): Promise<{ readonly cells: readonly Cell[]; readonly heavy: readonly Heavy[] }> {
  const rows = frame(`${name}_rows`)`${sql.join(
    parts.map((part) => sql`SELECT user_number, metric, day, y, x, z FROM ${part}`),
    ' UNION ALL ',
  )}`;
  await engine.keep(rows, how);
  const totals = frame(`${name}_totals`)`
SELECT user_number, metric, sum(y) AS y, sum(x) AS x FROM ${rows} GROUP BY user_number, metric`;
  await engine.keep(totals, how);
  const caps = await capsOf(engine, totals, metrics, how);
  const heavy = await heavyUsers(engine, { users, totals }, metrics, caps, how);

  const capped = (column: Sql, of: 'y' | 'x'): Sql => {
    const cases = caps.flatMap((cap, place) => {
      const at = cap[of];
      return at === undefined ? [] : [sql`WHEN ${place} THEN least(${column}, ${at})`];
    });
    return cases.length === 0 ? column : sql`CASE metric ${sql.join(cases, ' ')} ELSE ${column} END`;
  };
  const window = sql`OVER (PARTITION BY user_number, metric ORDER BY day ROWS UNBOUNDED PRECEDING)`;
  // What was done before is in the first row of a user.
  const running = frame(`${name}_running`)`
SELECT user_number, metric, day, sum(y) ${window} AS y1, sum(y) ${window} - y AS y0, sum(x) ${window} AS x1, sum(x) ${window} - x AS x0,
  first_value(z) ${window} AS z, row_number() ${window} AS place
FROM (SELECT user_number, metric, day, sum(y) AS y, sum(x) AS x, sum(z) AS z FROM ${rows} GROUP BY user_number, metric, day) r`;
  const steps = frame(`${name}_steps`)`
SELECT user_number, metric, day, place, ${capped(sql`y1`, 'y')} AS y1, ${capped(sql`y0`, 'y')} AS y0, ${capped(sql`x1`, 'x')} AS x1, ${capped(sql`x0`, 'x')} AS x0,
  ${capped(sql`z`, 'y')} AS z
FROM ${running}`;
  const segments = isSegmented ? sql`, (s.metric, u.panel, u.park), (s.metric, u.panel, u.is_known)` : sql``;
  const columns = isSegmented ? sql`u.park AS park, u.is_known AS is_known` : sql`NULL AS park, NULL AS is_known`;
  const kind = isSegmented
    ? sql`CASE WHEN grouping(s.day) = 0 THEN 'day' WHEN grouping(u.park) = 0 THEN 'park' ELSE 'user' END`
    : sql`'day'`;
  const summed = await engine.rows(
    sql`SELECT s.metric AS metric, u.panel AS panel, s.day AS day, ${columns}, ${kind} AS kind,
  sum(y1 - y0) AS y, sum(y1 * y1 - y0 * y0) AS yy, sum(x1 - x0) AS x, sum(x1 * x1 - x0 * x0) AS xx, sum(x1 * y1 - x0 * y0) AS xy,
  sum(CASE WHEN place = 1 THEN z ELSE 0e0 END) AS z, sum(CASE WHEN place = 1 THEN z * z ELSE 0e0 END) AS zz, sum(z * (y1 - y0)) AS yz
FROM ${steps} s JOIN ${users} u ON u.user_number = s.user_number
GROUP BY GROUPING SETS ((s.metric, u.panel, s.day)${segments})`,
    how,
  );
  const counted = await usersOf(engine, { users, firstDay }, metrics, { isSegmented, how });
  return { cells: merged(summed.map(cellOf), counted), heavy };
}

type Bounds = { readonly y?: number; readonly x?: number };

/** For each metric, what the sums of a user are bounded by: the value at the rank floor(quantile * (n - 1)) of the n users who have any. */
async function capsOf(
  engine: Engine,
  totals: Frame,
  metrics: readonly PlacedMetric[],
  how: RunOptions,
): Promise<readonly Bounds[]> {
  const counts = await engine.rows(
    sql`SELECT metric, count_if(y > 0) AS y, count_if(x > 0) AS x FROM ${totals} GROUP BY metric`,
    how,
  );
  const caps: Bounds[] = [];
  for (const { metric, place } of metrics) {
    if (metric.type === 'proportion') {
      caps[place] = { y: 1 };
      continue;
    }
    const count = counts.find((row) => Number(row['metric']) === place);
    const at = (of: 'y' | 'x'): Sql => {
      const n = Number(count?.[of] ?? 0);
      // In the middle of the step that the rank has among n.
      const share = (Math.floor(metric.winsorize * (n - 1)) + 0.5) / n;
      const column = sql.identifier(of);
      return n === 0
        ? sql`CAST(NULL AS DOUBLE) AS ${column}`
        : sql`percentile_disc(${share}) WITHIN GROUP (ORDER BY ${column}) FILTER (WHERE ${column} > 0) AS ${column}`;
    };
    if (metric.winsorize >= 1) {
      caps[place] = {};
      continue;
    }
    const [found] = await engine.rows(sql`SELECT ${at('y')}, ${at('x')} FROM ${totals} WHERE metric = ${place}`, how);
    const bound = (of: 'y' | 'x') => (typeof found?.[of] === 'number' ? { [of]: found[of] } : {});
    caps[place] = { ...bound('y'), ...bound('x') };
  }
  return caps;
}

async function heavyUsers(
  engine: Engine,
  { users, totals }: { readonly users: Frame; readonly totals: Frame },
  metrics: readonly PlacedMetric[],
  caps: readonly Bounds[],
  how: RunOptions,
): Promise<readonly Heavy[]> {
  const isAbove = caps.flatMap(({ y, x }, place) =>
    metrics[place]?.metric.type === 'proportion' || (y ?? x) === undefined
      ? []
      : [
          sql`WHEN ${place} THEN ${y === undefined ? sql`false` : sql`t.y > ${y}`} OR ${x === undefined ? sql`false` : sql`t.x > ${x}`}`,
        ],
  );
  const above = isAbove.length === 0 ? sql`false` : sql`CASE t.metric ${sql.join(isAbove, ' ')} ELSE false END`;
  const found = await engine.rows(
    sql`SELECT h.metric AS metric, min(h.capped) AS capped, min(h.most / nullif(h.whole, 0)) AS share, min(u.user_id) AS user_id
FROM (
  SELECT t.metric, count_if(${above}) AS capped, max(t.y) AS most, sum(t.y) AS whole FROM ${totals} t GROUP BY t.metric
) h JOIN ${totals} t ON t.metric = h.metric AND t.y = h.most JOIN ${users} u ON u.user_number = t.user_number
GROUP BY h.metric`,
    how,
  );
  return metrics.map(({ metric, place }) => {
    const row = found.find((each) => Number(each['metric']) === place);
    const cap = caps[place]?.y;
    return {
      metric: place,
      ...(metric.type !== 'proportion' && cap !== undefined && { cap }),
      cappedUsers: Number(row?.['capped'] ?? 0),
      ...(Number(row?.['share'] ?? 0) > 0 && { topUser: String(row?.['user_id']) }),
      topShare: Number(row?.['share'] ?? 0),
    };
  });
}

/** How many users count for each metric, by the same cells. */
async function usersOf(
  engine: Engine,
  { users, firstDay }: Pick<Population, 'users' | 'firstDay'>,
  metrics: readonly PlacedMetric[],
  { isSegmented, how }: { readonly isSegmented: boolean; readonly how: RunOptions },
): Promise<readonly Cell[]> {
  const known = new Map<string, readonly Readonly<Record<string, unknown>>[]>();
  const cells: Cell[] = [];
  for (const { metric, place, endMs } of metrics) {
    const window = windowMs(metric) ?? 0;
    const key = `${window} ${endMs}`;
    const counts =
      known.get(key) ??
      (await engine.rows(
        sql`SELECT panel, day, ${isSegmented ? sql`park, is_known, CASE WHEN grouping(day) = 0 THEN 'day' WHEN grouping(park) = 0 THEN 'park' ELSE 'user' END` : sql`NULL AS park, NULL AS is_known, 'day'`} AS kind, count(*) AS users
FROM (
  SELECT panel, ${dayOf(sql`(first_ms + ${window})`, firstDay)} AS day${isSegmented ? sql`, park, is_known` : sql``}
  FROM ${users} WHERE first_ms + ${window} <= ${endMs}
) u GROUP BY GROUPING SETS ((panel, day)${isSegmented ? sql`, (panel, park), (panel, is_known)` : sql``})`,
        how,
      ));
    known.set(key, counts);
    cells.push(...counts.map((row) => cellOf({ ...row, metric: place })));
  }
  return cells;
}

function cellOf(row: Readonly<Record<string, unknown>>): Cell {
  const moments = Object.fromEntries(SUMS.map((key) => [key, Number(row[key] ?? 0)])) as Sums;
  const kind = row['kind'];
  const value = kind === 'park' ? String(row['park'] ?? '') : row['is_known'] === true ? 'known' : 'new';
  return {
    metric: Number(row['metric']),
    panel: String(row['panel']),
    ...(kind === 'day' ? { day: Number(row['day']) } : { segment: { by: kind === 'park' ? 'park' : 'user', value } }),
    moments,
  };
}

/** Adds cells of the same place. */
function merged(...lists: readonly (readonly Cell[])[]): readonly Cell[] {
  const byPlace = new Map<string, Cell>();
  for (const cell of lists.flat()) {
    const key = JSON.stringify([cell.metric, cell.panel, cell.day, cell.segment]);
    const before = byPlace.get(key);
    const moments = Object.fromEntries(
      SUMS.map((sum) => [sum, (before?.moments[sum] ?? 0) + cell.moments[sum]]),
    ) as Sums;
    byPlace.set(key, { ...cell, moments });
  }
  return [...byPlace.values()];
}
