import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { tableFromArrays } from 'apache-arrow';

import { connect, local, read, sql } from '../src/index.js';
import type { Relation, SparkSession } from '../src/index.js';
import { describeOn, freePort, startServer } from './support/servers.js';
import type { ConnectServer, EngineName } from './support/servers.js';

const BOTH: readonly EngineName[] = ['sail', 'spark'];

/** Some minutes of work for one server. */
const ENDLESS = sql(
  'SELECT count(*) AS n FROM range(300000) AS a CROSS JOIN range(300000) AS b WHERE a.id * b.id % 7 = 3',
);

test('a port without a server is told with the address', async () => {
  const port = await freePort();
  await expect(connect(`sc://127.0.0.1:${port}`, { timeoutMs: 300 })).rejects.toMatchObject({
    code: 'SPARK_UNREACHABLE',
    exitCode: 1,
    message: `No Spark Connect server answers at 127.0.0.1:${port} within 0.3 s; start one, or correct the address.`,
  });
});

describeOn(BOTH, 'a session', (engine) => {
  let server: ConnectServer;
  let session: SparkSession;
  let folder: string;
  const rowsOf = async (relation: Relation): Promise<object[]> =>
    (await session.collect(relation)).toArray().map((row) => row.toJSON());

  beforeAll(async () => {
    server = await startServer(engine);
    session = await connect(server.remote);
    folder = mkdtempSync(join(tmpdir(), 'spark-'));
  });

  afterAll(async () => {
    await session.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  test('rows come with their types; none are none, with their columns', async () => {
    const values = "SELECT 1 AS n, CAST(2 AS BIGINT) AS big, 0.5D AS half, 'a b' AS text, CAST(NULL AS STRING) AS none";
    expect(await rowsOf(sql(values))).toEqual([{ n: 1, big: 2n, half: 0.5, text: 'a b', none: null }]);
    const empty = await session.collect(sql("SELECT 'a' AS text WHERE 1 = 2"));
    expect([empty.numRows, empty.schema.fields.map(({ name }) => name)]).toEqual([0, ['text']]);
  });

  test('a million rows come in batches, each once', async () => {
    let [rows, sum] = [0, 0n];
    for await (const batch of session.batches(sql('SELECT id FROM range(1000000)'))) {
      rows += batch.numRows;
      for (const id of batch.getChildAt(0)?.toArray() as BigInt64Array) sum += id;
    }
    expect([rows, sum]).toEqual([1_000_000, 499_999_500_000n]);
  });

  test('rows of this process become a view; writing and reading files gives them back', async () => {
    const table = tableFromArrays({ user_id: ['ana', 'ben', 'ana'], photos: Int32Array.from([3, 1, 2]) });
    await session.createView('photos', local(table));
    const path = join(folder, 'counts');
    await session.write(sql('SELECT user_id, CAST(sum(photos) AS BIGINT) AS photos FROM photos GROUP BY user_id'), {
      path,
    });
    expect(readdirSync(path).some((name) => name.endsWith('.parquet'))).toBe(true);
    await session.createView('counts', read('parquet', path));
    expect(await rowsOf(sql('SELECT * FROM counts ORDER BY user_id'))).toEqual([
      { user_id: 'ana', photos: 5n },
      { user_id: 'ben', photos: 1n },
    ]);
  });

  test('files that are there are not overwritten unless it is asked for', async () => {
    const path = join(folder, 'kept');
    await session.write(sql('SELECT 1 AS n'), { path });
    await expect(session.write(sql('SELECT 2 AS n'), { path })).rejects.toMatchObject({ code: 'SPARK_QUERY_FAILED' });
    expect(await rowsOf(read('parquet', path))).toEqual([{ n: 1 }]);
    await session.write(sql('SELECT 3 AS n'), { path, mode: 'overwrite' });
    expect(await rowsOf(read('parquet', path))).toEqual([{ n: 3 }]);
  });

  test('csv with a delimiter, a header and a schema', async () => {
    const path = join(folder, 'csv');
    await session.write(sql("SELECT 'a;b' AS text, 7 AS n"), {
      format: 'csv',
      path,
      options: { header: 'true', sep: ';' },
    });
    const back = read('csv', path, { options: { header: 'true', sep: ';' }, schema: 'text STRING, n BIGINT' });
    expect(await rowsOf(back)).toEqual([{ text: 'a;b', n: 7n }]);
  });

  test('settings hold for the session, views for their own session only', async () => {
    await session.configure({ 'spark.sql.session.timeZone': 'Asia/Tokyo' });
    await session.execute('CREATE OR REPLACE TEMP VIEW mine AS SELECT 1 AS n');
    const other = await connect(server.remote);
    try {
      expect(await rowsOf(sql('SELECT * FROM mine'))).toEqual([{ n: 1 }]);
      await expect(other.collect(sql('SELECT * FROM mine'))).rejects.toMatchObject({
        code: 'SPARK_QUERY_FAILED',
        exitCode: 1,
        message: expect.stringContaining('mine'),
        server: {
          status: 'INTERNAL',
          ...(engine === 'spark' && {
            errorClass: 'TABLE_OR_VIEW_NOT_FOUND',
            sqlState: '42P01',
            parameters: { relationName: '`mine`' },
          }),
        },
      });
    } finally {
      await other.close();
    }
  });

  test('calls may overlap', async () => {
    const sums = await Promise.all(
      Array.from({ length: 20 }, (_, n) => rowsOf(sql(`SELECT CAST(sum(id) AS BIGINT) AS sum FROM range(${n + 1})`))),
    );
    expect(sums).toEqual(Array.from({ length: 20 }, (_, n) => [{ sum: BigInt((n * (n + 1)) / 2) }]));
  });

  test('an aborted query throws the reason of the signal, and the session goes on', async () => {
    const controller = new AbortController();
    const asked = session.collect(ENDLESS, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    await expect(session.collect(sql('SELECT 1'), { signal: controller.signal })).rejects.toThrow('enough');
    expect(await rowsOf(sql('SELECT 1 AS n'))).toEqual([{ n: 1 }]);
  });

  test('interrupt stops all that runs', async () => {
    const asked = session.collect(ENDLESS);
    const settled = asked.catch(() => 'stopped');
    // Interrupted again and again: an order that comes before the query finds nothing.
    let isOver = false;
    void settled.then(() => (isOver = true));
    while (!isOver) await session.interrupt();
    expect(await settled).toBe('stopped');
  });
});

describeOn(BOTH, 'a server that is killed', (engine) => {
  let server: ConnectServer;
  beforeAll(async () => void (server = await startServer(engine)));
  afterAll(() => server.stop());

  test('is told; after a start, a new session works and the old one is told to be lost', async () => {
    const session = await connect(server.remote);
    await session.createView('mine', sql('SELECT 1 AS n'));
    const asked = session.collect(ENDLESS).catch((error: unknown) => error);
    await session.collect(sql('SELECT 1'));
    await server.crash();
    expect(await asked).toMatchObject({ code: 'SPARK_UNREACHABLE', exitCode: 1 });
    await server.restart();
    const next = await connect(server.remote);
    expect((await next.collect(sql('SELECT 1 AS n'))).numRows).toBe(1);
    await next.close();
    // Sail does not tell sessions apart: it makes a new one, without the view.
    const code = engine === 'spark' ? 'SPARK_SESSION_LOST' : 'SPARK_QUERY_FAILED';
    await expect(session.collect(sql('SELECT * FROM mine'))).rejects.toMatchObject({ code });
    await session.close();
  });
});

describeOn(['spark'], 'what only Apache Spark has', (engine) => {
  let server: ConnectServer;
  let session: SparkSession;
  beforeAll(async () => {
    server = await startServer(engine);
    session = await connect(server.remote);
  });
  afterAll(async () => {
    await session.close();
    await server.stop();
  });

  test.each(['', '/;token=wrong'])('refuses the address with "%s" for its token', async (rest) => {
    const remote = server.remote.replace(/[/];.*/, rest);
    await expect(connect(remote)).rejects.toMatchObject({ code: 'SPARK_DENIED', exitCode: 2 });
  });

  test('tells the share that is done', async () => {
    const shares: number[] = [];
    const slow = sql(
      'SELECT count(*) FROM range(0, 40000, 1, 40) AS a CROSS JOIN range(20000) AS b WHERE a.id * b.id % 7 = 3',
    );
    await session.collect(slow, { onProgress: (share) => void shares.push(share) });
    expect(shares.length).toBeGreaterThan(0);
    for (const share of shares) expect(share >= 0 && share <= 1).toBe(true);
  });

  test('trains ALS; its factors and predictions are relations, until it is deleted', async () => {
    const ratings = sql(
      'SELECT CAST(id % 20 AS INT) AS user, CAST((id * 7919) % 13 AS INT) AS item, 1.0F + id % 3 AS rating FROM range(500)',
    );
    const parameters = {
      rank: 4,
      maxIter: 3,
      implicitPrefs: true,
      regParam: 1,
      alpha: 40,
      userCol: 'user',
      itemCol: 'item',
      ratingCol: 'rating',
      seed: 7,
    };
    const model = await session.fit('org.apache.spark.ml.recommendation.ALS', parameters, ratings);
    const users = await session.collect(model.attribute('userFactors'));
    expect([users.numRows, [...(users.getChild('features')?.get(0) ?? [])].length]).toEqual([20, 4]);
    const [row] = (await session.collect(model.transform(sql('SELECT 1 AS user, 2 AS item')))).toArray();
    expect(row.toJSON()).toEqual({ user: 1, item: 2, prediction: expect.any(Number) });
    await model.delete();
    await expect(session.collect(model.attribute('userFactors'))).rejects.toMatchObject({ code: 'SPARK_QUERY_FAILED' });
  });

  test('an error of Java is told in one sentence, with its stack aside', async () => {
    const failed = await session.collect(sql("SELECT raise_error('no such ride')")).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'SPARK_QUERY_FAILED', message: expect.stringContaining('no such ride') });
    expect((failed as Error).message).not.toMatch(/\n\s*at /);
  });

  test('an estimator that does not exist is told', async () => {
    await expect(session.fit('org.example.Nothing', {}, sql('SELECT 1'))).rejects.toMatchObject({
      code: 'SPARK_QUERY_FAILED',
      message: expect.stringContaining('org.example.Nothing'),
    });
  });
});
