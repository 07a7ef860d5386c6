// Keeps more rows than fit in memory in one engine, and says whether they come back as they went, and what is in the working folder meanwhile.
// node spill.mjs SEED
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { duckDbEngine } from '../../dist/engine/duckdb.js';
import { frame, sql } from '../../dist/frame/frame.js';

const { DuckDBInstance } = createRequire(import.meta.url)('@duckdb/node-api');
const create = DuckDBInstance.create.bind(DuckDBInstance);
DuckDBInstance.create = (path, options) => create(path, { ...options, memory_limit: '100MB', threads: '2' });

const seed = Number(process.argv[2]);
const engine = duckDbEngine();
const numbers = sql.relation(sql`range(2500000)`);
const rows = frame('rows')`SELECT i, md5(CAST(i + ${seed} AS VARCHAR)) AS h FROM ${numbers} t(i)`;
await engine.keep(rows);
const files = sql.relation(sql`duckdb_temporary_files()`);
const [{ spills }] = await engine.rows(sql`SELECT count(*) > 0 AS spills FROM ${files}`);
const wrong = sql`SELECT i FROM ${rows} WHERE h <> md5(CAST(i + ${seed} AS VARCHAR))`;
const found = (await engine.rows(wrong)).length + (await engine.rows(wrong)).length;
const [{ folder }] = await engine.rows(sql`SELECT current_setting('temp_directory') AS folder`);
const here = readdirSync('.');
await engine.close();
process.stdout.write(JSON.stringify({ spills, found, here, folder }));
