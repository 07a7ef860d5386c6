#!/usr/bin/env node
/**
 * Makes data as other people have them, each in a folder of its own: node tools/your-data/make.mjs FOLDER [NAME…] [--users N]. The same every time.
 * Visitors of one taste like one half of the attractions, so that a good list is known.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

/** Numbers from 0 to 1 (mulberry32). */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const BEGIN = Date.UTC(2026, 8, 1, 9);
const MINUTE = 60_000;

/** Visits in order of time: `user`, `item` (from 0), `time` (a Date), `liked` (whether it is of the visitor's taste). */
export function* visits({ users, items, perUser = 8, seed = 1 }) {
  const next = random(seed);
  for (let n = 0; n < perUser; n++) {
    for (let user = 0; user < users; user++) {
      const liked = next() < 0.9;
      const half = (user % 2) ^ (liked ? 0 : 1);
      const item = 2 * Math.floor((next() * items) / 2) + half;
      const time = new Date(BEGIN + n * 3 * 24 * 60 * MINUTE + user * MINUTE + Math.floor(next() * 600) * 1000);
      yield { user, item: Math.min(item, items - 1), time, liked };
    }
  }
}

const iso = (time) => time.toISOString().replace('.000Z', 'Z');
const two = (number) => String(number).padStart(2, '0');
const german = (time) =>
  `${two(time.getUTCDate())}.${two(time.getUTCMonth() + 1)}.${time.getUTCFullYear()} ${two(time.getUTCHours())}:${two(time.getUTCMinutes())}`;
const ROOMS = ['Saal', 'Galerie', 'Krönung', 'Gemälde', 'Rüstung', 'Säule'];
const lines = (rows) => rows.map((row) => `${row}\n`).join('');

/** What there is to make; each gives files by their names, as text, bytes or a function that writes the file. */
export const DATA = {
  /** An e-shop: Parquet with typed times, and products beside it. */
  shop: () => ({
    'orders.parquet': parquet(
      'customer_id BIGINT, product_id VARCHAR, ordered_at TIMESTAMP, quantity INTEGER, price DOUBLE',
      [...visits({ users: 400, items: 40, seed: 2 })].map(
        ({ user, item, time, liked }) =>
          `(${10_000 + user}, 'P-${100 + item}', '${iso(time).replace('Z', '')}', ${liked ? 2 : 1}, ${item}.5)`,
      ),
    ),
    'products.parquet': parquet(
      'product_id VARCHAR, product_name VARCHAR, categories VARCHAR[]',
      Array.from({ length: 40 }, (_, i) => `('P-${100 + i}', 'Product ${i}', ['${i % 2 ? 'garden' : 'kitchen'}'])`),
    ),
  }),

  /** A museum: JSON lines with nested keys, and exhibits with themes and places. */
  museum: () => ({
    'log.jsonl': lines(
      [...visits({ users: 300, items: 30, seed: 3 })].map(({ user, item, time }) =>
        JSON.stringify({ ts: time.getTime(), visitor: { id: `v${user}`, lang: 'de' }, exhibit: { id: `X${item}` } }),
      ),
    ),
    'exhibits.jsonl': lines(
      Array.from({ length: 30 }, (_, i) =>
        JSON.stringify({
          id: `X${i}`,
          title: `${ROOMS[i % 6]} ${i}`,
          tags: [i % 2 ? 'old' : 'new'],
          lat: 52.5,
          lon: 13.4,
        }),
      ),
    ),
  }),

  /** A zoo's till: semicolons, German names, dates of a German, in Latin-1, decimal commas. */
  till: () => ({
    'Besuche.csv': Buffer.from(
      `Kundennummer;Exponat;Datum;Betrag\r\n${[...visits({ users: 300, items: 24, seed: 4 })]
        .map(({ user, item, time }) => `K${user};${ROOMS[item % 6]} ${item};${german(time)};${item},50\r\n`)
        .join('')}`,
      'latin1',
    ),
  }),

  /** Events with negative ones: a click stream. */
  feedback: () => {
    const next = random(5);
    return {
      'events.csv': `user_id,session_id,event_type,item_id,timestamp\n${lines(
        [...visits({ users: 300, items: 30, perUser: 10, seed: 5 })].map(({ user, item, time, liked }) => {
          const event = liked ? (next() < 0.3 ? 'like' : 'view') : next() < 0.5 ? 'dislike' : 'skip';
          return `u${user},s${user}-${time.getUTCDate()},${event},${item},${Math.floor(time.getTime() / 1000)}`;
        }),
      )}`,
      'items.csv': `item_id,title,genres\n${lines(
        Array.from(
          { length: 30 },
          (_, i) => `${i},"Clip ""${i}"", ${i % 2 ? 'odd' : 'even'}",${i % 2 ? 'music|live' : 'talk'}`,
        ),
      )}`,
    };
  },

  /** Ratings from 1 to 5, and movies with names. */
  ratings: () => ({
    'ratings.csv': `userId,movieId,rating,timestamp\n${lines(
      [...visits({ users: 300, items: 40, perUser: 10, seed: 6 })].map(
        ({ user, item, time, liked }) =>
          `${user + 1},${item + 1},${liked ? 4.5 : 1.5},${Math.floor(time.getTime() / 1000)}`,
      ),
    )}`,
    'movies.csv': `movieId,title,genres\n${lines(
      Array.from({ length: 40 }, (_, i) => `${i + 1},"Movie ${i}, The (${1980 + i})",${i % 2 ? 'Drama' : 'Comedy'}`),
    )}`,
  }),

  /** Tabs, gzip, no header. */
  headless: () => ({
    'plays.tsv.gz': gzipSync(
      lines(
        [...visits({ users: 300, items: 30, seed: 7 })].map(
          ({ user, item, time }) => `user_${user}\t${iso(time)}\ttrack ${item}`,
        ),
      ),
    ),
  }),

  /** A folder a day, two sites in the names of the files. */
  days: () => {
    const files = {};
    for (const { user, item, time } of visits({ users: 200, items: 20, seed: 8 })) {
      const site = user % 4 < 2 ? 'north' : 'south';
      const name = `events/day=${iso(time).slice(0, 10)}/visits-${site}.csv`;
      files[name] ??= 'visitor,ride,entered_at\n';
      files[name] += `${user},R${item},${iso(time)}\n`;
    }
    files['rides.csv'] =
      `ride_id,ride_name,lat,lon\n${lines(Array.from({ length: 20 }, (_, i) => `R${i},Ride ${i},52.${i + 10},13.${i + 10}`))}`;
    return files;
  },

  /** Two million users, or as many as are asked for: written by the engine. */
  millions: ({ users = 2_000_000 }) => ({
    'views.csv': query(
      `SELECT 'u' || (i // 3) AS user, 'i' || (2 * (hash(i) % 500) + (i // 3) % 2) AS item, 1780000000 + i % 5000000 AS ts FROM range(${users * 3}) r(i)`,
    ),
  }),

  /** Objects for a bucket: plain csv by month. */
  bucket: () => {
    const files = {};
    for (const { user, item, time } of visits({ users: 300, items: 30, seed: 9 })) {
      const name = `logs/${iso(time).slice(0, 7)}/part-${user % 3}.csv`;
      files[name] ??= 'customer_id,sku,viewed_at\n';
      files[name] += `c${user},SKU-${item},${iso(time)}\n`;
    }
    return files;
  },

  /** A table for PostgreSQL, as the SQL that makes it: psql -f shop.sql. */
  postgres: () => ({
    'shop.sql': `CREATE TABLE products (sku text PRIMARY KEY, title text, tags text[]);
CREATE TABLE views (customer integer, sku text, viewed_at timestamptz, kind text);
COPY products FROM stdin;
${lines(Array.from({ length: 30 }, (_, i) => `S${i}\tProduct ${i}\t{${i % 2 ? 'odd' : 'even'},all}`))}\\.
COPY views FROM stdin;
${lines([...visits({ users: 300, items: 30, seed: 10 })].map(({ user, item, time, liked }) => `${user}\tS${item}\t${iso(time)}\t${liked ? 'view' : 'return'}`))}\\.
`,
  }),
};

const parquet = (columns, values) =>
  query(
    `SELECT * FROM (VALUES ${values.join(', ')}) v(${columns.split(', ').map((column) => column.split(' ')[0])})`,
    columns,
  );

/** A file that DuckDB writes. */
function query(select, columns) {
  return async (path) => {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const typed = (columns ?? '')
      .split(', ')
      .filter(Boolean)
      .map((column) => column.split(' '));
    const list =
      typed.length === 0 ? '*' : typed.map(([name, type]) => `CAST(${name} AS ${type}) AS ${name}`).join(', ');
    await connection.run(`COPY (SELECT ${list} FROM (${select}) q) TO '${path.replaceAll("'", "''")}'`);
    connection.closeSync();
    instance.closeSync();
  };
}

/** Makes one of the data in a folder. */
export async function make(name, folder, options = {}) {
  for (const [file, content] of Object.entries(DATA[name](options))) {
    const path = join(folder, file);
    await mkdir(join(path, '..'), { recursive: true });
    await (typeof content === 'function' ? content(path) : writeFile(path, content));
  }
}

if (process.argv[1] === import.meta.filename) {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { users: { type: 'string' } } });
  const [folder, ...names] = positionals;
  if (folder === undefined) throw new Error('Give a folder.');
  const options = values.users === undefined ? {} : { users: Number(values.users) };
  for (const name of names.length > 0 ? names : Object.keys(DATA)) {
    await make(name, join(folder, name), options);
    console.log(`Made ${join(folder, name)}`);
  }
}
