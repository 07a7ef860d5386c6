import type { Attraction } from '@attractions/contracts';
import type { TableRow } from '../engine/engine.js';
import type { Engine, RunOptions } from '../engine/engine.js';
import { frame, sql } from '../frame/frame.js';
import type { Frame, Sql } from '../frame/frame.js';
import type { PhotoRows } from '../visits/visits.js';

/** Visits that are there already. */
export interface OldVisits {
  /** Their Parquet files, which are all alike. */
  readonly paths: readonly string[];
  /** All attractions of them. */
  readonly attractions: readonly Attraction[];
}

/** New photos put to old visits. */
export interface Merged {
  /** How many there are, and how many of their users and attractions no old visit has. */
  readonly photos: number;
  readonly newUsers: number;
  readonly newAttractions: number;
  /** Attractions of all visits. */
  readonly visitedAttractions: number;
  /** Visits that are new or have changed: the columns that are written. */
  readonly fresh: Frame;
  readonly freshCount: number;
  /** Old visits that have changed, so that they go, by the place of their file; and the last time of them, in milliseconds since 1970. */
  readonly goneIn: ReadonlyMap<number, number>;
  readonly lastGone?: number;
  /** The old visits of some of the files that stay: the columns that are written. */
  staying(name: string, places: readonly number[]): Frame;
}

/**
 * Puts photos to visits as if all had been read together. A sequence that is derived reaches from the first photo to the last one of its visits, and
 * photos of a park that are less than the gap apart are of one; so the times of visits are enough to find which of them a new photo joins,
 * and of an old visit no photo need be known. Only old visits near new photos are looked at, and of users whose sequences reach further all.
 */
export async function mergeVisits(
  { photos, unitMs, gap, hasNoSequences, hasParks }: PhotoRows,
  hasWeights: boolean,
  old: OldVisits,
  engine: Engine,
  how: RunOptions,
): Promise<Merged> {
  const gapMs = gap * unitMs;
  const countOf = async (query: Sql): Promise<number> => Number((await engine.rows(query, how))[0]?.['n']);
  const none = sql`CAST(NULL AS STRING)`;
  const given = hasNoSequences ? none : sql`CAST(sequence AS STRING)`;
  const scan = (places: readonly number[]): Sql =>
    engine.scanTyped(places.map((number) => ({ number, path: old.paths[number] ?? '' })));
  const before = frame('old_visits')`
SELECT file_number, row_number, user_id, attraction_id, unix_millis(visited_at) AS first_ms,
  coalesce(unix_millis(ended_at), unix_millis(visited_at)) AS last_ms, photos${hasWeights ? sql`, weight_sum` : sql``}, ${hasNoSequences ? none : sql`sequence`} AS given
FROM ${scan([...old.paths.keys()])} v`;
  const added = frame('new_photos')`
SELECT ${hasParks ? sql`park` : sql`''`} AS park, user_id, attraction_id, taken * ${unitMs} AS taken_ms, ${given} AS given${hasWeights ? sql`, weight` : sql``}
FROM ${photos}`;
  await engine.keep(added, how);

  const weightSum = hasWeights ? sql`, o.weight_sum` : sql``;
  const spans = spansOf(added, hasNoSequences ? gapMs : undefined);
  const met = hasNoSequences
    ? nearVisits(before, spans, hasWeights)
    : frame('met_visits')`
SELECT o.* FROM ${before} o SEMI JOIN ${spans} n ON n.user_id = o.user_id`;
  await engine.keep(met, how);

  const parks = await engine.table('old_attractions', { attraction_id: 'text', park: 'text' }, [
    parksOf(old, hasParks),
  ]);
  const itemsOf = (suffix: string, visits: Frame): Frame => frame(`merge_items${suffix}`)`
SELECT park, user_id, attraction_id, taken_ms AS first_ms, taken_ms AS last_ms, 1 AS photos, given${hasWeights ? sql`, weight AS weight_sum` : sql``},
  CAST(NULL AS BIGINT) AS file_number, CAST(NULL AS BIGINT) AS row_number
FROM ${added}
UNION ALL
SELECT ${hasParks ? sql`a.park` : sql`''`} AS park, o.user_id, o.attraction_id, o.first_ms, o.last_ms, o.photos, o.given${weightSum}, o.file_number, o.row_number
FROM ${visits} o
LEFT JOIN ${parks} a ON a.attraction_id = o.attraction_id
WHERE o.row_number IS NOT NULL`;
  const near = sequencedItems('', itemsOf('', met), gapMs, hasWeights);
  await engine.keep(near, how);

  // Of users with a sequence that may go on beyond what is near, all visits are looked at.
  const wide = frame('wide_users')`
SELECT DISTINCT s.user_id
FROM (
  SELECT user_id, min(first_ms) AS first_ms, max(last_ms) AS last_ms FROM ${near} GROUP BY user_id, sequence_key HAVING count(*) > count(file_number)
) s
JOIN ${spans} n ON n.user_id = s.user_id AND s.first_ms <= n.end_ms AND s.last_ms >= n.begin_ms
WHERE s.first_ms < n.begin_ms + ${gapMs} OR s.last_ms > n.end_ms - ${gapMs}`;
  const isWide = hasNoSequences && (await countOf(sql`SELECT count(*) AS n FROM ${wide}`)) > 0;
  if (isWide) await engine.keep(wide, how);
  const all = frame('wide_visits')`
SELECT o.user_id, o.attraction_id, o.first_ms, o.last_ms, o.photos, o.given${weightSum}, o.file_number, o.row_number
FROM ${met} o ANTI JOIN ${wide} w ON w.user_id = o.user_id
UNION ALL
SELECT o.user_id, o.attraction_id, o.first_ms, o.last_ms, o.photos, o.given${weightSum}, o.file_number, o.row_number
FROM ${before} o SEMI JOIN ${wide} w ON w.user_id = o.user_id`;
  const sequenced = isWide ? sequencedItems('_wide', itemsOf('_wide', all), gapMs, hasWeights) : near;
  if (isWide) await engine.keep(sequenced, how);

  const groups = frame('merge_groups')`
SELECT user_id, attraction_id, sequence_key, min(first_ms) AS first_ms, max(last_ms) AS last_ms, sum(photos) AS photos, max(given) AS given${hasWeights ? sql`, sum(weight_sum) AS weight_sum` : sql``}
FROM ${sequenced} GROUP BY user_id, attraction_id, sequence_key HAVING count(*) > count(file_number) OR count(*) > 1`;
  await engine.keep(groups, how);
  const weights = hasWeights ? sql`, CAST(weight_sum AS FLOAT) AS weight, weight_sum` : sql``;
  const fresh = frame('fresh_visits')`
SELECT user_id, attraction_id, timestamp_millis(first_ms) AS visited_at, CAST(photos AS INT) AS photos${weights},
  CASE WHEN last_ms > first_ms THEN timestamp_millis(last_ms) END AS ended_at${hasNoSequences ? sql`` : sql`, given AS sequence`}
FROM ${groups}`;
  const gone = frame('gone_visits')`
SELECT s.file_number, s.row_number, s.first_ms FROM ${sequenced} s
SEMI JOIN ${groups} g ON g.user_id = s.user_id AND g.attraction_id = s.attraction_id AND g.sequence_key = s.sequence_key
WHERE s.file_number IS NOT NULL`;
  await engine.keep(gone, how);

  const staying = (name: string, places: readonly number[]): Frame => frame(name)`
SELECT v.user_id, v.attraction_id, ${utc(sql`v.visited_at`)} AS visited_at, v.photos${hasWeights ? sql`, v.weight, v.weight_sum` : sql``},
  ${utc(sql`v.ended_at`)} AS ended_at${hasNoSequences ? sql`` : sql`, v.sequence`}
FROM ${scan(places)} v ANTI JOIN ${gone} g ON g.file_number = v.file_number AND g.row_number = v.row_number`;
  const inFiles = await engine.rows(
    sql`SELECT file_number, count(*) AS visits, max(first_ms) AS last_ms FROM ${gone} GROUP BY file_number ORDER BY file_number`,
    how,
  );
  const distinct = frame('old_visited')`SELECT DISTINCT attraction_id FROM ${before}`;
  await engine.keep(distinct, how);
  const [known] = await engine.rows(sql`SELECT count(*) AS n FROM ${distinct}`, how);
  const visited = await countOf(
    sql`SELECT count(*) AS n FROM (SELECT attraction_id FROM ${distinct} UNION SELECT attraction_id FROM ${added}) b`,
  );
  return {
    photos: await countOf(sql`SELECT count(*) AS n FROM ${added}`),
    newUsers: await countOf(
      sql`SELECT count(*) AS n FROM (SELECT DISTINCT user_id FROM ${added}) n ANTI JOIN ${met} m ON m.user_id = n.user_id`,
    ),
    newAttractions: visited - Number(known?.['n']),
    visitedAttractions: visited,
    fresh,
    freshCount: await countOf(sql`SELECT count(*) AS n FROM ${groups}`),
    goneIn: new Map(inFiles.map((row) => [Number(row['file_number']), Number(row['visits'])])),
    ...(inFiles.length > 0 && { lastGone: Math.max(...inFiles.map((row) => Number(row['last_ms']))) }),
    staying,
  };
}

/** How many gaps around new photos visits are looked at. Few sequences are longer: that is more than a day, where the gap is eight hours. */
const REACH_GAPS = 4;

/** Stretches of time with new photos of a user, from `begin_ms` to `end_ms`, that do not meet; without a gap there is one, for users alone. */
function spansOf(added: Frame, gapMs: number | undefined): Frame {
  if (gapMs === undefined) return frame('new_spans')`SELECT DISTINCT user_id FROM ${added}`;
  const reachMs = REACH_GAPS * gapMs;
  return frame('new_spans')`
SELECT user_id, min(taken_ms) - ${reachMs} AS begin_ms, max(taken_ms) + ${reachMs} AS end_ms
FROM (
  SELECT user_id, taken_ms, sum(starts) OVER (PARTITION BY user_id ORDER BY taken_ms RANGE UNBOUNDED PRECEDING) AS span
  FROM (
    SELECT user_id, taken_ms,
      CASE WHEN taken_ms - lag(taken_ms) OVER (PARTITION BY user_id ORDER BY taken_ms) < ${2 * reachMs + gapMs} THEN 0 ELSE 1 END AS starts
    FROM ${added}
  ) gaps
) numbered GROUP BY user_id, span`;
}

/** Old visits in the stretches. All others of a user are one row without a place, which says that the user is known: so old visits are read once. */
function nearVisits(before: Frame, spans: Frame, hasWeights: boolean): Frame {
  const columns = ['attraction_id', 'first_ms', 'last_ms', 'photos', 'given', ...(hasWeights ? ['weight_sum'] : [])];
  const isNear = sql`o.first_ms <= n.end_ms AND o.last_ms >= n.begin_ms`;
  const seen = ['file_number', 'row_number', ...columns].map((name) => {
    const column = sql.identifier(name);
    return sql`CASE WHEN ${isNear} THEN o.${column} END AS ${column}`;
  });
  const ofRow = columns.map(sql.identifier).map((column) => sql`min(${column}) AS ${column}`);
  return frame('met_visits')`
SELECT user_id, ${sql.join(ofRow, ', ')}, file_number, row_number
FROM (SELECT o.user_id, ${sql.join(seen, ', ')} FROM ${before} o JOIN ${spans} n ON n.user_id = o.user_id) seen
GROUP BY user_id, file_number, row_number`;
}

/** New photos and old visits with their sequences: `sequence_key` tells those of a user and a park apart. */
function sequencedItems(suffix: string, items: Frame, gapMs: number, hasWeights: boolean): Frame {
  const weights = hasWeights ? sql`, weight_sum` : sql``;
  const window = sql`PARTITION BY park, user_id ORDER BY first_ms`;
  return frame(`merge_sequenced${suffix}`)`
SELECT user_id, attraction_id, first_ms, last_ms, photos, given${weights}, file_number, row_number, 'given ' || given AS sequence_key
FROM ${items} WHERE given IS NOT NULL
UNION ALL
SELECT user_id, attraction_id, first_ms, last_ms, photos, given${weights}, file_number, row_number,
  'derived ' || CAST(sum(starts) OVER (${window} RANGE UNBOUNDED PRECEDING) AS VARCHAR(20)) AS sequence_key
FROM (
  SELECT *, CASE WHEN first_ms - max(last_ms) OVER (${window} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) < ${gapMs} THEN 0 ELSE 1 END AS starts
  FROM ${items} WHERE given IS NULL
) gaps`;
}

/** A time with a zone as one without, in UTC. */
function utc(time: Sql): Sql {
  return sql`timestamp_millis(unix_millis(${time}))`;
}

function parksOf({ attractions }: OldVisits, hasParks: boolean): readonly TableRow[] {
  return hasParks ? attractions.map(({ attractionId, park }) => [attractionId, park]) : [];
}
