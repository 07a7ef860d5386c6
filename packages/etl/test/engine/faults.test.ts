import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writtenVisits } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import type { FeedStore } from '@attractions/feeds';
import type { Engine } from '../../src/engine/engine.js';
import { sparkEngine } from '../../src/engine/spark.js';
import { contentOf, csvOf, csvProject } from '../support/csv-project.js';
import type { Line } from '../support/csv-project.js';
import { describeOnServers, startServer } from '../support/spark-server.js';
import type { SparkServer } from '../support/spark-server.js';

const linesOf = (count: number, from = 0): Line[] =>
  Array.from({ length: count }, (_, n) => ({
    user: n % 17 === 16 ? '' : `u${n % 9}`,
    item: `i${(n * n) % 7}`,
    hours: from + ((n * 5) % 400),
  }));

const committed = (store: FeedStore) => store.feed(writtenVisits).head();

describeOnServers('runs on a server', (name) => {
  let server: SparkServer;
  beforeAll(async () => {
    server = await startServer(name);
  }, 200_000);
  afterAll(() => server.stop());

  test('what is new is added as DuckDB adds it', async () => {
    const project = csvProject({ columns: {} });
    const stores = [openFeeds('memory:'), openFeeds('memory:')] as const;
    const steps: readonly (readonly [string, Line[], string])[] = [
      ['events/a.csv', linesOf(300), 'all'],
      ['events/b.csv', linesOf(60, 100), 'new'],
      ['events/c.csv', linesOf(5, 700), 'new'],
      ['events/c.csv', linesOf(5, 700), 'nothing'],
    ];
    for (const [file, lines, read] of steps) {
      if (read !== 'nothing') project.write(file, csvOf(lines));
      // A file that was written to just now may change again.
      project.touch(file, new Date(Date.now() - 60_000));
      for (const [i, spark] of [undefined, server.remote].entries())
        expect(await project.run(stores[i] as FeedStore, { spark })).toMatchObject({ read });
      expect(await contentOf(stores[1])).toEqual(await contentOf(stores[0]));
    }
  }, 120_000);

  test.each(['rows', 'writeParts', 'keep', 'describe'] as const)(
    'a server that dies in `%s`: nothing is committed, nothing is left, and the next run succeeds',
    async (phase) => {
      const project = csvProject();
      project.write('events/a.csv', csvOf(linesOf(200)));
      const store = openFeeds('memory:');
      const before = new Set(readdirSync(tmpdir()));
      const real = sparkEngine({ remote: server.remote });
      const dying = new Proxy(real, {
        get(target, key: keyof Engine) {
          const value = target[key];
          if (typeof value !== 'function') return value;
          const method = value.bind(target) as (...args: unknown[]) => unknown;
          if (key !== phase) return method;
          return async (...args: unknown[]) => {
            await target.open();
            await server.crash();
            return method(...args);
          };
        },
      });
      if (phase === 'describe')
        await dying.describe((await real.table('t', { n: 'bigint' }, [[[1]]])), 1).then(() => { throw new Error('It described.'); }, (error: unknown) => expect(error).toMatchObject({ code: 'ETL_ENGINE_FAILED', exitCode: 1 })); // prettier-ignore
      else
        await expect(project.run(store, { engine: dying })).rejects.toMatchObject({
          code: 'ETL_ENGINE_FAILED',
          exitCode: 1,
          message: expect.stringMatching(/^Spark failed in .*does not answer any more/),
        });
      await real.close();
      expect(await committed(store)).toBeUndefined();
      expect(readdirSync(tmpdir()).filter((each) => /^(attractions-spark|feed)-/.test(each) && !before.has(each))).toEqual([]); // prettier-ignore
      await server.restart();
      await project.run(store, { spark: server.remote });
      expect(await committed(store)).toBeDefined();
    },
    120_000,
  );

  test('a session that is gone with its server: the engine says so, and a closed one starts again', async () => {
    const engine = sparkEngine({ remote: server.remote });
    const table = await engine.table('numbers', { n: 'bigint' }, [[[1]]]);
    expect(await engine.rows(table)).toEqual([{ n: '1' }]);
    await server.crash();
    await server.restart();
    await expect(engine.rows(table)).rejects.toMatchObject({ code: 'ETL_ENGINE_FAILED' });
    await engine.close();
    expect(await engine.rows(await engine.table('numbers', { n: 'bigint' }, [[[2]]]))).toEqual([{ n: '2' }]);
    await engine.close();
  }, 60_000);
});

test('an address that is none is wrong configuration, and no token is shown', async () => {
  const project = csvProject();
  project.write('events/a.csv', csvOf(linesOf(20)));
  const store = openFeeds('memory:');
  await expect(project.run(store, { spark: 'http://x/;token=secret' })).rejects.toMatchObject({
    code: 'ETL_ENGINE_DENIED',
    exitCode: 2,
    message: expect.not.stringContaining('secret'),
  });
  expect(await committed(store)).toBeUndefined();
});
