import { describe, expect, test } from '@jest/globals';

import { assign } from '../../src/assignment.js';
import type { Experiment } from '../../src/experiment.js';
import type { ShownList, UserEvent } from '../../src/read-out/gather-rows.js';
import type { Metric } from '../../src/read-out/metric.js';
import { readOut } from '../../src/read-out/read-out.js';

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
};
const HOUR_MS = 3_600_000;
const clicked: Metric = { name: 'clicked', type: 'proportion', event: 'click' };

const shown = (userId: string, hour = 10, others: Partial<ShownList> = {}): ShownList => ({
  shownAt: new Date(hour * HOUR_MS),
  requestId: `r-${userId}-${hour}`,
  userId,
  ...assign(experiment, userId),
  ...others,
});

const did = (userId: string, hour = 12, others: Partial<UserEvent> = {}): UserEvent => ({
  eventId: `e-${userId}-${hour}`,
  userId,
  type: 'click',
  at: new Date(hour * HOUR_MS),
  ...others,
});

/** The first users of a panel, by name. */
const usersOf = (panel: string, count: number): string[] =>
  Array.from({ length: 4 * count + 100 }, (_, n) => `u${n}`)
    .filter((userId) => assign(experiment, userId)?.panel === panel)
    .slice(0, count);

const [ours, theirs] = [usersOf('model', 200), usersOf('popular', 200)];
const lists = [...ours, ...theirs].map((userId) => shown(userId));
/** 150 of 200 click in the first panel, 50 of 200 in the second. */
const clicks = [...ours.slice(0, 150), ...theirs.slice(0, 50)].map((userId) => did(userId));

describe('a read-out', () => {
  test('tells each panel and the difference to the first', () => {
    const { refusals, panels, exposures, metrics, verdict } = readOut(experiment, lists, clicks, {
      metrics: [clicked],
    });
    expect(refusals).toEqual([]);
    expect(exposures).toEqual({ lists: 400, recomputed: 400, forced: 0 });
    expect(panels.map(({ users }) => users)).toEqual([200, 200]);
    const [model, popular] = metrics[0]?.panels ?? [];
    expect([model?.value?.value, popular?.value?.value]).toEqual([0.75, 0.25]);
    expect(model?.difference).toBeUndefined();
    expect(popular?.difference?.absolute.estimate).toBeCloseTo(-0.5, 12);
    // sqrt(2 * 0.75 * 0.25 / 200)
    expect(popular?.difference?.absolute.standardError).toBeCloseTo(0.0433013, 7);
    expect(popular?.difference?.relative?.estimate).toBeCloseTo(-2 / 3, 12);
    expect(popular?.difference?.conclusion).toBe('worse');
    expect(verdict).toMatch(/^Experiment 'demo': 'popular' is worse than 'model': clicked −66\.7 % \(95 % interval/);
  });

  test('the intervals narrow by day, and the last day is the whole', () => {
    const days = [...lists.slice(0, 120), ...lists.slice(200, 320)].map((list) => ({ ...list, shownAt: new Date(0) }));
    const later = [...lists.slice(120, 200), ...lists.slice(320)].map((list) => ({
      ...list,
      shownAt: new Date(40 * HOUR_MS),
    }));
    const events = clicks.map((event) => ({ ...event, at: new Date(50 * HOUR_MS) }));
    const early = theirs.slice(0, 30).map((userId) => did(userId, 5, { eventId: `early-${userId}` }));
    const { metrics } = readOut(experiment, [...days, ...later], [...events, ...early], { metrics: [clicked] });
    const [first, , last] = metrics[0]?.days ?? [];
    expect(first).toMatchObject({ day: 0, users: 240 });
    expect(first?.absolute.estimate).toBeCloseTo(30 / 120, 12);
    expect(last).toMatchObject({ day: 2, users: 400 });
    expect(last?.absolute).toEqual(metrics[0]?.panels[1]?.difference?.absolute);
  });

  test('an event that is there twice counts once, and one before the first list not at all', () => {
    const count: Metric = { name: 'clicks', type: 'count', event: 'click', winsorize: 1, cuped: false };
    const again = [...clicks, ...clicks, ...theirs.map((userId) => did(userId, 9))];
    const { metrics } = readOut(experiment, lists, again, { metrics: [count] });
    expect(metrics[0]?.panels.map(({ value }) => value?.value)).toEqual([0.75, 0.25]);
  });

  test('a user whose window is not over does not count yet', () => {
    const late = shown(ours[0] as string, 60);
    const windowed: Metric = { ...clicked, windowDays: 1 };
    const { metrics } = readOut(experiment, [late, ...lists.slice(1)], clicks, { metrics: [windowed] });
    // Nobody's day is over at hour 12; at hour 60 all are but that of the late one.
    expect(metrics[0]?.panels.map(({ users }) => users)).toEqual([199, 200]);
  });

  test('one user with 100,000 clicks does not carry the result, and is named', () => {
    const bot = Array.from({ length: 100_000 }, (_, n) => did(theirs[0] as string, 12, { eventId: `bot-${n}` }));
    const count: Metric = { name: 'clicks', type: 'count', event: 'click' };
    const { metrics, notes } = readOut(experiment, lists, [...clicks, ...bot], { metrics: [count] });
    // 50 users in the second panel click, the bot counts as one of them.
    expect(metrics[0]?.panels.map(({ value }) => value?.value)).toEqual([0.75, 0.25]);
    expect(metrics[0]?.heavy).toMatchObject({ cap: 1, users: 1, topUser: theirs[0] });
    expect(notes.join()).toContain(`clicks: 99.8 % of all is of the user '${theirs[0]}', who counts for 1 at most`);
  });

  test('what users did before takes variance away where it says what they do', () => {
    const habits = [...ours, ...theirs].flatMap((userId, n) => {
      const count = (n % 10) + 1;
      return [2, 12].flatMap(
        (hour) =>
        Array.from({ length: count + (hour === 12 && n >= 200 ? 1 : 0) }, (_, k) => did(userId, hour, { eventId: `${userId}-${hour}-${k}` })), // prettier-ignore
      );
    });
    const noisy = habits.filter((_, n) => n % 37 !== 0);
    const count: Metric = { name: 'clicks', type: 'count', event: 'click', winsorize: 1 };
    const { metrics } = readOut(experiment, lists, noisy, { metrics: [count] });
    const difference = metrics[0]?.panels[1]?.difference;
    expect(difference?.cuped?.varianceSaved).toBeGreaterThan(0.9);
    const [low, high] = difference?.absolute.anytime ?? [0, 0];
    expect(low < 1 && 1 < high).toBe(true);
    expect(difference?.conclusion).toBe('better');
  });

  test('a guardrail that rises although it should not is told in the verdict', () => {
    const metrics: Metric[] = [
      { name: 'errors', type: 'proportion', event: 'error', direction: 'decrease', guardrail: true },
      { name: 'viewed', type: 'proportion', event: 'view' },
    ];
    const errors = theirs.slice(0, 150).map((userId) => did(userId, 12, { type: 'error' }));
    const views = [...ours, ...theirs].filter((_, n) => n % 2 === 0).map((userId) => did(userId, 13, { type: 'view' }));
    const found = readOut(experiment, lists, [...errors, ...views], { metrics });
    expect(found.metrics.map(({ isPrimary }) => isPrimary)).toEqual([false, true]);
    expect(found.verdict).toMatch(
      /^Experiment 'demo': Whether 'popular' is better than 'model' is not decided: viewed /,
    );
    expect(found.verdict).toMatch(/A guardrail got worse: errors in 'popular'\.$/);
  });

  test('lists of other experiments and of testers are not its business', () => {
    const forcing: Experiment = { ...experiment, forced: { tester: 'model' } };
    const others = [
      shown(ours[0] as string, 11, { experiment: 'other', panel: 'popular' }),
      shown('tester', 11, { panel: 'model', forced: true }),
      { shownAt: new Date(0), requestId: 'x' },
    ];
    const { refusals, exposures, panels } = readOut(forcing, [...others, ...lists], clicks, { metrics: [clicked] });
    expect(refusals).toEqual([]);
    expect(exposures).toMatchObject({ lists: 401, forced: 1 });
    expect(panels.map(({ users }) => users)).toEqual([200, 200]);
  });
});

describe('it refuses', () => {
  const codes = (exposures: readonly ShownList[]): string[] => {
    const { refusals, metrics, verdict } = readOut(experiment, exposures, clicks, { metrics: [clicked] });
    if (refusals.length > 0) {
      expect(metrics).toEqual([]);
      expect(verdict).toMatch(/^Experiment 'demo' cannot be read: /);
    }
    return refusals.map(({ code }) => code);
  };

  test('where nothing was shown', () => {
    expect(codes([])).toEqual(['exposures-missing']);
  });

  test.each<[string, Partial<ShownList>]>([
    ['panel', { panel: 'popular' }],
    ['bucket', { bucket: 1 }],
    ['tester', { forced: true }],
  ])('where a %s does not recompute', (_, wrong) => {
    expect(codes([...lists, shown(ours[0] as string, 11, wrong)])).toContain('exposures-disagree');
  });

  test('where a user was shown two panels', () => {
    expect(codes([...lists, shown(ours[0] as string, 11, { panel: 'popular' })])).toEqual([
      'exposures-disagree',
      'assignment-changed',
    ]);
  });

  test('where users of a panel are missing', () => {
    // (200 - 150)^2 / 150 twice is 33.3 of one degree.
    const { refusals } = readOut(experiment, lists.slice(0, 300), clicks, { metrics: [clicked] });
    expect(refusals).toMatchObject([{ code: 'sample-ratio' }]);
    expect(refusals[0]?.message).toMatch(
      /^model has 200 users with 5000 buckets, popular has 100 users with 5000 buckets; chi-square 33\.33 of 1, p 7\.8e-9/,
    );
  });

  test('where a panel was off for some days, and had more later', () => {
    const days = [
      ...ours.slice(0, 100).map((userId) => shown(userId, 1)),
      ...theirs.slice(0, 50).map((userId) => shown(userId, 1)),
      ...ours.slice(100).map((userId) => shown(userId, 30)),
      ...theirs.slice(50).map((userId) => shown(userId, 30)),
    ];
    expect(codes(days)).toEqual(['imbalance-over-time']);
  });

  test('where there are too few users', () => {
    expect(codes([...lists.slice(0, 50), ...lists.slice(200, 250)])).toEqual(['too-few-users']);
  });
});
