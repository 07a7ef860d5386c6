import { frame, sql } from '../frame/frame.js';
import type { Frame, Sql } from '../frame/frame.js';

/** How photos are put together. */
export interface Sequencing {
  /** In units of `taken`: so long without a photo, or longer, starts a new sequence. */
  readonly gap: number;
  /** What tells photos of one time apart; may be empty, since it changes nothing but who comes first. */
  readonly order: Sql;
  readonly hasWeights: boolean;
  /** The park, within which a sequence is derived, or empty where there is only one. */
  readonly park: Sql;
  /** The park where one attraction may be in several, else empty. */
  readonly parkOfVisit: Sql;
  /** Which photos have a sequence: those that have none get one that is derived. */
  readonly given: 'all' | 'some' | 'none';
  /** Whether given sequences are texts. */
  readonly isText: boolean;
  /** A timestamp of `taken`. */
  timestamp(taken: Sql): Sql;
}

/**
 * Visits of photos: those of a user, a park, an attraction and a sequence are one. Has `user_id, attraction_id, visited_at, photos, ended_at`, where photos have weights
 * `weight, weight_sum`, and where some have sequences `sequence`.
 *
 * A derived sequence of a single photo is a visit as it is. Often most are, so only the others are numbered and grouped.
 */
export function visitsOfPhotos(photos: Frame, options: Sequencing): Frame {
  const { hasWeights, given, parkOfVisit, timestamp } = options;
  const sums = hasWeights ? sql`, CAST(sum(weight) AS FLOAT) AS weight, sum(weight) AS weight_sum` : sql``;
  const grouped = (query: Sql, givenSequence: Sql): Sql => sql`
SELECT user_id, attraction_id, ${timestamp(sql`min(taken)`)} AS visited_at, CAST(count(*) AS INT) AS photos${sums},
  CASE WHEN max(taken) > min(taken) THEN ${timestamp(sql`max(taken)`)} END AS ended_at${given === 'none' ? sql`` : sql`, max(${givenSequence}) AS sequence`}
FROM ${query} GROUP BY ${parkOfVisit}user_id, attraction_id, sequence`;
  if (given === 'all') return frame('visits')`${grouped(sql`${photos}`, sql`CAST(sequence AS STRING)`)}`;

  const near = nearPhotos(photos, options);
  const own = hasWeights ? sql`, CAST(weight AS FLOAT) AS weight, weight AS weight_sum` : sql``;
  return frame('visits')`
SELECT user_id, attraction_id, ${timestamp(sql`taken`)} AS visited_at, CAST(1 AS INT) AS photos${own},
  CAST(NULL AS TIMESTAMP) AS ended_at${given === 'none' ? sql`` : sql`, CAST(NULL AS STRING) AS sequence`}
FROM ${near} WHERE starts = 1 AND ends = 1
UNION ALL${grouped(sql`${numberedPhotos(photos, near, options)}`, sql`given`)}`;
}

/** Photos whose sequence is derived, and whether it starts or ends with them. */
function nearPhotos(photos: Frame, { gap, order, park, hasWeights, given }: Sequencing): Frame {
  return frame('visit_gaps')`
SELECT ${park}user_id, attraction_id, taken${hasWeights ? sql`, weight` : sql``},
  CASE WHEN taken - (lag(taken) OVER w) < ${gap} THEN 0 ELSE 1 END AS starts,
  CASE WHEN (lead(taken) OVER w) - taken < ${gap} THEN 0 ELSE 1 END AS ends
FROM ${photos}${given === 'none' ? sql`` : sql` WHERE sequence IS NULL`}
WINDOW w AS (PARTITION BY ${park}user_id ORDER BY taken${order})`;
}

/** Photos with their sequences. Derived ones count down from -1, so they never meet given ones of the same park, which are not negative. */
function numberedPhotos(
  photos: Frame,
  near: Frame,
  { park, parkOfVisit, hasWeights, given, isText }: Sequencing,
): Frame {
  const weight = hasWeights ? sql`, weight` : sql``;
  // A range, not rows: of photos of one time, in no order, any may be the one that starts.
  const number = sql`CAST(-sum(starts) OVER (PARTITION BY ${park}user_id ORDER BY taken RANGE UNBOUNDED PRECEDING) AS BIGINT)`;
  const sequence = isText && given === 'some' ? sql`'derived ' || CAST(${number} AS VARCHAR(20))` : number;
  const derived = sql`
SELECT ${parkOfVisit}user_id, attraction_id, taken, ${sequence} AS sequence${given === 'none' ? sql`` : sql`, CAST(NULL AS STRING) AS given`}${weight}
FROM ${near} WHERE starts = 0 OR ends = 0`;
  if (given === 'none') return frame('visit_sequenced')`${derived}`;
  return frame('visit_sequenced')`
SELECT ${parkOfVisit}user_id, attraction_id, taken, sequence, CAST(sequence AS STRING) AS given${weight} FROM ${photos} WHERE sequence IS NOT NULL
UNION ALL${derived}`;
}
