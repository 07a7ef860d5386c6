/** Who was shown what: every exposure recomputed, and the users with their panel and their first exposure. */
import { frame, sql } from '@attractions/etl';
import type { Engine, Frame, RunOptions } from '@attractions/etl';
import type { Experiment } from '@attractions/experiments';

import { bucketColumns, forcedSql, panelSql } from './assignment-sql.js';
import { relationOf } from './feed-files.js';
import type { FeedFiles } from './feed-files.js';

/** What is known of the exposures of an experiment, by frames that the engine keeps. */
export interface Exposed {
  /** Lists of the experiment: `user_id`, `request_id`, `version`, `panel`, `forced`, `shown_ms`, `park`, `items`, `teams`. Not kept. */
  readonly shown: Frame;
  /** Users of the phase, one row each: `user_number`, `user_id`, `panel`, `first_ms`, `lists`, `park`. */
  readonly users: Frame;
  readonly lists: number;
  readonly forced: number;
  readonly disagreeing: { readonly lists: number; readonly first?: string };
  /** Users of the phase with two panels. */
  readonly changed: { readonly users: number; readonly first?: string };
  /** Users of the phase who had another panel in an earlier one. */
  readonly moved: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** The exposures of one experiment. */
export function shownFrame(engine: Engine, files: FeedFiles, experiment: string): Frame {
  const text = sql`STRING`;
  const all = relationOf('exposure_rows', engine, files, {
    user_id: { from: 'user_id', type: text },
    request_id: { from: 'request_id', type: text },
    experiment: { from: 'experiment', type: text },
    version: { from: 'version', type: sql`INT` },
    panel: { from: 'panel', type: text },
    bucket: { from: 'bucket', type: sql`INT` },
    forced: { from: 'forced', as: (column) => sql`coalesce(${column}, false)`, type: sql`BOOLEAN` },
    shown_ms: { from: 'shown_at', as: (column) => sql`unix_millis(${column})`, type: sql`BIGINT` },
    park: { from: 'park', type: text },
    items: { from: 'items', type: 'texts' },
    teams: { from: 'teams', type: 'texts' },
  });
  return frame('shown')`
SELECT user_id, request_id, version, panel, bucket, coalesce(forced, false) AS forced, shown_ms, coalesce(park, '') AS park, items, teams
FROM ${all} WHERE experiment = ${experiment}`;
}

/**
 * Recomputes every exposure against its own version, and finds the users of the phase.
 *
 * @param versions all versions of the experiment
 * @param phase the numbers of those that are analysed together
 */
export async function exposedUsers(
  engine: Engine,
  shown: Frame,
  versions: readonly Experiment[],
  phase: ReadonlySet<number>,
  how: RunOptions,
): Promise<Exposed> {
  // Texts that are aggregated stay in memory whatever the limit; numbers can be put aside.
  const parks = frame('parks')`
SELECT park, CAST(row_number() OVER (ORDER BY park) AS INT) AS park_number FROM (SELECT DISTINCT park FROM ${shown}) p`;
  await engine.keep(parks, how);
  // Lists that are alike in all that is recomputed are recomputed at once.
  const groups = frame('exposure_groups')`
SELECT s.user_id, s.version, s.panel, s.bucket, s.forced, count(*) AS lists, min(s.shown_ms) AS first_ms, max(s.shown_ms) AS last_ms,
  min_by(p.park_number, s.shown_ms) AS park_number
FROM ${shown} s JOIN ${parks} p ON p.park = s.park GROUP BY s.user_id, s.version, s.panel, s.bucket, s.forced`;
  await engine.keep(groups, how);
  const version = sql`version`;
  const bucketed = frame('exposure_buckets')`
SELECT user_id, version, panel, bucket, forced, lists, ${bucketColumns(versions, version, sql`user_id`)} FROM ${groups}`;
  const recomputed = frame('recomputed')`
SELECT user_id, version, panel, bucket, forced, lists, own_bucket,
  CASE WHEN forced THEN ${forcedSql(versions, version, sql`user_id`)} ELSE ${panelSql(versions, version)} END AS right_panel
FROM ${bucketed}`;
  const isWrong = sql`right_panel IS NULL OR panel IS NULL OR right_panel <> panel OR (NOT forced AND (bucket IS NULL OR own_bucket <> bucket))`;
  const wrong = await engine.rows(
    sql`SELECT user_id, version, panel, bucket, right_panel, own_bucket, CAST(sum(lists) OVER () AS BIGINT) AS lists
FROM ${recomputed} WHERE ${isWrong} ORDER BY user_id, version, panel, bucket LIMIT 1`,
    how,
  );
  const inPhase = sql.join(
    [...phase].map((number) => sql`${number}`),
    ', ',
  );
  const names = [...new Set(versions.flatMap(({ panels }) => panels.map(({ name }) => name)))];
  const numbered = sql.join(
    names.map((name, n) => sql`WHEN ${name} THEN ${n}`),
    ' ',
  );
  const named = sql.join(
    names.map((name, n) => sql`WHEN ${n} THEN ${name}`),
    ' ',
  );
  const users = frame('exposed_users')`
SELECT CAST(row_number() OVER () AS INT) AS user_number, u.user_id, CASE u.panel ${named} ELSE '' END AS panel,
  u.panel <> u.other_panel AS is_changed, u.first_ms, u.lists, p.park
FROM (
  SELECT user_id, min(panel_number) AS panel, max(panel_number) AS other_panel, min(first_ms) AS first_ms, CAST(sum(lists) AS BIGINT) AS lists,
    min_by(park_number, first_ms) AS park_number
  FROM (
    SELECT user_id, CASE panel ${numbered} ELSE -1 END AS panel_number, first_ms, lists, park_number
    FROM ${groups} WHERE NOT forced AND version IN (${inPhase}) AND user_id IS NOT NULL
  ) g GROUP BY user_id
) u JOIN ${parks} p ON p.park_number = u.park_number`;
  await engine.keep(users, how);
  const [counts] = await engine.rows(
    sql`SELECT CAST(sum(lists) AS BIGINT) AS lists, CAST(sum(CASE WHEN forced THEN lists ELSE 0 END) AS BIGINT) AS forced,
  max(last_ms) AS last_ms FROM ${groups}`,
    how,
  );
  const [found] = await engine.rows(
    sql`SELECT count_if(is_changed) AS changed, min(CASE WHEN is_changed THEN user_id END) AS first_changed,
  min(first_ms) AS first_ms FROM ${users}`,
    how,
  );
  const [before] = await engine.rows(
    sql`SELECT count(DISTINCT u.user_id) AS users FROM ${users} u
JOIN ${groups} g ON g.user_id = u.user_id WHERE NOT g.forced AND g.version NOT IN (${inPhase}) AND g.panel <> u.panel`,
    how,
  );
  const [fault] = wrong;
  const first = found?.['first_changed'];
  return {
    shown,
    users,
    lists: Number(counts?.['lists'] ?? 0),
    forced: Number(counts?.['forced'] ?? 0),
    disagreeing: {
      lists: Number(fault?.['lists'] ?? 0),
      ...(fault && { first: await faultText(engine, shown, fault, how) }),
    },
    changed: {
      users: Number(found?.['changed'] ?? 0),
      ...(typeof first === 'string' && { first }),
    },
    moved: Number(before?.['users'] ?? 0),
    firstMs: Number(found?.['first_ms'] ?? counts?.['last_ms'] ?? 0),
    lastMs: Number(counts?.['last_ms'] ?? 0),
  };
}

async function faultText(
  engine: Engine,
  shown: Frame,
  row: Readonly<Record<string, unknown>>,
  how: RunOptions,
): Promise<string> {
  const value = (name: string): string | number | null => {
    const found = row[name];
    return found === null || found === undefined ? null : typeof found === 'number' ? found : String(found);
  };
  const isIt = sql.join(
    ['user_id', 'version', 'panel', 'bucket'].map(
      (name) => sql`${sql.identifier(name)} IS NOT DISTINCT FROM ${value(name)}`,
    ),
    ' AND ',
  );
  const [first] = await engine.rows(sql`SELECT min(request_id) AS request_id FROM ${shown} WHERE ${isIt}`, how);
  const right =
    row['right_panel'] === null
      ? 'who takes no part'
      : `which recomputes to panel ${row['right_panel']}, bucket ${row['own_bucket']}`;
  return `request ${first?.['request_id']} shows '${row['user_id']}' panel ${row['panel']}, bucket ${row['bucket']}, ${right}`;
}
