/** What users did, as rows of users, metrics and days. */
import { frame, sql } from '@attractions/etl';
import type { Engine, Frame, Sql } from '@attractions/etl';
import { EXPOSURE } from '@attractions/experiments';
import type { CompleteMetric } from '@attractions/experiments';

import { relationOf } from './feed-files.js';
import type { FeedFiles } from './feed-files.js';

export const DAY_MS = 86_400_000;

/** Events once each: `event_id`, `user_id`, `type`, `at_ms`, `value`, `attraction_id`, `request_id`, `received_ms`; some may be there twice. */
export function eventsFrame(engine: Engine, files: FeedFiles): Frame {
  const text = sql`STRING`;
  const millis = (column: Sql): Sql => sql`unix_millis(${column})`;
  return relationOf('event_rows', engine, files, {
    event_id: { from: 'event_id', type: text },
    user_id: { from: 'user_id', type: text },
    type: { from: 'type', type: text },
    // A clock that is ahead cannot put an event after it was received.
    at_ms: { from: 'at', as: (column) => sql`least(${millis(column)}, unix_millis(f.received_at))`, type: sql`BIGINT` },
    value: { from: 'value', type: sql`DOUBLE` },
    attraction_id: { from: 'attraction_id', type: text },
    request_id: { from: 'request_id', type: text },
    received_ms: { from: 'received_at', as: millis, type: sql`BIGINT` },
  });
}

/** Visits: `user_id`, `attraction_id`, `at_ms`. */
export function visitsFrame(engine: Engine, files: FeedFiles): Frame {
  return relationOf('visit_rows', engine, files, {
    user_id: { from: 'user_id', type: sql`STRING` },
    attraction_id: { from: 'attraction_id', type: sql`STRING` },
    at_ms: { from: 'visited_at', as: (column) => sql`unix_millis(${column})`, type: sql`BIGINT` },
  });
}

/** A metric with its place in the list of metrics, and the time up to which its data reach. */
export interface PlacedMetric {
  readonly metric: CompleteMetric;
  readonly place: number;
  /** Users whose window is over by then count. */
  readonly endMs: number;
}

/** Users of panels, one row each: `user_number`, `user_id`, `panel`, `first_ms`, and for segments `park`, `is_known`. */
export interface Population {
  /** Put before the names of frames. */
  readonly name: string;
  readonly users: Frame;
  /** The first day, in days since 1970. */
  readonly firstDay: number;
  /** Events from then on do not count. */
  readonly untilMs: number;
}

export const dayOf = (ms: Sql, firstDay: number): Sql => sql`(CAST(floor(${ms} / ${DAY_MS}) AS INT) - ${firstDay})`;

export const windowMs = ({ windowDays }: CompleteMetric): number | null =>
  windowDays === undefined ? null : Math.round(windowDays * DAY_MS);

/** What events mean for metrics, a row for each role that a type of events has. */
function rolesFrame(name: string, metrics: readonly PlacedMetric[]): Frame {
  const rows = metrics.flatMap(({ metric, place, endMs }) => {
    const common = sql`${place} AS metric, CAST(${windowMs(metric)} AS BIGINT) AS window_ms,
  CAST(${metric.cuped ? Math.round(metric.cupedDays * DAY_MS) : 0} AS BIGINT) AS before_ms, CAST(${endMs} AS BIGINT) AS end_ms`;
    const role = (event: string, isNumerator: boolean, isValue: boolean): Sql =>
      sql`SELECT ${common}, ${event} AS type, ${isNumerator} AS is_numerator, ${isValue} AS is_value`;
    const { denominator } = metric;
    return [
      role(metric.event, true, metric.value),
      ...(denominator === undefined || denominator === EXPOSURE ? [] : [role(denominator, false, false)]),
    ];
  });
  return frame(`${name}_roles`)`${sql.join(rows, ' UNION ALL ')}`;
}

/**
 * Rows of users, metrics and days: `user_number`, `metric`, `day`, `y`, `x`, `z`. Of what was done before the first exposure, and of metrics with a window, the
 * day is that on which the user begins to count.
 */
export function eventRows(
  events: Frame,
  { name, users, firstDay, untilMs }: Population,
  metrics: readonly PlacedMetric[],
): Frame {
  const roles = rolesFrame(name, metrics);
  // A window is seen to its end, also where the experiment was stopped before.
  const isBounded = metrics.every(({ metric }) => metric.windowDays === undefined);
  const used = frame(`${name}_used_types`)`
SELECT type, before_ms, CAST(row_number() OVER (ORDER BY type) AS INT) AS type_number
FROM (SELECT type, max(before_ms) AS before_ms FROM ${roles} GROUP BY type) t`;
  // What no metric counts goes first, since finding events that are there twice costs most.
  const once = frame(`${name}_events`)`
SELECT min(user_number) AS user_number, min(first_ms) AS first_ms, min(type_number) AS type_number, min(at_ms) AS at_ms, min(value) AS value
FROM (
  SELECT e.event_id, u.user_number, u.first_ms, t.type_number, e.at_ms, e.value
  FROM ${events} e JOIN ${used} t ON t.type = e.type JOIN ${users} u ON u.user_id = e.user_id
  WHERE e.at_ms >= u.first_ms - t.before_ms${isBounded ? sql` AND e.at_ms < ${untilMs}` : sql``}
) s GROUP BY event_id`;
  const weight = sql`CASE WHEN r.is_value THEN coalesce(e.value, 0e0) ELSE 1e0 END`;
  const entry = dayOf(sql`(e.first_ms + coalesce(r.window_ms, 0))`, firstDay);
  const isAfter = sql`(e.at_ms >= e.first_ms AND e.at_ms < coalesce(e.first_ms + r.window_ms, ${untilMs}))`;
  const isBefore = sql`(e.at_ms < e.first_ms AND e.at_ms >= e.first_ms - r.before_ms AND r.is_numerator)`;
  return frame(`${name}_event_rows`)`
SELECT user_number, metric, day, sum(y) AS y, sum(x) AS x, sum(z) AS z
FROM (
  SELECT e.user_number, r.metric,
    CASE WHEN r.window_ms IS NULL AND e.at_ms >= e.first_ms THEN ${dayOf(sql`e.at_ms`, firstDay)} ELSE ${entry} END AS day,
    CASE WHEN e.at_ms >= e.first_ms AND r.is_numerator THEN ${weight} ELSE 0e0 END AS y,
    CASE WHEN e.at_ms >= e.first_ms AND NOT r.is_numerator THEN ${weight} ELSE 0e0 END AS x,
    CASE WHEN e.at_ms < e.first_ms THEN ${weight} ELSE 0e0 END AS z
  FROM ${once} e JOIN ${used} t ON t.type_number = e.type_number JOIN ${roles} r ON r.type = t.type
  WHERE (${isAfter} OR ${isBefore}) AND e.first_ms + coalesce(r.window_ms, 0) <= r.end_ms
) d GROUP BY user_number, metric, day`;
}

/** Lists shown, as the denominator of a ratio. */
export function exposureRows(
  shown: Frame,
  { name, users, firstDay, untilMs }: Population,
  { metric, place, endMs }: PlacedMetric,
): Frame {
  const window = windowMs(metric);
  const last = window === null ? sql`${untilMs}` : sql`u.first_ms + ${window}`;
  const day = window === null ? dayOf(sql`s.shown_ms`, firstDay) : dayOf(sql`(u.first_ms + ${window})`, firstDay);
  return frame(`${name}_exposure_rows_${place}`)`
SELECT user_number, metric, day, 0e0 AS y, CAST(count(*) AS DOUBLE) AS x, 0e0 AS z
FROM (
  SELECT u.user_number, ${place} AS metric, ${day} AS day
  FROM ${shown} s JOIN ${users} u ON u.user_id = s.user_id
  WHERE NOT s.forced AND s.shown_ms >= u.first_ms AND s.shown_ms < ${last} AND u.first_ms + ${window ?? 0} <= ${endMs}
) d GROUP BY user_number, metric, day`;
}

/** Users who went to an attraction of a list within the days after it; lists whose days are not over are left out. */
export function followedRows(
  shown: Frame,
  visits: Frame,
  { name, users, firstDay }: Population,
  { metric, place, endMs }: PlacedMetric,
): Frame {
  const window = windowMs(metric) ?? 0;
  const gone = frame(`${name}_visits`)`
SELECT v.user_id, v.attraction_id, v.at_ms, u.user_number FROM ${visits} v JOIN ${users} u ON u.user_id = v.user_id WHERE v.at_ms > u.first_ms`;
  return frame(`${name}_followed_rows`)`
SELECT user_number, ${place} AS metric, ${dayOf(sql`(min(shown_ms) + ${window})`, firstDay)} AS day, 1e0 AS y, 0e0 AS x, 0e0 AS z
FROM (
  SELECT v.user_number, s.shown_ms FROM ${gone} v JOIN ${shown} s ON s.user_id = v.user_id
  WHERE NOT s.forced AND v.at_ms > s.shown_ms AND v.at_ms <= s.shown_ms + ${window} AND s.shown_ms + ${window} <= ${endMs}
    AND array_contains(s.items, v.attraction_id)
) d GROUP BY user_number`;
}
