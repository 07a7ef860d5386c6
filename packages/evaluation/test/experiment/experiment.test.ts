import { describe, expect, test } from '@jest/globals';
import type { Exposure } from '@attractions/contracts';
import type { Experiment } from '@attractions/experiments';

import { analyseExperiment } from '../../src/experiment/analyse.js';
import { outcomesOf } from '../../src/experiment/outcomes.js';
import { assignmentOf } from '../../src/experiment/recompute.js';
import { hours, logOf } from '../support/log.js';

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
const day = 24;

/** As the service would log it, `hour` hours since 1970. */
const shown = (userId: string, hour: number, items: readonly string[]): Exposure => ({
  shownAt: new Date(hours(hour)),
  requestId: `r-${userId}-${hour}`,
  userId,
  experiment: 'demo',
  version: 1,
  ...assignmentOf(experiment, userId),
  source: 'als',
  modelSeq: 1,
  items,
});

/** The first users of a panel, by name. */
const usersOf = (panel: string, count: number): string[] =>
  Array.from({ length: 400 }, (_, n) => `u${n}`)
    .filter((userId) => assignmentOf(experiment, userId)?.panel === panel)
    .slice(0, count);

describe('the assignment', () => {
  test('is what the design says, as anybody may compute it', () => {
    // printf 'v1|demo-1|63257911@N00' | sha256sum | head -c 8 gives 4d2e91de; times 10,000 over 2^32 that is 3014.
    expect(assignmentOf(experiment, '63257911@N00')).toEqual({ panel: 'model', bucket: 3014 });
    expect(assignmentOf(experiment, '23673310@N02')).toEqual({ panel: 'popular', bucket: 9055 });
  });

  test('nobody outside of the layer, or of all panels, takes part', () => {
    expect(assignmentOf({ ...experiment, layerBuckets: [0, 1] }, '63257911@N00')).toBeUndefined();
    const narrow = { ...experiment, panels: [{ name: 'model', recommender: 'als', buckets: [[0, 3014] as const] }] };
    expect(assignmentOf(narrow, '63257911@N00')).toBeUndefined();
  });
});

test('outcomes: a visit within the days after the list, to what was on it; lists whose days are not over are left out', () => {
  const log = logOf([
    ['ann', 'p:a', 5],
    ['ann', 'p:b', 20],
    ['bob', 'p:a', 1],
    ['cid', 'p:a', 10 + day],
    ['end', 'p:c', 10 * day],
  ]);
  const lists = [
    shown('ann', 10, ['p:a', 'p:b']),
    shown('ann', 30, ['p:c']),
    shown('bob', 10, ['p:a']),
    shown('cid', 9, ['p:a']),
    shown('dan', 9 * day + 1, ['p:c']),
  ];
  expect(outcomesOf(lists, log, 1).map(({ userId, exposures, followed }) => [userId, exposures, followed])).toEqual([
    ['ann', 2, true],
    ['bob', 1, false],
    ['cid', 1, false],
  ]);
  // A day more, and cid's visit counts.
  expect(outcomesOf(lists, log, 2).find(({ userId }) => userId === 'cid')?.followed).toBe(true);
});

describe('an analysis', () => {
  const [ours, theirs] = [usersOf('model', 8), usersOf('popular', 8)];
  const lists = [...ours, ...theirs].map((userId) => shown(userId, 10, ['p:a']));
  // Six of eight follow the model's lists, two of eight the popular ones.
  const went = [...ours.slice(0, 6), ...theirs.slice(0, 2)];
  const log = logOf([...went.map((userId) => [userId, 'p:a', 12] as const), ['end', 'p:b', 30 * day]]);

  test('tells each panel and the difference to the first', () => {
    const { panels, recomputed, sampleRatio } = analyseExperiment(experiment, lists, log, { days: 7 });
    expect(recomputed).toBe(16);
    expect(sampleRatio).toEqual({ statistic: 0, degrees: 1, p: 1 });
    expect(panels.map(({ panel, users, exposures, followed }) => [panel, users, exposures, followed.mean])).toEqual([
      ['model', 8, 8, 0.75],
      ['popular', 8, 8, 0.25],
    ]);
    expect(panels[0]?.difference).toBeUndefined();
    expect(panels[1]?.difference?.mean).toBe(-0.5);
    expect(panels[1]?.difference?.low).toBeLessThan(-0.6);
    expect(panels[1]?.difference?.high).toBeLessThan(0.1);
  });

  test('lists of other experiments, versions and nobody are not its business', () => {
    const others = [
      { ...(lists[0] as Exposure), version: 2, panel: 'popular' },
      { ...(lists[0] as Exposure), experiment: 'other' },
      { shownAt: new Date(0), requestId: 'x', source: 'popular', modelSeq: 1, items: [] },
    ];
    expect(analyseExperiment(experiment, [...others, ...lists], log).recomputed).toBe(16);
    expect(() => analyseExperiment(experiment, others, log)).toThrow(/has no exposure in the log/);
  });

  test.each<[string, Partial<Exposure>, RegExp]>([
    ['panel', { panel: 'popular' }, /1 of 16 exposures do not recompute; request \S+ shows 'u\d+' panel popular/],
    ['bucket', { bucket: 1 }, /which recomputes to panel model, bucket \d+/],
    ['user', { userId: undefined as never }, /who takes no part/],
  ])('refuses where a %s does not recompute', (_, wrong, message) => {
    const { userId, ...first } = { ...(lists[0] as Exposure), ...wrong };
    const tampered = [{ ...first, ...(userId !== undefined && { userId }) }, ...lists.slice(1)];
    expect(() => analyseExperiment(experiment, tampered, log)).toThrow(message);
    expect(() => analyseExperiment(experiment, tampered, log)).toThrow(
      expect.objectContaining({ code: 'EVALUATION_EXPOSURES_DISAGREE', exitCode: 3 }),
    );
  });

  test('refuses where users of a panel are missing from the log', () => {
    const [many, few] = [usersOf('model', 60), usersOf('popular', 20)];
    const lopsided = [...many, ...few].map((userId) => shown(userId, 10, ['p:a']));
    // (60 - 40)^2 / 40, twice.
    expect(() => analyseExperiment(experiment, lopsided, log)).toThrow(
      /model has 60 users with 5000 buckets, popular has 20 users with 5000 buckets; chi-square 20\.00, p 7\.7e-6/,
    );
  });
});
