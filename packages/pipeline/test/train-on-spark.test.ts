import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AlsTrainer } from '@attractions/als-trainer';
import { sparkOptions, trainOnSpark } from '@attractions/als-trainer/spark';
import { als, attractions, visits } from '@attractions/contracts';
import type { AlsGeneration, VisitsTable } from '@attractions/contracts';
import { judge, lastNewAttraction, visitLogOf, visitsTableOf } from '@attractions/evaluation';
import type { Contender } from '@attractions/evaluation';
import { openFeeds, parentOf } from '@attractions/feeds';
import { attractionOf, timedVisits } from '@attractions/models/testing';

import { PROGRAM, SAMPLE_DATA } from './support/paths.js';
import { attractionsIn, documentOf, servedIn } from './support/process.js';
import { hasSpark, startSpark } from './support/spark-server.js';
import type { SparkServer } from './support/spark-server.js';

const SHARED = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
const producer = { id: 'test', package: 'test', version: '0.0.0' };

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'pipeline-on-spark-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('without an address of Spark, or with what it cannot do, run trains nothing, and says all of it', async () => {
  const env = { RAW_DATA_PATH: SAMPLE_DATA, TRAIN_ON: 'spark', ALS_SOLVER_STEPS: '5' };
  const { exitCode, stderr } = await attractionsIn(folder, ['run'], env);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('solverSteps is 5, which');
  expect(stderr).toContain('TRAIN_ON is spark, but SPARK_REMOTE is not set; set it to sc://host:port.');
  expect(existsSync(join(folder, 'feeds/training'))).toBe(false);
});

const isThere = await hasSpark('Training on Apache Spark');

(isThere ? describe : describe.skip)('on Apache Spark', () => {
  let server: SparkServer;
  const env = () => ({ RAW_DATA_PATH: SAMPLE_DATA, TRAIN_ON: 'spark', SPARK_REMOTE: server.remote });
  beforeAll(async () => void (server = await startSpark()));
  afterAll(() => server.stop());

  test('run trains there, the gate judges the model, and the service answers from it', async () => {
    const run = await documentOf(folder, ['run'], env());
    expect(run).toMatchObject({ rank: 4, loss: [expect.any(Number)] });
    const { record } = await openFeeds(join(folder, 'feeds')).feed(als).latest();
    expect(record.producer.config).toMatchObject({ trainOn: 'spark', sparkVersion: expect.stringMatching(/^4[.]/) });
    expect(record.parents.map(({ feed }) => feed)).toEqual([visits.path, attractions.path]);

    const again = await documentOf(folder, ['train'], env());
    expect(again).toMatchObject({ feeds: [], unchanged: { feed: als.path, seq: record.seq } });

    const gate = await documentOf(folder, ['validate'], {});
    expect(gate).toMatchObject({ model: record.seq });
    const model = await (await openFeeds(join(folder, 'feeds')).feed(als).latest()).read();
    const userId = model.userIds[0] as string;
    const answer = await servedIn(folder, { MODELS: 'als' }, async (url) => {
      const response = await fetch(`${url}/v1/users/${encodeURIComponent(userId)}/recommendations`);
      return (await response.json()) as { source: string; recommendations: { attractionId: string; score: number }[] };
    });
    expect(answer.source).toBe('als');
    for (const { attractionId, score } of answer.recommendations)
      expect(score).toBeCloseTo(scoreIn(model, 0, model.attractionIds.indexOf(attractionId)), 4);
    expect(answer.recommendations.length).toBeGreaterThan(0);
  });

  test('in memory, the pairs are sent', async () => {
    const run = await documentOf(folder, ['run', '--in-memory'], env());
    expect(run).toMatchObject({ rank: 4, loss: [expect.any(Number)], feeds: [] });
  });

  test('a wrong token is refused, and the address is not shown', async () => {
    const remote = server.remote.replace(/token=.*/, 'token=wrong');
    const { exitCode, stderr } = await attractionsIn(folder, ['run'], { ...env(), SPARK_REMOTE: remote });
    expect(exitCode).toBe(2);
    expect(stderr).not.toContain('token=');
    expect(await training()).toEqual([]);
  });

  test('SIGINT in the middle of a fit ends it on both sides: nothing is committed, and Spark trains the next', async () => {
    const child = await fitting({ ...env(), ALS_ITERATIONS: '1000' });
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(await training()).toEqual([]);
    expect(await documentOf(folder, ['train'], env())).toMatchObject({ rank: 4 });
  });

  test('a server that dies in the middle of a fit is told; nothing is committed, and after a start the next run succeeds', async () => {
    const child = await fitting({ ...env(), ALS_ITERATIONS: '1000' });
    let told = '';
    child.stderr?.on('data', (text) => void (told += String(text)));
    await server.crash();
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(told).toMatch(/The server at 127[.]0[.]0[.]1:\d+ does not answer any more/);
    expect(await training()).toEqual([]);
    await server.restart();
    expect(await documentOf(folder, ['train'], env())).toMatchObject({ rank: 4 });
  });

  test.each(['sigir17', 'ml-100k'])('on %s its loss and its ranking are close to those of the kernel', async (name) => {
    const raw = join(SHARED, name);
    if (!existsSync(raw)) {
      process.stderr.write(`Training on ${name} is not tested: ${raw} is not there.\n`);
      return;
    }
    const root = join(folder, 'feeds');
    if (name === 'sigir17') await documentOf(folder, ['etl'], { RAW_DATA_PATH: raw });
    else await putRatings(root, join(raw, 'ml-100k.inter'));
    const store = openFeeds(root);
    const options = sparkOptions({ rank: 16, iterations: 10, regularization: 0.1 });
    const losses: number[] = [];
    const judgedAs = (who: string, train: (table: VisitsTable) => Promise<AlsGeneration>): Contender => ({
      name: who,
      description: who,
      async learn(part) {
        const model = await train(await visitsTableOf(part));
        losses.push(model.history.at(-1)?.loss as number);
        const rows = (ids: readonly string[], of: readonly string[]) => {
          const known = new Map(of.map((id, row) => [id, row]));
          return ids.map((id) => known.get(id) ?? -1);
        };
        const users = rows(part.names.userIds, model.userIds);
        const items = rows(part.names.attractionIds, model.attractionIds);
        return ({ user }) => Float64Array.from(items, (item) => scoreIn(model, users[user] as number, item));
      },
    });
    const table = await (await store.feed(visits).latest()).read();
    const places = await (await store.feed(attractions).latest()).read();
    const judged = await judge(
      lastNewAttraction(visitLogOf(table, places)),
      [
        judgedAs('kernel', (part) => new AlsTrainer(options).train(part)),
        judgedAs('Spark', async (part) => (await trainOnSpark(part, options, { remote: server.remote })).model),
      ],
      { k: 10 },
    );
    const [kernel, spark] = judged.map(({ report }) => report.metrics);
    expect((losses[1] as number) / (losses[0] as number)).toBeGreaterThan(0.97);
    expect((losses[1] as number) / (losses[0] as number)).toBeLessThan(1.03);
    expect(Math.abs((spark?.hitRate as number) - (kernel?.hitRate as number))).toBeLessThan(0.05);
    expect(Math.abs((spark?.ndcg as number) - (kernel?.ndcg as number))).toBeLessThan(0.03);
  });

  /** The feeds below the root that training wrote. */
  const training = async () =>
    (await openFeeds(join(folder, 'feeds')).list()).filter((feed) => feed.startsWith('training/'));

  /** A run whose fit has begun. */
  async function fitting(variables: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, [PROGRAM, 'run'], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', ALS_RANK: '4', LOG_LEVEL: 'info', FORCE_COLOR: '0', ...variables },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await new Promise<void>((resolve, reject) => {
      let told = '';
      child.stderr?.on('data', (text) => {
        told += String(text);
        if (/Spark reads the visits from/.test(told)) resolve();
      });
      child.on('close', () => reject(new Error(`It ended before the fit: ${told}`)));
    });
    return child;
  }
});

/** Score of an item for a user by the factors of a model; 0 where it has none. */
function scoreIn({ rank, userFactors, itemFactors }: AlsGeneration, user: number, item: number): number {
  let score = 0;
  if (user < 0 || item < 0) return score;
  for (let f = 0; f < rank; f++)
    score += (userFactors[user * rank + f] as number) * (itemFactors[item * rank + f] as number);
  return score;
}

/** MovieLens as visits: each rating is one. */
async function putRatings(root: string, file: string): Promise<void> {
  const [, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const rated = lines.map((line) => {
    const [user = '', item = '', , seconds] = line.split('\t');
    return [user, `ml:${item}`, 1000 * Number(seconds)] as const;
  });
  const places = [...new Set(rated.map(([, item]) => item))].map((item) => attractionOf(item, item));
  const store = openFeeds(root);
  const named = await store.feed(attractions).put(places, { producer });
  await store.feed(visits).put(timedVisits(rated), { producer, parents: [parentOf(named)] });
}
