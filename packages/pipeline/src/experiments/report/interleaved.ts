/** Which of two interleaved recommenders gave what users chose. */
import { frame, sql } from '@attractions/etl';
import type { Engine, Frame, RunOptions } from '@attractions/etl';
import { FOLLOWED } from '@attractions/experiments';
import type { CompleteMetric, Experiment, Preferred } from '@attractions/experiments';

import { DAY_MS } from './rows.js';

/** Which choices count. */
interface Choices {
  readonly metric: CompleteMetric | undefined;
  /** Versions, in rising order. */
  readonly phase: readonly Experiment[];
  readonly untilMs: number;
}

/**
 * How many users chose more from which panel: an event of the metric's type (default: `click`) about an attraction of a list that the user was shown gives a
 * credit to the panel that put it there. An event that names its request is of that list, any other of the last list with the attraction within a day before.
 * Each attraction of a list counts once.
 */
export async function preferredOf(
  engine: Engine,
  shown: Frame,
  events: Frame,
  visits: Frame,
  { metric, phase, untilMs }: Choices,
  how: RunOptions,
): Promise<Preferred> {
  const inPhase = sql.join(
    phase.map(({ version }) => sql`${version}`),
    ', ',
  );
  const type = metric?.event ?? 'click';
  const chosen =
    metric?.name === FOLLOWED
      ? sql`SELECT user_id, attraction_id, CAST(NULL AS STRING) AS request_id, at_ms FROM ${visits}`
      : sql`SELECT user_id, attraction_id, request_id, at_ms FROM ${events} WHERE type = ${type}`;
  const credited = frame('credited')`
SELECT c.user_id, c.attraction_id, s.request_id, s.shown_ms, c.at_ms, element_beside(s.items, c.attraction_id, s.teams) AS team
FROM (${chosen}) c JOIN ${shown} s ON s.user_id = c.user_id
WHERE NOT s.forced AND s.version IN (${inPhase}) AND s.teams IS NOT NULL AND array_contains(s.items, c.attraction_id) AND c.at_ms < ${untilMs}
  AND (c.request_id = s.request_id OR (c.request_id IS NULL AND c.at_ms >= s.shown_ms AND c.at_ms < s.shown_ms + ${DAY_MS}))`;
  const last = frame('credited_lists')`
SELECT user_id, attraction_id, at_ms, max_by(request_id, shown_ms) AS request_id, max_by(team, shown_ms) AS team
FROM ${credited} GROUP BY user_id, attraction_id, at_ms`;
  const [a = '', b = ''] = (phase.at(-1)?.panels ?? []).map(({ name }) => name);
  const [found] = await engine.rows(
    sql`SELECT count_if(a > b) AS a, count_if(b > a) AS b, count_if(a = b) AS ties, CAST(coalesce(sum(a), 0) AS BIGINT) AS credits_a, CAST(coalesce(sum(b), 0) AS BIGINT) AS credits_b
FROM (
  SELECT user_id, count_if(team = ${a}) AS a, count_if(team = ${b}) AS b
  FROM (SELECT user_id, attraction_id, request_id, min(team) AS team FROM ${last} GROUP BY user_id, attraction_id, request_id) l
  WHERE team IS NOT NULL GROUP BY user_id
) u`,
    how,
  );
  const number = (name: string): number => Number(found?.[name] ?? 0);
  return {
    a: number('a'),
    b: number('b'),
    ties: number('ties'),
    credits: { a: number('credits_a'), b: number('credits_b') },
  };
}
