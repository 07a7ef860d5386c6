import { describe, expect, test } from '@jest/globals';

import { exposureProblem, exposures } from '../src/exposures.js';
import { openFeeds } from '@attractions/feeds';
import type { Exposure } from '../src/exposures.js';

const producer = { id: 'test', package: 'test', version: '0.0.0' };

const anonymous: Exposure = {
  shownAt: new Date('2026-01-02T03:04:05.678Z'),
  requestId: 'r-1',
  source: 'popular',
  modelSeq: 3,
  items: [],
};

const known: Exposure = {
  ...anonymous,
  requestId: 'r-2',
  userId: 'ünïcode 🎢',
  experiment: 'demo',
  version: 1,
  panel: 'a',
  bucket: 0,
  source: 'als',
  items: ['bay:slide', 'a|b', ''],
};

const interleaved: Exposure = {
  ...known,
  forced: true,
  park: 'north',
  attributes: '{"platform":"ios"}',
  teams: ['a', 'b', 'a'],
};

describe('exposures', () => {
  test('come back as they went, in order', async () => {
    const feed = openFeeds('memory:').feed(exposures);
    await feed.put([known, anonymous, interleaved], { producer });
    expect(await (await feed.latest()).read()).toEqual([known, anonymous, interleaved]);
    await feed.put([], { producer });
    expect(await (await feed.latest()).read()).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['a time that is none', { shownAt: new Date(NaN) }, 'Row 2: shown_at is Invalid Date, no time.'],
    ['a bucket beyond the last', { bucket: 10_000 }, 'Row 2: bucket is 10000, outside 0 to 9999.'],
    ['a panel that is forced a little', { forced: 'yes' }, 'Row 2: forced is yes, not true or false.'],
    ['no list', { items: 'bay:slide' }, 'Row 2: items is bay:slide, no list of ids.'],
  ])('refuse %s', async (_, change, message) => {
    const feed = openFeeds('memory:').feed(exposures);
    const bad = { ...known, ...change } as Exposure;
    await expect(feed.put([known, bad], { producer })).rejects.toMatchObject({ code: 'FEEDS_VALUE_INVALID', message });
    expect(await feed.head()).toBeUndefined();
    expect([known, bad].map(exposureProblem)).toEqual([undefined, message.slice('Row 2: '.length, -1)]);
  });
});
