import { Int32, Table, TimestampMillisecond, Utf8, vectorFromArray } from 'apache-arrow';
import { beforeAll, expect, test } from '@jest/globals';
import { runTrain } from '@attractions/als-trainer';
import { createLogger, forceConfig, readConfig } from '@attractions/config';
import { judgeModel, runValidate } from '@attractions/evaluation';
import { als, attractions as attractionsFeed, evaluationReport, nextAttraction, visits } from '@attractions/contracts';
import { openFeeds, parentOf } from '@attractions/feeds';
import type { AlsGeneration, NextAttractionModel } from '@attractions/contracts';
import type { FeedStore, UpdateRecord } from '@attractions/feeds';

import { nextAttractionScoring } from '@attractions/models';
import { candidateOf } from '../src/candidate.js';
import { pipelineSettings } from '../src/settings.js';
import type { PipelineConfig } from '../src/settings.js';
import { attractions, emptyFolder, quick } from './support/command-line.js';

const logger = createLogger({ level: 'silent' });
const producer = { id: 'test', package: 'test', version: '0.0.0' };
const SIDES = 12;
const idOf = (corner: number) => `ring:${String(corner % SIDES).padStart(2, '0')}`;

/** Attractions on a ring; everybody walks on to the next one each quarter of an hour, so where somebody was last tells all. */
function ring() {
  const rows = Array.from({ length: 240 }, (_, user) =>
    Array.from({ length: 4 + (user % 3) }, (_, step) => ({
      user: `u${String(user).padStart(3, '0')}`,
      attraction: idOf(user * 5 + step),
      time: user * 86_400_000 + 36_000_000 + step * 900_000,
    })),
  ).flat();
  const text = (values: string[]) => vectorFromArray(values, new Utf8());
  return new Table({
    user_id: text(rows.map(({ user }) => user)),
    attraction_id: text(rows.map(({ attraction }) => attraction)),
    visited_at: vectorFromArray(
      rows.map(({ time }) => time),
      new TimestampMillisecond('UTC'),
    ),
    photos: vectorFromArray(
      rows.map(() => 1),
      new Int32(),
    ),
  });
}

const places = Array.from({ length: SIDES }, (_, corner) => ({
  attractionId: idOf(corner),
  park: 'ring',
  name: `Corner ${corner}`,
  latitude: 50 + 0.002 * Math.cos((corner / SIDES) * 2 * Math.PI),
  longitude: 8 + 0.003 * Math.sin((corner / SIDES) * 2 * Math.PI),
  themes: [],
}));

let config: PipelineConfig;
let store: FeedStore;
let good: { model: AlsGeneration; next: NextAttractionModel; record: UpdateRecord };

beforeAll(async () => {
  const values = { ...quick('memory:'), iterations: 10, reportResamples: 300 };
  config = forceConfig(pipelineSettings, values, () => readConfig(pipelineSettings));
  store = openFeeds('memory:');
  const named = await store.feed(attractionsFeed).put(places, { producer });
  await store.feed(visits).put(ring(), { producer, parents: [parentOf(named)] });
  await runTrain(config, { store, logger });
  const [model, next] = [await store.feed(als).latest(), await store.feed(nextAttraction).latest()];
  good = { model: await model.read(), next: await next.read(), record: model.record };
  await runValidate(config, { store, logger, candidateOf });
});

const championOf = async () => (await store.feed(als).refs())['champion'];

/** Puts a tampered model of the same parents, and gives what the gate says. */
async function refusal(model: Partial<AlsGeneration>, next: NextAttractionModel = good.next) {
  const { parents } = good.record;
  await store.feed(nextAttraction).put(next, { producer, parents });
  await store.feed(als).put({ ...good.model, ...model }, { producer, parents });
  return runValidate(config, { store, logger, candidateOf }).catch((error: unknown) => error);
}

const refusedFor = (check: string) =>
  expect.objectContaining({
    code: 'EVALUATION_MODEL_REFUSED',
    exitCode: 3,
    message: expect.stringMatching(new RegExp(`model 1 stays the champion\\.[^]*  ${check}: `)),
  });

/** Rows in reverse. */
function turned(factors: Float32Array, rank: number): Float32Array {
  return Float32Array.from(factors, (_, k) => {
    const row = factors.length / rank - 1 - Math.floor(k / rank);
    return factors[row * rank + (k % rank)] as number;
  });
}

test('of more visits than are asked for, some users are judged, with all their visits, and it is said', async () => {
  const { sample, checks, feeds } = await runValidate({ ...config, mostVisits: 800 }, { store, logger, candidateOf });
  expect(sample).toMatchObject({ ofUsers: 240, ofVisits: ring().numRows });
  expect(sample?.visits).toBeGreaterThan(600);
  expect(sample?.visits).toBeLessThan(1_000);
  const found = Object.fromEntries(checks.map((each) => [each.check, each.found]));
  expect(found['vocabulary']).toBe(
    `240 users and 12 attractions, as in its visits; other checks are made with ${sample?.users} of the users`,
  );
  expect(found['full']).toBe(`lists of 5; ${sample?.users} users asked for`);
  const { record } = await store.feed(evaluationReport).at(feeds[0]?.seq ?? 0);
  expect(record.checks).toMatchObject({ passed: true, sampledUsers: sample?.users, users: 240 });
});

test('the default passes every check and is the champion', async () => {
  expect(await championOf()).toBe(1);
  const { checks, model } = await runValidate(config, { store, logger, candidateOf, model: 1 });
  expect(model).toBe(1);
  expect(checks.map(({ check, passed }) => `${check} ${passed}`)).toEqual(
    'vocabulary finite fit monotone visited full scores coverage replay itself'
      .split(' ')
      .map((name) => `${name} true`),
  );
});

test('shuffled factors are refused, the alias stays', async () => {
  const { itemFactors, rank } = good.model;
  expect(await refusal({ itemFactors: turned(itemFactors, rank) })).toEqual(refusedFor('fit'));
  expect(await championOf()).toBe(1);
});

test('a model of another vocabulary is refused', async () => {
  expect(await refusal({ userIds: good.model.userIds.map((id) => `${id}x`) })).toEqual(refusedFor('vocabulary'));
});

test('a model that recommends visited attractions is refused', async () => {
  const seen = { offsets: new Uint32Array(good.model.userIds.length + 1), items: new Uint32Array() };
  expect(await refusal({ seen, histories: undefined })).toEqual(refusedFor('visited'));
});

test('a model below popularity is refused', async () => {
  const upsideDown = (values: readonly number[]) => values.map((value) => -value);
  const parks = good.next.parks.map((tables) => ({ ...tables, onward: tables.onward.map(upsideDown) }));
  expect(await refusal({}, { ...good.next, parks })).toEqual(refusedFor('itself'));
  expect(await championOf()).toBe(1);
});

test('a model with NaN can neither be put nor pass', async () => {
  const itemFactors = good.model.itemFactors.map((factor, k) => (k === 3 ? NaN : factor));
  const model = { ...good.model, itemFactors };
  await expect(store.feed(als).put(model, { producer })).rejects.toMatchObject({ code: 'FEEDS_VALUE_INVALID' });
  const subject = {
    model,
    beside: [{ kind: nextAttractionScoring, model: good.next }],
    visits: ring(),
    attractions: places,
    seq: 9,
    parents: [],
  };
  const verdict = await judgeModel(subject, candidateOf, { margin: 0, coverage: 0, resamples: 100 });
  expect(verdict.passed).toBe(false);
  expect(verdict.checks.find(({ passed }) => !passed)).toEqual({
    check: 'finite',
    passed: false,
    found: '1 numbers of the item factors are not finite, the first at [3]',
  });
});

test('the command makes the default on the sample data the champion, and exits with 3 if more is required than it has', async () => {
  const feedsRoot = await emptyFolder();
  const sample = { ...quick(feedsRoot), reportResamples: 500 };
  await attractions(sample, 'etl');
  await attractions(sample, 'train');
  const passed = await attractions(sample, 'validate', '--json');
  expect(passed.exitCode).toBe(0);
  expect(JSON.parse(passed.stdout)).toMatchObject({ model: 1 });
  await attractions({ ...sample, rank: 4 }, 'train');
  const { exitCode, stderr, stdout } = await attractions({ ...sample, gateMargin: 0.5 }, 'validate', '--json');
  expect(exitCode).toBe(3);
  expect(JSON.parse(stdout).error.code).toBe('EVALUATION_MODEL_REFUSED');
  expect(stderr).toContain('replay: hitRate@5 is');
  expect((await openFeeds(feedsRoot).feed(als).refs())['champion']).toBe(1);
}, 120_000);

test('a validation that another one has overtaken does not undo it', async () => {
  const models = store.feed(als);
  const { parents } = good.record;
  const before = await models.put(good.model, { producer, parents });
  const { seq: theirs } = await models.put(good.model, { producer, parents });
  await models.alias('champion', before.seq, { producer });
  let other: Promise<unknown> | undefined;
  const validation = runValidate(config, {
    store,
    logger,
    model: good.record.seq,
    candidateOf: (subject) => {
      other = models.alias('champion', theirs, { producer });
      return candidateOf(subject);
    },
  });
  await expect(validation).rejects.toMatchObject({ code: 'FEEDS_OVERTAKEN', exitCode: 1 });
  await other;
  expect(await championOf()).toBe(theirs);
});
