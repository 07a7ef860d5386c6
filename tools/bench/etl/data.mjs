import { createRequire } from 'node:module';

const { DuckDBInstance } = createRequire(new URL('../../../packages/etl/package.json', import.meta.url))(
  '@duckdb/node-api',
);

/**
 * Writes events as CSV: `user,item,ts,event` of a year; some users and items have many more than others. The same rows at every call; those from `first`
 * on are of the same users, items and times as the others, in no order.
 */
export async function makeRows(rows, file, { first = 0, users = Math.ceil(rows / 20) } = {}) {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const random = (salt) => `(hash(i + ${salt}) % 1000003) / 1000003.0`;
  await connection.run(`
COPY (
  SELECT 'user-' || lpad(CAST(CAST(power(${random(0)}, 1.5) * ${users} AS INT) AS VARCHAR), 10, '0') AS user,
    'item-' || lpad(CAST(CAST(power(${random(7e9)}, 2) * 2000 AS INT) AS VARCHAR), 6, '0') AS item,
    strftime(make_timestamp(1700000000000000 + CAST(hash(i + 17000000000) % 31536000 AS BIGINT) * 1000000), '%Y-%m-%dT%H:%M:%SZ') AS ts,
    CASE WHEN ${random(27e9)} < 0.9 THEN 'visit' WHEN ${random(27e9)} < 0.97 THEN 'favourite' ELSE 'left' END AS event
  FROM range(${first}, ${first + rows}) t(i)
) TO '${file}' (FORMAT csv, HEADER true)`);
  connection.closeSync();
}
