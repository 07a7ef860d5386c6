import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { visits } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import { connect } from '@attractions/spark';
import type { SparkSession } from '@attractions/spark';

import { interactionsOf } from '../../src/als-trainer.js';
import { weightAt } from '../../src/csr.js';
import type { AlsOptions } from '../../src/options.js';
import { pairsOf } from '../../src/prepare.js';
import { visitFiles } from '../../src/spark/kind.js';
import type { VisitFiles } from '../../src/spark/pairs.js';
import { sparkOptions } from '../../src/spark/options.js';
import { pairsOnSpark } from '../../src/spark/pairs.js';
import { indexVisits, visitTimes } from '../../src/visits.js';
import { describeOn, startServer } from '../support/spark-server.js';
import type { SparkServer } from '../support/spark-server.js';
import { weighedVisits } from '../support/weighed-visits.js';

const table = weighedVisits(40, 30, 900);
const { userIds, attractionIds } = indexVisits(table);

describeOn(['sail', 'spark'], 'pairs on a server', (name) => {
  let server: SparkServer;
  let session: SparkSession;
  let root: string;
  let files: VisitFiles | undefined;

  beforeAll(async () => {
    server = await startServer(name);
    session = await connect(server.remote);
    root = mkdtempSync(join(tmpdir(), 'pairs on spark '));
    const record = await openFeeds(root)
      .feed(visits)
      .put(table, { producer: { id: 'test', package: 'test', version: '0.0.0' } });
    files = visitFiles(root, record);
  });
  afterAll(async () => {
    await session.close();
    await server.stop();
    rmSync(root, { recursive: true });
  });

  /** Makes the pairs known; gives them by the ids of the model, and what was told. */
  async function made(given: Partial<AlsOptions>, from: VisitFiles | undefined, mostSent?: number) {
    const options = sparkOptions(given);
    const pairs = pairsOf(interactionsOf(table, options), options);
    const latestMs = Math.max(...visitTimes(table));
    const told: string[] = [];
    const { relation, names } = await pairsOnSpark(
      session,
      { options, pairs, files: from, latestMs, ...(mostSent !== undefined && { mostSent }) },
      {},
      (how) => void told.push(how),
    );
    const idsOf = async (view: string | undefined, ids: readonly string[]) => {
      if (view === undefined) return ids;
      const rows = (await session.collect({ sql: { query: `SELECT id, number FROM ${view}` } })).toArray();
      const named: string[] = [];
      for (const { id, number } of rows) named[number] = id;
      return named;
    };
    const [users, items] = [await idsOf(names?.users, userIds), await idsOf(names?.items, attractionIds)];
    const ratings = new Map<string, number>();
    for (const { user, item, rating } of (await session.collect(relation)).toArray())
      ratings.set(JSON.stringify([users[user], items[item]]), rating);
    return { ratings, told, pairs };
  }

  test.each<Partial<AlsOptions>>([
    {},
    { weighting: 'log' },
    { halfLifeDays: 20 },
    { halfLifeDays: 20, weighting: 'log' },
    { implicitFeedback: false },
  ])('with %j they are the same by SQL over the files, sent, and in the kernel', async (given) => {
    const [read, sent] = [await made(given, files), await made(given, undefined)];
    expect(read.told).toEqual(['Spark reads the visits from 1 file.']);
    expect(sent.told).toEqual([
      `${read.pairs.byUser.columns.length} pairs are sent, since Spark cannot read the files of the visits: they are in the memory of this process.`,
    ]);
    expect([...read.ratings.keys()].sort()).toEqual([...sent.ratings.keys()].sort());
    for (const [pair, rating] of sent.ratings) expect(read.ratings.get(pair)).toBeCloseTo(rating, 5);

    const { offsets, columns, weights } = read.pairs.byUser;
    const kernel = new Map<string, number>();
    userIds.forEach((user, row) => {
      for (let k = offsets[row] as number; k < (offsets[row + 1] as number); k++)
        kernel.set(JSON.stringify([user, attractionIds[columns[k] as number]]), weightAt(weights, k));
    });
    // Nobody likes what is left out, so its factors are 0 in each.
    const likes = (at: 0 | 1) =>
      new Set([...kernel].filter(([, weight]) => weight > 0).map(([pair]) => JSON.parse(pair)[at]));
    const [likers, liked] = [likes(0), likes(1)];
    const expected = [...kernel].filter(([pair]) => {
      const [user, item] = JSON.parse(pair);
      return given.implicitFeedback === false || (likers.has(user) && liked.has(item));
    });
    expect(expected.length < kernel.size).toBe(given.implicitFeedback !== false);
    expect(sent.ratings).toEqual(new Map(expected));
  });

  test('where the files are not there, they are sent; too many are refused', async () => {
    const elsewhere = { paths: ['/nowhere/visits.parquet'], rows: 900 };
    const { told, ratings, pairs } = await made({}, elsewhere);
    expect(ratings.size).toBeGreaterThan(0);
    expect(told[0]).toMatch(/^\d+ pairs are sent, since Spark cannot read the files of the visits: .*[^.]\.$/);
    const count = pairs.byUser.columns.length;
    await expect(made({}, elsewhere, count)).resolves.toBeDefined();
    await expect(made({}, elsewhere, count - 1)).rejects.toMatchObject({ code: 'ALS_SPARK_BLIND', exitCode: 2 });
  });

  test('files that lack visits are not believed', async () => {
    const { told } = await made({}, files && { ...files, rows: 901 });
    expect(told[0]).toContain('it finds 900 of 901 visits in them');
  });
});
