// The same visits by plain DuckDB, without checks, rejects, hashes or feeds.
// node rival.mjs CSV FOLDER MEMORY_MB
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';

const { DuckDBInstance } = createRequire(new URL('../../../packages/etl/package.json', import.meta.url))(
  '@duckdb/node-api',
);
const [file, folder, memory] = process.argv.slice(2);
mkdirSync(folder);
const begin = performance.now();
const instance = await DuckDBInstance.create(':memory:', {
  memory_limit: `${memory}MB`,
  temp_directory: `${folder}/tmp`,
});
const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");
const written = await connection.run(`
COPY (
  WITH events AS (SELECT user, item, epoch_ms(CAST(ts AS TIMESTAMPTZ)) AS t FROM read_csv('${file}', all_varchar = true)),
  gaps AS (
    SELECT *, CASE WHEN t - lag(t) OVER (PARTITION BY user ORDER BY t) < 28800000 THEN 0 ELSE 1 END AS starts FROM events
  ),
  sequenced AS (SELECT *, sum(starts) OVER (PARTITION BY user ORDER BY t ROWS UNBOUNDED PRECEDING) AS sequence FROM gaps)
  SELECT user AS user_id, item AS attraction_id, make_timestamp(min(t) * 1000) AS visited_at, CAST(count(*) AS INT) AS photos
  FROM sequenced GROUP BY user, item, sequence
  ORDER BY user_id, visited_at, attraction_id, photos
) TO '${folder}/visits.parquet' (FORMAT parquet)`);
const seconds = (performance.now() - begin) / 1_000;
const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ seconds, processor: (user + system) / 1e6, visits: written.rowsChanged, peakMb }));
