import { describe, expect, test } from '@jest/globals';

import { eventProblem, events } from '../src/events.js';
import { openFeeds } from '@attractions/feeds';
import type { Event } from '../src/events.js';

const producer = { id: 'test', package: 'test', version: '0.0.0' };

const least: Event = {
  eventId: 'e-1',
  userId: 'ünïcode 🎢',
  type: 'view',
  at: new Date('2026-01-02T03:04:05.678Z'),
  receivedAt: new Date('2026-01-02T03:04:06.001Z'),
};

const whole: Event = { ...least, eventId: 'e-2', attractionId: 'bay:slide', value: -0.5, requestId: 'r-1' };

describe('events', () => {
  test('come back as they went, in order', async () => {
    const feed = openFeeds('memory:').feed(events);
    await feed.put([whole, least, whole], { producer });
    expect(await (await feed.latest()).read()).toEqual([whole, least, whole]);
  });

  test.each<[string, object, string]>([
    ['a time that is none', { at: new Date(NaN) }, 'Row 2: at is Invalid Date, no time.'],
    ['a value that is not finite', { value: Infinity }, 'Row 2: value is Infinity, not a finite number.'],
    ['no user', { userId: undefined }, 'Row 2: user_id is missing, not a text.'],
  ])('refuse %s', async (_, change, message) => {
    const feed = openFeeds('memory:').feed(events);
    const bad = { ...whole, ...change } as Event;
    await expect(feed.put([whole, bad], { producer })).rejects.toMatchObject({ code: 'FEEDS_VALUE_INVALID', message });
    expect(await feed.head()).toBeUndefined();
    expect([whole, bad].map(eventProblem)).toEqual([undefined, message.slice('Row 2: '.length, -1)]);
  });
});
