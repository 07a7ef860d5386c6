// The same visits with what a feed promises, by hand in SQL: bad lines are found and left out, times of last photos, files and row groups as ours, hashes of
// all files, and counts from what was written.
// node by-hand.mjs CSV FOLDER MEMORY_MB
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';

const { DuckDBInstance } = createRequire(new URL('../../../packages/etl/package.json', import.meta.url))(
  '@duckdb/node-api',
);
const [file, folder, memory] = process.argv.slice(2);
mkdirSync(`${folder}/parts`, { recursive: true });
const begin = performance.now();
const hashOf = async (path) => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 19 })) hash.update(chunk);
  return hash.digest('hex');
};
const instance = await DuckDBInstance.create(':memory:', {
  memory_limit: `${memory}MB`,
  temp_directory: `${folder}/tmp`,
});
const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");
await hashOf(file);
await connection.run(`
COPY (
  WITH events AS (
    SELECT user, item, epoch_ms(TRY_CAST(ts AS TIMESTAMPTZ)) AS t FROM read_csv('${file}', all_varchar = true, store_rejects = true)
  ),
  sound AS (SELECT * FROM events WHERE user <> '' AND item <> '' AND t BETWEEN 1000 AND epoch_ms(now()) + 86400000),
  gaps AS (
    SELECT *, CASE WHEN t - lag(t) OVER (PARTITION BY user ORDER BY t) < 28800000 THEN 0 ELSE 1 END AS starts FROM sound
  ),
  sequenced AS (SELECT *, sum(starts) OVER (PARTITION BY user ORDER BY t ROWS UNBOUNDED PRECEDING) AS sequence FROM gaps)
  SELECT user AS user_id, item AS attraction_id, CAST(make_timestamp(min(t) * 1000) AS TIMESTAMP_MS) AS visited_at, CAST(count(*) AS INT) AS photos,
    CASE WHEN max(t) > min(t) THEN CAST(make_timestamp(max(t) * 1000) AS TIMESTAMP_MS) END AS ended_at
  FROM sequenced GROUP BY user, item, sequence
  ORDER BY user_id, visited_at, attraction_id, photos
) TO '${folder}/parts' (FORMAT parquet, ROW_GROUP_SIZE 61440, ROW_GROUPS_PER_FILE 1, OVERWRITE_OR_IGNORE true)`);
const one = async (query) => (await connection.runAndReadAll(query)).getRowsJson()[0].map(Number);
const [visits, photos] = await one(
  `SELECT count(*), sum(photos), count(DISTINCT user_id), min(visited_at), max(visited_at) FROM '${folder}/parts/*.parquet'`,
);
const [refused] = await one('SELECT count(DISTINCT line) FROM reject_errors');
for (const name of readdirSync(`${folder}/parts`)) await hashOf(`${folder}/parts/${name}`);
const seconds = (performance.now() - begin) / 1_000;
const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ seconds, processor: (user + system) / 1e6, visits, lines: photos + refused, peakMb }));
