import { join } from 'node:path';

const packages = join(import.meta.dirname, '../../../packages');
const { duckDbEngine, sql } = await import(join(packages, 'etl/dist/index.js'));
const { events, experiments, exposures } = await import(join(packages, 'contracts/dist/index.js'));
const { openFeeds } = await import(join(packages, 'feeds/dist/index.js'));

const producer = { id: 'bench', package: 'bench', version: '0.0.0' };
const START = '2026-10-01T00:00:00Z';

export const experiment = {
  experiment: 'bench',
  version: 1,
  layerSalt: 'bench-layer',
  layerBuckets: [0, 10_000],
  salt: 'bench-1',
  panels: [
    { name: 'old', recommender: 'popular', buckets: [[0, 5_000]] },
    { name: 'new', recommender: 'als', buckets: [[5_000, 10_000]] },
  ],
  status: 'running',
  changedAt: START,
};

/** Rows of one Parquet file. */
const FILE_ROWS = 1_000_000;

/**
 * Puts an experiment of 28 days into feeds: half of the rows are lists, half are events, by one user for each 20 rows, a million at most, some of whom do far more than others. In the second
 * panel one view in eight leads to a click, in the first one in ten. One event in a hundred is there twice.
 */
export async function makeFeeds(rows, root) {
  const store = openFeeds(root);
  await store.feed(experiments).put(experiment, { producer });
  const engine = duckDbEngine({ memoryLimitMb: 600 });
  const users = Math.ceil(rows / 20);
  const random = (salt) => `(hash(i + ${salt}) % 1000003) / 1000003.0`;
  const user = `'user-' || lpad(CAST(CAST(power(${random(0)}, 1.5) * ${users} AS INT) AS VARCHAR), 9, '0')`;
  const millis = (from, days, salt) =>
    `CAST(epoch_ms(TIMESTAMP '2026-10-01') + ${from * 86_400_000} + CAST(hash(i + ${salt}) % ${days * 86_400_000} AS BIGINT) AS BIGINT)`;
  const bucket = `CAST(CAST(('0x' || substr(sha256('v1|bench-1|' || user_id), 1, 8)) AS UBIGINT) * 10000 >> 32 AS INT)`;
  const time = (name) => `timestamp_millis(${name}) AS ${name}`;
  await write(
    engine,
    store.feed(exposures),
    rows / 2,
    (from, to) => `
SELECT ${time('shown_at')}, request_id, user_id, 'bench' AS experiment, CAST(1 AS INT) AS version, CASE WHEN bucket < 5000 THEN 'old' ELSE 'new' END AS panel,
  bucket, 'als' AS source, CAST(1 AS INT) AS model_seq, ['north:' || (i % 50), 'north:' || (i % 49), 'north:' || (i % 48)] AS items,
  CAST(NULL AS BOOLEAN) AS forced, CASE WHEN i % 3 = 0 THEN 'north' ELSE 'south' END AS park, CAST(NULL AS VARCHAR) AS attributes, CAST(NULL AS VARCHAR[]) AS teams
FROM (SELECT *, ${bucket} AS bucket FROM (
  SELECT i, ${millis(0, 28, 3e9)} AS shown_at, 'request-' || i AS request_id, ${user} AS user_id FROM range(${from}, ${to}) t(i)) u) b`,
  );
  await write(
    engine,
    store.feed(events),
    rows / 2,
    (from, to) => `
SELECT event_id, user_id, CASE WHEN chance < CASE WHEN bucket < 5000 OR "at" < epoch_ms(TIMESTAMP '2026-10-01') THEN 0.1 ELSE 0.125 END THEN 'click' WHEN chance < 0.15 THEN 'buy' ELSE 'view' END AS type,
  'north:' || (i % 50) AS attraction_id, timestamp_millis("at") AS "at", TIMESTAMP '2026-10-29' AS received_at,
  CASE WHEN chance < 0.15 THEN 1 + 1000 * power(chance, 3) END AS value, 'request-' || i AS request_id
FROM (SELECT *, ${bucket} AS bucket FROM (
  SELECT i, 'event-' || (i - CASE WHEN i % 100 = 99 THEN 1 ELSE 0 END) AS event_id, ${millis(-10, 38, 5e9)} AS "at", ${random(9e9)} AS chance, ${user} AS user_id
  FROM (SELECT i - CASE WHEN i % 100 = 99 THEN 1 ELSE 0 END AS i FROM range(${from}, ${to}) t(i)) r) u) b`,
  );
  await engine.close();
}

async function write(engine, feed, rows, select) {
  const opened = await feed.open();
  const names = [];
  for (let from = 0; from < rows; from += FILE_ROWS) {
    const name = `part-${String(names.length).padStart(5, '0')}-${opened.token}.parquet`;
    const to = Math.min(rows, from + FILE_ROWS);
    await engine.write({ ...sql``, text: select(from, to) }, join(opened.folder, name));
    names.push(name);
  }
  await opened.commit(names, { producer });
}
