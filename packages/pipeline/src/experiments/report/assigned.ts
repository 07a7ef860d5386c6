/** All users that an experiment could assign, whether they were shown anything or not. */
import { frame, sql } from '@attractions/etl';
import type { Engine, Frame, RunOptions, Sql } from '@attractions/etl';
import type { Experiment } from '@attractions/experiments';

import { bucketColumns, panelSql } from './assignment-sql.js';

/** The name of users who are held out of the experiment, among the assigned ones. */
const HELD_OUT = 'held out';

/** A version and when it came into force. */
export interface DatedVersion {
  readonly experiment: Experiment;
  readonly fromMs: number;
}

/**
 * Users known from events, visits and exposures, with the panel that the hash gives them: `user_number`, `user_id`, `panel`, `first_ms`. They count from the
 * first version on that assigns them. Users of a holdout are there as {@link HELD_OUT}. Targets are not looked at: what a request would have said is not known.
 */
export async function assignedUsers(
  engine: Engine,
  known: readonly Frame[],
  phase: readonly DatedVersion[],
  how: RunOptions,
): Promise<Frame> {
  const ids = frame('known_ids')`SELECT DISTINCT user_id FROM (${sql.join(
    known.map((each) => sql`SELECT user_id FROM ${each} WHERE user_id IS NOT NULL`),
    ' UNION ALL ',
  )}) k`;
  const versions = phase.map(({ experiment }) => experiment);
  const [last] = versions.slice(-1);
  const forced = Object.keys(last?.forced ?? {});
  const bucketed = frame('known_buckets')`
SELECT user_id, ${bucketColumns(versions.slice(-1), sql`0`, sql`user_id`)} FROM ${ids}`;
  const [heldFrom, heldTo] = last?.holdout?.buckets ?? [0, 0];
  const held: Sql = sql`(holdout_bucket >= ${heldFrom} AND holdout_bucket < ${heldTo})`;
  const since = phase.map(({ experiment, fromMs }) => {
    const [from, to] = experiment.layerBuckets;
    const owned = experiment.panels.flatMap(({ buckets }) =>
      buckets.map(([low, high]) => sql`own_bucket >= ${low} AND own_bucket < ${high}`),
    );
    return sql`WHEN layer_bucket >= ${from} AND layer_bucket < ${to} AND (${sql.join(owned, ' OR ')}) THEN ${fromMs}`;
  });
  const panel = panelSql(versions.slice(-1), sql`0`);
  const [layerFrom, layerTo] = last?.layerBuckets ?? [0, 0];
  const assigned = frame('assigned_users')`
SELECT CAST(row_number() OVER () AS INT) AS user_number, user_id, panel, first_ms
FROM (
  SELECT user_id, CASE WHEN ${held} AND layer_bucket >= ${layerFrom} AND layer_bucket < ${layerTo} THEN ${HELD_OUT} ELSE ${panel} END AS panel,
    CAST(CASE ${sql.join(since, ' ')} END AS BIGINT) AS first_ms
  FROM ${bucketed}${
    forced.length > 0
      ? sql` WHERE user_id NOT IN (${sql.join(
          forced.map((user) => sql`${user}`),
          ', ',
        )})`
      : sql``
  }
) a WHERE panel IS NOT NULL AND first_ms IS NOT NULL`;
  await engine.keep(assigned, how);
  return assigned;
}
