import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';

import { describe, expect, test } from '@jest/globals';
import {
  events as eventsFeed,
  experiments,
  exposures as exposuresFeed,
  visits as visitsFeed,
} from '@attractions/contracts';
import type { Event, Exposure } from '@attractions/contracts';
import { assign, bucketOf, findingsOf } from '@attractions/experiments';
import type { Experiment, Metric } from '@attractions/experiments';
import { openFeeds } from '@attractions/feeds';
import { Int32, Table, TimestampMillisecond, Utf8, vectorFromArray } from 'apache-arrow';

import { gather } from '../../../src/experiments/report/gather.js';
import { emptyFolder } from '../../support/command-line.js';

const producer = { id: 'test', package: 'test', version: '0.0.0' };
const HOUR_MS = 3_600_000;

const experiment: Experiment = {
  experiment: 'demo',
  version: 1,
  layerSalt: 'demo-layer',
  layerBuckets: [0, 10_000],
  salt: 'demo-1',
  panels: [
    { name: 'model', recommender: 'als', buckets: [[0, 5_000]] },
    { name: 'popular', recommender: 'popular', buckets: [[5_000, 10_000]] },
  ],
  changedAt: '1970-01-01T00:00:00Z',
};

/** As the service would log it, `hour` hours since 1970. */
const shown = (userId: string, hour: number, items: readonly string[], others: Partial<Exposure> = {}): Exposure => ({
  shownAt: new Date(hour * HOUR_MS),
  requestId: `r-${userId}-${hour}`,
  userId,
  ...(assign(experiment, userId) as { experiment: string; version: number; panel: string; bucket: number }),
  source: 'als',
  modelSeq: 1,
  items,
  ...others,
});

const did = (userId: string, hour: number, others: Partial<Event> = {}): Event => ({
  eventId: `e-${userId}-${hour}`,
  userId,
  type: 'click',
  at: new Date(hour * HOUR_MS),
  receivedAt: new Date((hour + 1) * HOUR_MS),
  ...others,
});

const visitsOf = (rows: readonly (readonly [user: string, attraction: string, hour: number])[]) =>
  new Table({
    user_id: vectorFromArray(
      rows.map(([user]) => user),
      new Utf8(),
    ),
    attraction_id: vectorFromArray(
      rows.map(([, attraction]) => attraction),
      new Utf8(),
    ),
    visited_at: vectorFromArray(
      rows.map(([, , hour]) => hour * HOUR_MS),
      new TimestampMillisecond('UTC'),
    ),
    photos: vectorFromArray(
      rows.map(() => 1),
      new Int32(),
    ),
  });

async function gatherFrom(
  versions: readonly Experiment[],
  lists: readonly Exposure[],
  events: readonly Event[],
  {
    metrics = [],
    days = 1,
    visited = [],
  }: { metrics?: Metric[]; days?: number; visited?: Parameters<typeof visitsOf>[0] } = {},
) {
  const store = openFeeds(await emptyFolder());
  for (const version of versions) await store.feed(experiments).put(version, { producer });
  await store.feed(exposuresFeed).put(lists, { producer });
  if (events.length > 0) await store.feed(eventsFeed).put(events, { producer });
  if (visited.length > 0) await store.feed(visitsFeed).put(visitsOf(visited), { producer });
  const wanted = { metrics, followedDays: days, isAssignedWanted: true, engine: { etlMemoryMb: 200 } };
  return (await gather(store, wanted)).gathered;
}

const users = (panel: string, count: number): string[] =>
  Array.from({ length: 2_000 }, (_, n) => `u${n}`)
    .filter((userId) => assign(experiment, userId)?.panel === panel)
    .slice(0, count);
const [ann = '', bob = '', cid = '', dan = ''] = users('model', 4);

test('feeds that are not in a folder are copied for the engine first', async () => {
  const store = openFeeds('memory:');
  await store.feed(experiments).put(experiment, { producer });
  await store.feed(exposuresFeed).put([shown(ann, 10, ['p:a'])], { producer });
  await store.feed(exposuresFeed).put([shown(bob, 10, ['p:a'])], { producer });
  const before = await readdir(tmpdir());
  const wanted = { metrics: [], followedDays: 1, isAssignedWanted: true, engine: { etlMemoryMb: 200 } };
  expect((await gather(store, wanted)).gathered).toMatchObject({ exposures: 2, disagreeing: { lists: 0 } });
  const left = (await readdir(tmpdir())).filter((name) => !before.includes(name));
  expect(left.filter((name) => name.startsWith('attractions-experiment-'))).toEqual([]);
});

test('the SQL assigns as the design says, and as anybody may compute it', async () => {
  // printf 'v1|demo-1|63257911@N00' | sha256sum | head -c 8 gives 4d2e91de; times 10,000 over 2^32 that is 3014.
  const given = { panel: 'model', bucket: 3014, experiment: 'demo', version: 1 };
  const right = shown('63257911@N00', 1, ['p:a'], given);
  expect((await gatherFrom([experiment], [right], [])).disagreeing).toEqual({ lists: 0 });
  const wrong = await gatherFrom([experiment], [{ ...right, bucket: 3015 }], []);
  expect(wrong.disagreeing).toEqual({
    lists: 1,
    first:
      "request r-63257911@N00-1 shows '63257911@N00' panel model, bucket 3015, which recomputes to panel model, bucket 3014",
  });
  const outside = await gatherFrom([{ ...experiment, layerBuckets: [0, 1] }], [right], []);
  expect(outside.disagreeing.first).toMatch(/who takes no part$/);
  const bucket = bucketOf('holdout', '63257911@N00');
  const held: Experiment = { ...experiment, holdout: { salt: 'holdout', buckets: [bucket, bucket + 1] } };
  expect((await gatherFrom([held], [right], [])).disagreeing.lists).toBe(1);
  const besides: Experiment = { ...experiment, holdout: { salt: 'holdout', buckets: [bucket + 1, bucket + 2] } };
  expect((await gatherFrom([besides], [right], [])).disagreeing.lists).toBe(0);
});

test('followed: a visit within the days after the list, to what was on it; users without a list whose days are over are left out', async () => {
  const lists = [
    shown(ann, 10, ['p:a', 'p:b']),
    shown(ann, 30, ['p:c']),
    shown(bob, 10, ['p:a']),
    shown(cid, 9, ['p:a']),
    shown(dan, 9 * 24 + 1, ['p:c']),
  ];
  const visited = [
    [ann, 'p:a', 5],
    [ann, 'p:b', 20],
    [bob, 'p:a', 1],
    [cid, 'p:a', 10 + 24],
    ['end', 'p:c', 10 * 24],
  ] as const;
  const sums = async (days: number) => {
    const { metrics } = await gatherFrom([experiment], lists, [], { visited, days });
    return metrics[0]?.panels.map(({ moments: { users, y } }) => [users, y]);
  };
  expect(await sums(1)).toEqual([[3, 1]]);
  // A day more, and cid's visit counts.
  expect(await sums(2)).toEqual([[3, 2]]);
});

test('an event counts by when it happened, however late it comes, and never after it was received', async () => {
  const lists = [ann, bob, cid].map((userId) => shown(userId, 10, ['p:a']));
  const events = [
    did(ann, 11, { receivedAt: new Date(900 * HOUR_MS) }),
    // Before the first list, though it comes after it.
    did(bob, 9, { receivedAt: new Date(20 * HOUR_MS) }),
    // By a clock that is days ahead.
    did(cid, 500, { receivedAt: new Date(12 * HOUR_MS) }),
  ];
  const metrics: Metric[] = [{ name: 'clicks', type: 'count', event: 'click', windowDays: 2, cupedDays: 1 }];
  const found = (await gatherFrom([experiment], lists, events, { metrics })).metrics[0]?.panels[0]?.moments;
  expect(found).toMatchObject({ users: 3, y: 2, yy: 2, z: 1, zz: 1, yz: 0 });
});

test('a user whose window is not over counts neither as a user nor with what was done', async () => {
  const metrics: Metric[] = [{ name: 'clicks', type: 'count', event: 'click', windowDays: 1 }];
  const lists = [shown(ann, 10, ['p:a']), shown(bob, 60, ['p:a'])];
  const { metrics: found } = await gatherFrom([experiment], lists, [did(ann, 11), did(bob, 61), did(bob, 59)], {
    metrics,
  });
  expect(found[0]?.panels).toMatchObject([{ moments: { users: 1, y: 1, z: 0 } }]);
});

test('after the stop nothing counts, but a window is seen to its end', async () => {
  const stopped: Experiment = { ...experiment, version: 2, status: 'stopped', changedAt: '1970-01-02T00:00:00Z' };
  const metrics: Metric[] = [
    { name: 'clicks', type: 'count', event: 'click' },
    { name: 'within two days', type: 'count', event: 'click', windowDays: 2 },
  ];
  const events = [did(ann, 11), did(ann, 30), did(bob, 200)];
  const { metrics: found } = await gatherFrom([experiment, stopped], [shown(ann, 10, ['p:a'])], events, { metrics });
  expect(found.map(({ panels }) => panels[0]?.moments.y)).toEqual([1, 2]);
});

describe('versions', () => {
  const share = (buckets: number): Experiment['panels'] => [
    { name: 'model', recommender: 'als', buckets: [[0, buckets]] },
    { name: 'popular', recommender: 'popular', buckets: [[5_000, 10_000]] },
  ];

  test('each exposure is recomputed against its own version, and only the latest ratio is analysed', async () => {
    const first: Experiment = { ...experiment, panels: share(2_500) };
    const second: Experiment = { ...experiment, version: 2, panels: share(5_000) };
    const [early = ''] = users('model', 100).filter((userId) => bucketOf('demo-1', userId) < 2_500);
    const [late = ''] = users('model', 100).filter((userId) => bucketOf('demo-1', userId) >= 2_500);
    const lists = [shown(early, 1, ['p:a']), shown(late, 30, ['p:a'], { version: 2 })];
    const found = await gatherFrom([first, second], lists, []);
    expect([found.disagreeing.lists, found.exposures, found.arrivals]).toEqual([
      0,
      2,
      [{ panel: 'model', day: 0, users: 1 }],
    ]);
    expect(findingsOf(found).notes[0]).toMatch(/^Only versions from 2 on are analysed/);
    // In version 1 the later user took no part.
    const wrong = await gatherFrom([first, second], [{ ...(lists[1] as Exposure), version: 1 }], []);
    expect(wrong.disagreeing.lists).toBe(1);
  });

  test('a user with two panels in one phase, and one who changed panel with the phase', async () => {
    const two = [shown(ann, 1, ['p:a']), shown(ann, 2, ['p:a'], { panel: 'popular' })];
    expect((await gatherFrom([experiment], two, [])).changed).toEqual({ users: 1, first: ann });
    const swapped: Experiment = { ...experiment, version: 2, panels: [{ ...(experiment.panels[0] as Experiment['panels'][0]), buckets: [[5_000, 10_000]] }, { ...(experiment.panels[1] as Experiment['panels'][0]), buckets: [[0, 5_000]] }] }; // prettier-ignore
    const moved = [shown(ann, 1, ['p:a']), shown(ann, 30, ['p:a'], { version: 2, panel: 'popular' })];
    expect(await gatherFrom([experiment, swapped], moved, [])).toMatchObject({
      disagreeing: { lists: 0 },
      changed: { users: 0 },
      moved: 1,
    });
  });
});

test('all who could be assigned: known from events and visits, exposed or not, and those who are held out', async () => {
  const bucket = bucketOf('holdout', dan);
  const held: Experiment = {
    ...experiment,
    holdout: { salt: 'holdout', buckets: [bucket, bucket + 1] },
    forced: { tester: 'model' },
  };
  const [eve = ''] = users('popular', 1);
  const events = [did(ann, 11), did(bob, 30), did(dan, 12), did(eve, 40), did('tester', 13)];
  const metrics: Metric[] = [{ name: 'clicked', type: 'proportion', event: 'click' }];
  const visited = [[cid, 'p:a', 3]] as const;
  const found = await gatherFrom([held], [shown(ann, 10, ['p:a'])], events, { metrics, visited });
  const assigned = found.metrics[0]?.assigned?.map(({ panel, moments: { users, y } }) => [panel, users, y]);
  expect(assigned?.sort()).toEqual([
    ['held out', 1, 1],
    ['model', 3, 2],
    ['popular', 1, 1],
  ]);
  expect(found.metrics[0]?.panels.map(({ moments: { users, y } }) => [users, y])).toEqual([[1, 1]]);
});

test('interleaved: what users chose goes to the panel that put it there', async () => {
  const draft: Experiment = { ...experiment, design: 'interleaving' };
  const teams = ['model', 'popular'];
  const lists = [ann, bob, cid].flatMap((userId) => [
    shown(userId, 10, ['p:a', 'p:b'], { teams }),
    shown(userId, 12, ['p:b', 'p:c'], { teams }),
  ]);
  const events = [
    // The request says which list: there, b is of popular.
    did(ann, 13, { attractionId: 'p:b', requestId: `r-${ann}-10` }),
    // The last list with it before: there, b is of model. The same again counts once.
    did(bob, 13, { attractionId: 'p:b' }),
    did(bob, 14, { attractionId: 'p:b' }),
    // One of each.
    did(cid, 13, { attractionId: 'p:a' }),
    did(cid, 14, { attractionId: 'p:c' }),
    // In no list, too late, and of another type.
    did(ann, 15, { attractionId: 'p:x' }),
    did(ann, 100, { attractionId: 'p:c' }),
    did(ann, 16, { attractionId: 'p:a', type: 'view' }),
  ];
  const { preferred } = await gatherFrom([draft], lists, events);
  expect(preferred).toEqual({ a: 1, b: 1, ties: 1, credits: { a: 2, b: 2 } });
});
