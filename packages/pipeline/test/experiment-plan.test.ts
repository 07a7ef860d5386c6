import { expect, test } from '@jest/globals';
import { events, exposures } from '@attractions/contracts';
import type { Exposure } from '@attractions/contracts';
import { baselineOf, effectSeen, samplesNeeded } from '@attractions/experiments';
import { openFeeds } from '@attractions/feeds';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { attractions, emptyFolder, quick } from './support/command-line.js';

const producer = { id: 'test', package: 'test', version: '0.0.0' };
const DAY = 86_400_000;
const now = Date.UTC(2026, 10, 20);

test('plan says what the users of the last days would show: by hand, 2,000 users of whom a tenth click', async () => {
  const feedsRoot = await emptyFolder();
  const store = openFeeds(feedsRoot);
  const config = quick(feedsRoot);
  const none = await attractions(config, 'experiment', 'plan');
  expect(none).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('Nobody was shown a list') });

  const shown = Array.from({ length: 2_000 }, (_, n): Exposure => ({
    shownAt: new Date(now - (n % 10) * DAY),
    requestId: `r-${n}`,
    userId: `user-${n}`,
    source: 'als',
    modelSeq: 1,
    items: [],
  }));
  // Too long ago, and without a user.
  const others = [
    { ...(shown[0] as Exposure), userId: 'early', shownAt: new Date(now - 30 * DAY) },
    { shownAt: new Date(now), requestId: 'x', source: 'als', modelSeq: 1, items: [] },
  ];
  await store.feed(exposures).put([...shown, ...others], { producer });
  const clicks = shown
    .filter((_, n) => n % 10 === 0)
    .map(({ userId = '', shownAt }, n) => ({
      eventId: `e-${n}`,
      userId,
      type: 'click',
      at: new Date(Number(shownAt) + 1_000),
      receivedAt: new Date(now + DAY),
    }));
  await store.feed(events).put(clicks, { producer });
  const file = join(await emptyFolder(), 'attractions.config.json');
  await writeFile(
    file,
    JSON.stringify({ experiments: { metrics: [{ name: 'clicked', type: 'proportion', event: 'click' }] } }),
  );

  const flags = ['--config', file, '--share', '50', '--effect', '20', '--reading', 'fixed'];
  const { exitCode, stdout } = await attractions(config, 'experiment', 'plan', ...flags, '--json');
  expect(exitCode).toBe(0);
  const baseline = baselineOf('proportion', { users: 2_000, y: 200, yy: 200 });
  if (baseline === undefined) throw new Error('no baseline');
  const needed = samplesNeeded(baseline, 0.02, 0.8, { reading: 'fixed' });
  expect(JSON.parse(stdout)).toMatchObject({
    days: 14,
    users: 2_000,
    usersInPanels: 1_000,
    planned: [
      {
        metric: 'clicked',
        users: 2_000,
        value: 0.1,
        standardDeviation: expect.closeTo(0.3, 10),
        varianceSaved: 0,
        seen: { absolute: expect.closeTo(effectSeen(baseline, 1_000, 0.8, { reading: 'fixed' }) as number, 10) },
        usersNeeded: needed,
        daysNeeded: Math.ceil((14 * needed) / 1_000),
      },
    ],
  });
  const text = await attractions(config, 'experiment', 'plan', ...flags);
  expect(text.stdout).toContain('2,000 users were shown lists in 14 days');
  const unknown = await attractions(config, 'experiment', 'plan', '--config', file, '--metric', 'sold');
  expect(unknown).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("There is no metric 'sold'; give some of: clicked."),
  });
});
