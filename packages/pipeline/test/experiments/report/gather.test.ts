import { expect, test } from '@jest/globals';
import { events as eventsFeed, experiments, exposures as exposuresFeed } from '@attractions/contracts';
import type { Event, Exposure } from '@attractions/contracts';
import type { EngineSettings } from '@attractions/etl';
import { assign, completeMetric, gatherRows } from '@attractions/experiments';
import type { Experiment, Gathered, Metric } from '@attractions/experiments';
import { openFeeds, parquet } from '@attractions/feeds';
import type { FeedStore } from '@attractions/feeds';
import { Field, Int32, List, Table, TimestampMillisecond, Utf8, vectorFromArray } from 'apache-arrow';

import { gather } from '../../../src/experiments/report/gather.js';
import { emptyFolder } from '../../support/command-line.js';
import { sailServer } from '../../support/servers.js';

const producer = { id: 'test', package: 'test', version: '0.0.0' };
const DAY_MS = 86_400_000;
const BEGIN_MS = Date.UTC(2026, 0, 10);

const first: Experiment = {
  experiment: 'home',
  version: 1,
  layerSalt: 'home-layer',
  layerBuckets: [0, 6_000],
  salt: 'home-1',
  panels: [
    { name: 'old', recommender: 'popular', buckets: [[0, 5_000]] },
    { name: 'new', recommender: 'als', buckets: [[5_000, 10_000]] },
  ],
  forced: { 'user-3': 'new' },
};
const wider: Experiment = { ...first, version: 2, layerBuckets: [0, 9_000] };

const metrics: readonly Metric[] = [
  { name: 'clicked', type: 'proportion', event: 'click' },
  { name: 'clicks', type: 'count', event: 'click', winsorize: 0.9 },
  { name: 'spent', type: 'mean', event: 'buy', windowDays: 2, cupedDays: 3 },
  { name: 'rate', type: 'ratio', event: 'click', denominator: 'view' },
  { name: 'shown', type: 'ratio', event: 'click', denominator: 'exposure', windowDays: 1 },
];

/** Seeded: 0 to 1. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Lists and events of some users over ten days and five before. */
function history(users: number): { lists: Exposure[]; events: Event[] } {
  const random = randomFrom(7);
  const lists: Exposure[] = [];
  const events: Event[] = [];
  for (let n = 0; n < users; n++) {
    const userId = `user-${n}`;
    for (const experiment of [first, wider]) {
      const forced = experiment.forced?.[userId];
      const assigned =
        forced === undefined ? assign(experiment, userId) : { ...assign(experiment, userId), panel: forced };
      if (assigned?.panel === undefined) continue;
      for (let list = 0; list < 1 + Math.floor(random() * 3); list++)
        lists.push({
          shownAt: new Date(BEGIN_MS + Math.floor((experiment.version * 4 + random() * 4) * DAY_MS)),
          requestId: `request-${lists.length}`,
          userId,
          source: 'als',
          modelSeq: 1,
          items: ['north:a', 'north:b'],
          ...(random() < 0.7 && { park: random() < 0.5 ? 'north' : 'south' }),
          ...assigned,
          experiment: 'home',
          version: experiment.version,
          bucket: assigned.bucket ?? 0,
          ...(forced !== undefined && { forced: true }),
        });
    }
    const count = Math.floor(random() ** 3 * 12);
    for (let done = 0; done < count; done++) {
      const at = new Date(BEGIN_MS + Math.floor((random() * 17 - 1) * DAY_MS));
      const type = ['click', 'view', 'buy', 'other'][Math.floor(random() * 4)] as string;
      const event = {
        eventId: `event-${events.length}`,
        userId,
        type,
        at,
        receivedAt: new Date(BEGIN_MS + 17 * DAY_MS),
      };
      events.push({ ...event, ...(type === 'buy' && random() < 0.9 && { value: Math.floor(random() * 100) / 4 }) });
      if (random() < 0.1) events.push(events.at(-1) as Event);
    }
  }
  return { lists, events };
}

/** Sums in an order of their own, rounded: floating point sums depend on the order. */
function comparable({ metrics: found, ...rest }: Gathered): unknown {
  const key = (entry: object): string => JSON.stringify(Object.entries(entry).filter(([name]) => name !== 'moments'));
  const rounded = (entries: readonly { readonly moments: object }[]) =>
    entries
      .map(({ moments, ...entry }) => ({
        ...entry,
        moments: Object.fromEntries(Object.entries(moments).map(([name, sum]) => [name, Number(sum.toPrecision(10))])),
      }))
      .sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return {
    ...rest,
    metrics: found.map(({ metric, panels, days, segments, heavy }) => ({
      metric: metric.name,
      heavy,
      panels: rounded(panels),
      days: rounded(days),
      segments: rounded(segments),
    })),
  };
}

const withoutPark = ({ park, ...list }: Exposure): Exposure => (park === undefined ? list : list);

/** Puts lists as releases before 1.1 did: without the columns that came then. */
async function putAsBefore(store: FeedStore, lists: readonly Exposure[]): Promise<void> {
  const added = new Set(['forced', 'park', 'attributes', 'teams']);
  const schema = exposuresFeed.schema.filter(({ name }) => !added.has(name));
  const texts = (valueOf: (list: Exposure) => string | undefined) => vectorFromArray(lists.map((list) => valueOf(list) ?? null), new Utf8()); // prettier-ignore
  const numbers = (valueOf: (list: Exposure) => number | undefined) => vectorFromArray(lists.map((list) => valueOf(list) ?? null), new Int32()); // prettier-ignore
  const table = new Table({
    shown_at: vectorFromArray(lists.map(({ shownAt }) => shownAt), new TimestampMillisecond('UTC')), // prettier-ignore
    request_id: texts(({ requestId }) => requestId),
    user_id: texts(({ userId }) => userId),
    experiment: texts(({ experiment }) => experiment),
    version: numbers(({ version }) => version),
    panel: texts(({ panel }) => panel),
    bucket: numbers(({ bucket }) => bucket),
    source: texts(({ source }) => source),
    model_seq: numbers(({ modelSeq }) => modelSeq),
    items: vectorFromArray(lists.map(({ items }) => items), new List(new Field('item', new Utf8()))), // prettier-ignore
  });
  await store
    .feed({ ...exposuresFeed, version: '1.0', schema, codec: parquet(schema) })
    .put(table as never, { producer });
}

const sail = await sailServer();
const engines: readonly [string, () => EngineSettings][] = [
  ['DuckDB', () => ({ etlMemoryMb: 200 })],
  ...(sail ? [['Spark', () => ({ engine: 'spark', sparkRemote: sail.url })] as [string, () => EngineSettings]] : []),
];

test.each(engines)(
  '%s gathers from the feeds what is gathered from rows in memory',
  async (_name, engine) => {
    const store = openFeeds(await emptyFolder());
    await store.feed(experiments).put(first, { producer });
    await store.feed(experiments).put(wider, { producer });
    const { lists, events } = history(600);
    await putAsBefore(store, lists.slice(0, 1));
    await store.feed(exposuresFeed).put(lists.slice(1, 300), { producer });
    await store.feed(exposuresFeed).put(lists.slice(300), { producer });
    await store.feed(eventsFeed).put(events.slice(0, 500), { producer });
    await store.feed(eventsFeed).put(events.slice(500), { producer });
    const { gathered, passedOver } = await gather(store, {
      metrics,
      followedDays: 7,
      isAssignedWanted: false,
      engine: engine(),
    });
    expect(passedOver).toEqual({ expiredExposures: 0, expiredEvents: 0, experiments: 0 });
    expect(gathered.disagreeing).toEqual({ lists: 0 });
    const expected = gatherRows(
      [first, wider],
      [...lists.slice(0, 1).map(withoutPark), ...lists.slice(1)],
      events,
      metrics.map(completeMetric),
    );
    const endMs = BEGIN_MS + 17 * DAY_MS;
    expect(comparable(gathered)).toEqual(comparable({ ...expected, endMs }));
  },
  60_000,
);
