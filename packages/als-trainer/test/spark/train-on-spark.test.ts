import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { visits } from '@attractions/contracts';
import { openFeeds } from '@attractions/feeds';
import { connect, sql } from '@attractions/spark';
import type { AlsGeneration } from '@attractions/contracts';
import { foldInOf } from '@attractions/models/als';

import { AlsTrainer } from '../../src/als-trainer.js';
import type { AlsOptions } from '../../src/options.js';
import { visitFiles } from '../../src/spark/kind.js';
import type { VisitFiles } from '../../src/spark/pairs.js';
import { SPARK_ALS, sparkOptions, sparkParameters } from '../../src/spark/options.js';
import { trainOnSpark } from '../../src/spark/train-on-spark.js';
import type { SparkRun } from '../../src/spark/train-on-spark.js';
import { describeOn, startServer } from '../support/spark-server.js';
import type { SparkServer } from '../support/spark-server.js';
import { visitsTable } from '../support/visits-table.js';
import { weighedVisits } from '../support/weighed-visits.js';

describeOn(['sail'], 'a server without ML', (name) => {
  let server: SparkServer;
  beforeAll(async () => void (server = await startServer(name)));
  afterAll(() => server.stop());

  test('is refused with its version, before anything is sent', async () => {
    const table = visitsTable([['ann', 'p:castle', 1]]);
    await expect(trainOnSpark(table, sparkOptions({}), { remote: server.remote })).rejects.toMatchObject({
      code: 'ALS_SPARK_UNFIT',
      exitCode: 2,
      message: expect.stringMatching(/^The server of SPARK_REMOTE says that its version is 0[.].* Sail has no ML/),
    });
  });
});

const SMALL = { rank: 4, iterations: 3, regularization: 0.1 };

describeOn(['spark'], 'a training', (name) => {
  const table = weighedVisits(40, 30, 900);
  let server: SparkServer;
  let root: string;
  let files: VisitFiles | undefined;
  const train = (given: Partial<AlsOptions> = {}, run: Partial<SparkRun> = {}) =>
    trainOnSpark(table, sparkOptions({ ...SMALL, ...given }), { remote: server.remote, files, ...run });

  beforeAll(async () => {
    server = await startServer(name);
    root = mkdtempSync(join(tmpdir(), 'train-on-spark-'));
    const record = await openFeeds(root)
      .feed(visits)
      .put(table, { producer: { id: 'test', package: 'test', version: '0.0.0' } });
    files = visitFiles(root, record);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(root, { recursive: true });
  });

  test('has all that a model of the kernel has, but other factors; the version is told', async () => {
    const { model, sparkVersion } = await train();
    const { userFactors, itemFactors, history, ...others } = await new AlsTrainer(sparkOptions(SMALL)).train(table);
    expect(model).toMatchObject(others);
    expect([model.userFactors.length, model.itemFactors.length]).toEqual([userFactors.length, itemFactors.length]);
    expect(model.history).toEqual([{ iteration: 3, loss: expect.any(Number), seconds: expect.any(Number) }]);
    expect(history).toHaveLength(3);
    expect(sparkVersion).toMatch(/^4[.]\d+[.]\d+/);
  });

  // Spark solves the users last: their factors are the exact minimum of the loss with the items fixed.
  test.each<Partial<AlsOptions>>([
    { halfLifeDays: 20, weighting: 'log', alpha: 3 },
    { nonNegative: true },
    { implicitFeedback: false },
  ])('with %j, folding in a history gives the factors that Spark has for it', async (given) => {
    const { model } = await train(given);
    for (const row of likersOnly(model)) {
      const [folded, trained] = [folding(model, row), model.userFactors.subarray(row * 4, row * 4 + 4)];
      folded.forEach((value, f) => expect(value).toBeCloseTo(trained[f] as number, given.nonNegative ? 3 : 4));
    }
    expect(likersOnly(model).length).toBeGreaterThan(3);
  });

  test('sent pairs give as good a model as files; a user who likes nothing has the factors 0', async () => {
    const [read, sent] = [await train({ iterations: 15 }), await train({ iterations: 15 }, { files: undefined })];
    const [a, b] = [read, sent].map(({ model }) => model.history[0]?.loss as number) as [number, number];
    expect(Math.abs(a - b) / a).toBeLessThan(0.05);
    for (const { model } of [read, sent]) {
      const row = model.userIds.indexOf("o'hara");
      expect([...model.userFactors.subarray(row * 4, row * 4 + 4)]).toEqual([0, 0, 0, 0]);
      expect(model.userFactors.filter((factor) => factor !== 0).length).toBeGreaterThan(4 * 30);
    }
  });

  test('the kernel goes on from its factors: an exact iteration does not raise the loss, nor lower it much', async () => {
    const options = sparkOptions({ ...SMALL, iterations: 20 });
    const { model } = await train({ iterations: 20 });
    const { history } = await new AlsTrainer({ ...options, iterations: 1 }, model).train(table);
    const [before, after] = [model.history[0]?.loss as number, history[0]?.loss as number];
    expect(after / before).toBeLessThanOrEqual(1.001);
    expect(after / before).toBeGreaterThan(0.97);
  });

  test.each([
    ['rank', 0],
    ['maxIter', -1],
    ['regParam', -1],
    ['alpha', -1],
    ['implicitPrefs', 'x'],
    ['nonnegative', 'x'],
    ['seed', 'x'],
    ['numUserBlocks', 0],
    ['numItemBlocks', 0],
    ['userCol', 'none'],
    ['itemCol', 'none'],
    ['ratingCol', 'none'],
  ])('%s is a parameter that Spark knows: it refuses %p', async (parameter, value) => {
    const parameters = sparkParameters(sparkOptions(SMALL), 1);
    expect(Object.keys(parameters)).toContain(parameter);
    const session = await connect(server.remote);
    const pairs = sql('SELECT 1 AS user, 2 AS item, 1.0F AS rating');
    await expect(session.fit(SPARK_ALS, { ...parameters, [parameter]: value }, pairs)).rejects.toMatchObject({
      code: 'SPARK_QUERY_FAILED',
    });
    await session.close();
  });

  test('a model that is larger than the server keeps is told with the sizes', async () => {
    const remote = `${server.remote};session_id=${randomUUID()}`;
    const session = await connect(remote);
    await session.configure({ 'spark.connect.session.connectML.mlCache.memoryControl.maxModelSize': '1k' });
    await expect(train({}, { remote })).rejects.toMatchObject({
      code: 'ALS_TOO_LARGE',
      message: expect.stringMatching(/^The model has \d+ bytes, and the server keeps 1024 at most; lower rank/),
    });
  });

  test('when the signal aborts, Spark stops too, and trains again', async () => {
    const stop = new AbortController();
    const endless = train(
      { iterations: 1000 },
      { signal: stop.signal, onShare: () => stop.abort(new Error('enough')) },
    );
    await expect(endless).rejects.toThrow('enough');
    expect((await train()).model.rank).toBe(4);
  });
});

/** Rows of users without dislikes: Spark counts only likes for its regularization, a fold-in all pairs. */
function likersOnly({ seen, histories, userIds }: AlsGeneration): number[] {
  return [...userIds.keys()].filter((row) => {
    const weights = histories?.weights?.subarray(seen.offsets[row], seen.offsets[row + 1]) ?? [];
    return weights.length > 0 && weights.every((weight) => weight > 0);
  });
}

function folding(model: AlsGeneration, row: number): Float32Array {
  const [from, to] = [model.seen.offsets[row], model.seen.offsets[row + 1]];
  const weights = model.histories?.weights?.slice(from, to) as Float32Array;
  return foldInOf(model)({ items: model.seen.items.slice(from, to), weights }).factors;
}
