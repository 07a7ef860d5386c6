import { describe, expect, test } from '@jest/globals';
import { assign, assignmentsIn } from '../../src/assignment.js';
import type { Experiment } from '../../src/experiment.js';
import { startExperiment } from '../../src/lifecycle/changes.js';
import type { Start } from '../../src/lifecycle/changes.js';

const change = { at: new Date('2026-11-28T12:00:00Z'), by: 'ana' };

/** Starts experiments one after the other. */
function started(...starts: readonly Start[]): readonly Experiment[] {
  return starts.reduce<readonly Experiment[]>((all, start) => [...all, startExperiment(start, change, all)], []);
}

/** The statistic of Pearson's test that rows and columns are independent. */
function chiSquare(table: readonly (readonly number[])[]): number {
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = (table[0] ?? []).map((_, c) => table.reduce((sum, row) => sum + (row[c] as number), 0));
  const total = rows.reduce((sum, count) => sum + count, 0);
  return table.reduce(
    (sum, row, r) =>
      sum +
      row.reduce((part, count, c) => {
        const expected = ((rows[r] as number) * (columns[c] as number)) / total;
        return part + (count - expected) ** 2 / expected;
      }, 0),
    0,
  );
}

describe('two experiments in one layer and one in another, for a million users', () => {
  const [lists, half, flag] = started(
    {
      experiment: 'lists-1',
      share: 60,
      panels: [
        { name: 'als', recommender: 'als', share: 30 },
        { name: 'popular', recommender: 'popular', share: 70 },
      ],
    },
    {
      experiment: 'lists-2',
      share: 40,
      panels: [
        { name: 'als', recommender: 'als', share: 50 },
        { name: 'ease', recommender: 'ease', share: 50 },
      ],
    },
    {
      experiment: 'button',
      panels: [
        { name: 'red', share: 25 },
        { name: 'blue', share: 75 },
      ],
    },
  ) as [Experiment, Experiment, Experiment];
  const panelsOf = assignmentsIn([lists, half, flag]);
  const cells = new Map<string, [number, number]>();
  let [inBoth, inNone] = [0, 0];
  for (let n = 0; n < 1_000_000; n++) {
    const panels = panelsOf(`visitor-${n}`);
    const inLists = panels.filter(({ experiment }) => experiment !== 'button');
    if (inLists.length > 1) inBoth++;
    if (inLists.length === 0) inNone++;
    const cell = inLists.map(({ experiment, panel }) => `${experiment} ${panel}`).join();
    const row = cells.get(cell) ?? [0, 0];
    row[panels.at(-1)?.panel === 'red' ? 0 : 1]++;
    cells.set(cell, row);
  }

  test('nobody is in both of the layer, and nobody is left over', () => {
    expect([inBoth, inNone]).toEqual([0, 0]);
  });

  test('the shares are those asked for: chi-square of three degrees, below its 0.999 quantile', () => {
    const shares = { 'lists-1 als': 0.18, 'lists-1 popular': 0.42, 'lists-2 als': 0.2, 'lists-2 ease': 0.2 };
    const statistic = Object.entries(shares).reduce((sum, [cell, share]) => {
      const [red, blue] = cells.get(cell) ?? [0, 0];
      return sum + (red + blue - share * 1e6) ** 2 / (share * 1e6);
    }, 0);
    expect([...cells.keys()].sort()).toEqual(Object.keys(shares));
    expect(statistic).toBeLessThan(16.27);
  });

  test('the panel in the other layer does not depend on it: chi-square of three degrees', () => {
    expect(chiSquare([...cells.values()])).toBeLessThan(16.27);
  });

  test('each user gets what the experiments say one by one', () => {
    for (let n = 0; n < 1_000; n++) {
      const user = `visitor-${n}`;
      const alone = [lists, half, flag].flatMap((experiment) => assign(experiment, user) ?? []);
      expect(panelsOf(user)).toEqual(alone);
    }
  });
});

describe('assignmentsIn', () => {
  const experiment = (more: Partial<Experiment>): Experiment => ({
    experiment: 'x',
    version: 1,
    layerSalt: 'layer',
    layerBuckets: [0, 10_000],
    salt: 'x',
    panels: [{ name: 'all', buckets: [[0, 10_000]] }],
    ...more,
  });

  test('a target lets in requests that have one of the values of each attribute', () => {
    const panelsOf = assignmentsIn([experiment({ target: { park: ['north', 'south'], platform: ['ios'] } })]);
    const isIn = (attributes?: Record<string, string>) => panelsOf('ana', attributes).length === 1;
    expect(isIn({ park: 'south', platform: 'ios', other: 'x' })).toBe(true);
    expect(isIn({ park: 'east', platform: 'ios' })).toBe(false);
    expect(isIn({ park: 'north' })).toBe(false);
    expect(isIn()).toBe(false);
    // Not an attribute of the request, though every object has it.
    expect(assignmentsIn([experiment({ target: { constructor: ['x'] } })])('ana', {})).toEqual([]);
  });

  test('a holdout takes the same users out of every experiment that names it', () => {
    const holdout = { salt: 'holdout', buckets: [0, 2_000] } as const;
    const panelsOf = assignmentsIn([
      experiment({ holdout }),
      experiment({ experiment: 'y', layerSalt: 'other', holdout }),
    ]);
    const counts = Array.from({ length: 10_000 }, (_, n) => panelsOf(`visitor-${n}`).length);
    expect(new Set(counts)).toEqual(new Set([0, 2]));
    const heldOut = counts.filter((count) => count === 0).length;
    // Binomial: 2,000 of 10,000, five standard deviations of 40.
    expect(Math.abs(heldOut - 2_000)).toBeLessThan(200);
  });

  test('a forced panel holds for a tester outside the layer, in the holdout and off target, and is marked', () => {
    const panels = [
      { name: 'a', buckets: [[0, 5_000]] as const },
      { name: 'b', buckets: [[5_000, 10_000]] as const },
    ];
    const forced = { ana: 'b' };
    const off = experiment({
      panels,
      forced,
      layerBuckets: [0, 1],
      holdout: { salt: 'h', buckets: [0, 10_000] },
      target: { park: ['nowhere'] },
    });
    const panelsOf = assignmentsIn([off]);
    expect(panelsOf('ana')).toEqual([
      { experiment: 'x', version: 1, panel: 'b', bucket: expect.any(Number), forced: true },
    ]);
    expect(panelsOf('bob')).toEqual([]);
  });
});
