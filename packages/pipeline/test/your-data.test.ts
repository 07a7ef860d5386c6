import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { emptyFolder } from './support/command-line.js';
import { attractionsIn } from './support/process.js';
import { postgresServer, startS3 } from './support/servers.js';

const maker = fileURLToPath(new URL('../../../tools/your-data/make.mjs', import.meta.url));

/** A folder with one of the data that `tools/your-data/make.mjs` makes. */
async function dataOf(name: string, users?: number): Promise<string> {
  const folder = await emptyFolder();
  const argv = [maker, folder, name, ...(users === undefined ? [] : ['--users', String(users)])];
  await promisify(execFile)(process.execPath, argv);
  return `${folder}/${name}`;
}

/** What a new user sees of data of their own, from files to lists: `init`, `check`, `run`. */
interface Expected {
  readonly rows: number;
  readonly users: number;
  readonly attractions: number;
  /** A part of what `init` writes. */
  readonly config: object;
  /** What the name of every attraction in a list looks like. */
  readonly name: RegExp;
  /** How many users to make, where it is not as many as always. */
  readonly made?: number;
}

const CASES: Readonly<Record<string, Expected>> = {
  shop: {
    rows: 3200,
    users: 400,
    attractions: 40,
    config: {
      sources: {
        visits: { type: 'parquet', columns: { user: 'customer_id', attraction: 'product_id', time: 'ordered_at' } },
        attractions: { type: 'parquet', columns: { attraction: 'product_id', name: 'product_name' } },
      },
    },
    name: /^Product \d+$/,
  },
  museum: {
    rows: 2400,
    users: 300,
    attractions: 30,
    config: { sources: { visits: { type: 'jsonl', columns: { user: '/visitor/id', attraction: '/exhibit/id' } } } },
    name: /^\p{L}+ \d+$/u,
  },
  till: {
    rows: 2400,
    users: 300,
    attractions: 24,
    config: { sources: { visits: { encoding: 'latin1', delimiter: ';', timeFormat: '%d.%m.%Y %H:%M' } } },
    name: /^(Saal|Galerie|Krönung|Gemälde|Rüstung|Säule) \d+$/,
  },
  feedback: {
    rows: 3000,
    users: 300,
    attractions: 30,
    config: { events: { view: 1, like: 3, dislike: -1, skip: -1 } },
    name: /^Clip "\d+", (odd|even)$/,
  },
  ratings: {
    rows: 3000,
    users: 300,
    attractions: 40,
    config: { sources: { visits: { columns: { weight: 'rating' }, timeFormat: 'unix-seconds' } } },
    name: /^Movie \d+, The \(\d+\)$/,
  },
  headless: {
    rows: 2400,
    users: 300,
    attractions: 30,
    config: { sources: { visits: { delimiter: '\t', header: false, columns: { user: 1, attraction: 3, time: 2 } } } },
    name: /^track \d+$/,
  },
  days: {
    rows: 1600,
    users: 200,
    attractions: 20,
    config: { sources: { visits: { files: 'events/day=*/visits-*.csv', columns: { time: 'entered_at' } } } },
    name: /^Ride \d+$/,
  },
  millions: {
    rows: 15_000,
    users: 5_000,
    attractions: 1_000,
    config: { sources: { visits: { columns: { user: 'user', attraction: 'item', time: 'ts' } } } },
    name: /^i\d+$/,
    made: 5_000,
  },
};

const postgres = await postgresServer();
const s3 = await startS3();

describe('data of your own, from files to named recommendations', () => {
  test.each(Object.entries(CASES))(
    '%s',
    async (name, { rows, users, attractions, config, name: named, made: count }) => {
      const cwd = await dataOf(name, count);
      const init = await attractionsIn(cwd, ['init', '--json']);
      expect(init).toMatchObject({ exitCode: 0, stderr: '' });
      expect(JSON.parse(init.stdout)).toMatchObject({ ...config, next: 'attractions check' });

      const check = await attractionsIn(cwd, ['check', '--json']);
      expect(check).toMatchObject({ exitCode: 0, stderr: '' });
      const [visits] = JSON.parse(check.stdout).looks;
      expect(visits).toMatchObject({ what: 'sources.visits', passed: true, refused: 0 });
      expect(visits.sample).toHaveLength(10);

      const run = await attractionsIn(cwd, ['run', '--json']);
      expect(run).toMatchObject({ exitCode: 0 });
      const summary = JSON.parse(run.stdout);
      expect(summary).toMatchObject({ rows, kept: rows, rejected: 0, users, attractions });
      const lists = summary.recommendations.map((each: { recommendations: object[] }) => each.recommendations);
      expect(lists.flat().length).toBeGreaterThanOrEqual(5);
      for (const each of lists.flat()) expect(each.name).toMatch(named);
    },
  );

  (postgres ? test : test.skip)('a table of PostgreSQL', async () => {
    const cwd = await dataOf('postgres');
    await promisify(execFile)('psql', ['--quiet', '-f', join(cwd, 'shop.sql'), postgres?.url ?? '']);
    const env = { DATABASE_URL: postgres?.url ?? '' };
    const init = await attractionsIn(cwd, ['init', 'postgres:DATABASE_URL', '--json'], env);
    expect(init).toMatchObject({ exitCode: 0, stderr: '' });
    const url = 'DATABASE_URL';
    expect(JSON.parse(init.stdout)).toMatchObject({
      sources: {
        visits: {
          type: 'postgres',
          url,
          query: 'SELECT * FROM views',
          columns: { user: 'customer', attraction: 'sku', time: 'viewed_at', event: 'kind' },
        },
        attractions: {
          type: 'postgres',
          url,
          query: 'SELECT * FROM products',
          columns: { attraction: 'sku', name: 'title', themes: 'tags' },
        },
      },
      events: { view: 1, return: -1 },
    });
    const check = await attractionsIn(cwd, ['check', '--json'], env);
    expect(check).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(check.stdout).looks[0]).toMatchObject({ passed: true, rows: 1000, refused: 0 });
    const run = await attractionsIn(cwd, ['run', '--json'], env);
    const summary = JSON.parse(run.stdout);
    expect(summary).toMatchObject({ rows: 2400, kept: 2400, rejected: 0, users: 300, attractions: 30 });
    for (const { name } of summary.recommendations[0].recommendations) expect(name).toMatch(/^Product \d+$/);

    const wrong = await attractionsIn(cwd, ['run', '--json'], {
      DATABASE_URL: env.DATABASE_URL.replace('-secret', ''),
    });
    expect(wrong.exitCode).toBe(2);
    expect(JSON.parse(wrong.stdout).error).toMatchObject({ code: 'ETL_DATABASE_DENIED' });
  });

  (s3 ? test : test.skip)('objects in S3', async () => {
    const from = await dataOf('bucket');
    const cwd = await emptyFolder();
    const root = await s3?.upload(from);
    const given = `${root}/logs?path-style=true`;
    const init = await attractionsIn(cwd, ['init', given, '--json'], s3?.env);
    expect(init).toMatchObject({ exitCode: 0 });
    const { visits } = JSON.parse(init.stdout).sources;
    expect(visits.files).toBe(`${root}/logs/2026-09/part-*.csv?path-style=true`);
    expect(visits.columns).toEqual({ user: 'customer_id', attraction: 'sku', time: 'viewed_at' });
    const check = await attractionsIn(cwd, ['check', '--json'], s3?.env);
    expect(JSON.parse(check.stdout).looks[0]).toMatchObject({ passed: true, refused: 0 });
    const run = await attractionsIn(cwd, ['run', '--json'], s3?.env);
    expect(JSON.parse(run.stdout)).toMatchObject({ rows: 2400, kept: 2400, users: 300, attractions: 30 });
    // The listing tells by its etags that nothing is new.
    const again = await attractionsIn(cwd, ['etl', '--json'], s3?.env);
    expect(JSON.parse(again.stdout)).toMatchObject({ read: 'nothing', rows: 2400 });
  });
});
