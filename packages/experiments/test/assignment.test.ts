import type { Experiment } from '../src/experiment.js';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ExperimentsError } from '../src/errors.js';
import { assign, assignmentIn, bucketOf } from '../src/assignment.js';
import { demoExperiment } from '../src/experiment.js';

const users = Array.from({ length: 5_000 }, (_, n) => `visitor-${n}`);
const panelOf = (experiment: Experiment, user: string) => assignmentIn(experiment)(user)?.panel;

describe('assignment', () => {
  test('gives the panel that owns the bucket of the experiment salt', () => {
    expect(assignmentIn(demoExperiment)('ana')).toEqual({
      experiment: 'demo',
      version: 1,
      panel: 'model',
      bucket: 996,
    });
    expect(assignmentIn(demoExperiment)('10003456@N00')).toEqual({
      experiment: 'demo',
      version: 1,
      panel: 'popular',
      bucket: 7532,
    });
  });

  test('of one user is that of the prepared experiment', () => {
    const half = { ...demoExperiment, layerBuckets: [0, 5_000] } as const;
    const panelIn = assignmentIn(half);
    expect(assign(demoExperiment, 'ana')).toEqual({ experiment: 'demo', version: 1, panel: 'model', bucket: 996 });
    for (const user of users.slice(0, 100)) expect(assign(half, user)).toEqual(panelIn(user));
  });

  test('lets in exactly the users in the buckets of the layer', () => {
    const panelIn = assignmentIn({ ...demoExperiment, layerBuckets: [2_000, 4_500] });
    for (const user of users) {
      const layer = bucketOf('demo-layer', user);
      expect(panelIn(user) !== undefined).toBe(layer >= 2_000 && layer < 4_500);
    }
  });

  test('two experiments on disjoint buckets of one layer never share a user', () => {
    const first = assignmentIn({ ...demoExperiment, layerBuckets: [0, 5_000] });
    const second = assignmentIn({
      ...demoExperiment,
      experiment: 'other',
      salt: 'other-1',
      layerBuckets: [5_000, 10_000],
    });
    for (const user of users) expect([first(user), second(user)].filter(Boolean)).toHaveLength(1);
  });

  test('gives no panel for a bucket that no panel owns', () => {
    const half = { ...demoExperiment, panels: demoExperiment.panels.slice(0, 1) };
    expect(panelOf(half, 'ana')).toBe('model');
    expect(panelOf(half, '10003456@N00')).toBeUndefined();
  });

  test('widening a panel moves only its share', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 0, max: 5_000 }), (share, more) => {
        const at = (width: number): Experiment => ({
          ...demoExperiment,
          panels: [
            { name: 'new', recommender: 'als', buckets: [[0, width]] },
            { name: 'old', recommender: 'popular', buckets: [[width, 10_000]] },
          ],
        });
        const before = assignmentIn(at(share));
        const after = assignmentIn(at(Math.min(9_999, share + more)));
        for (const user of users.slice(0, 500)) {
          const bucket = bucketOf('demo-1', user);
          const moved = before(user)?.panel !== after(user)?.panel;
          expect(moved).toBe(bucket >= share && bucket < share + more);
        }
      }),
      { numRuns: 20 },
    );
  });

  const panel = (name: string, ...buckets: [number, number][]) => ({ name, recommender: 'als', buckets });
  // Every fault there is has a test beside the contract, in feeds.
  test.each<[string, Partial<Experiment>, string]>([
    ['no panels', { panels: [] }, 'panels is []'],
    ['a broken layer', { layerBuckets: [-1, 5] }, 'layerBuckets is [-1,5]'],
    [
      'overlapping panels',
      { panels: [panel('a', [0, 10]), panel('b', [20, 30], [9, 12])] },
      'Panels a and b both own bucket 9',
    ],
  ])('refuses %s', (_, change, words) => {
    const call = () => assignmentIn({ ...demoExperiment, ...change });
    expect(call).toThrow(ExperimentsError);
    expect(call).toThrow(expect.objectContaining({ code: 'EXPERIMENTS_EXPERIMENT_INVALID' }));
    expect(call).toThrow(words);
    expect(call).toThrow("Experiment 'demo' version 1");
  });
});
