import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { experimentProblem } from '../../src/experiment.js';
import type { Experiment } from '../../src/experiment.js';
import { rampExperiment, startExperiment, stopExperiment } from '../../src/lifecycle/changes.js';
import type { Start } from '../../src/lifecycle/changes.js';
import { conflict, runningIn } from '../../src/lifecycle/running.js';
import { putProblem } from '../../src/put-problem.js';

const change = { at: new Date('2026-11-28T12:00:00Z'), by: 'ana', reason: 'a test' };

const panels = [
  { name: 'als', recommender: 'als', share: 50 },
  { name: 'popular', recommender: 'popular', share: 50 },
];

const start = (more: Partial<Start> = {}, versions: readonly Experiment[] = []) =>
  startExperiment({ experiment: 'home', panels, ...more }, change, versions);

/** The panel of each bucket. */
function ownersOf({ panels }: Experiment): (string | undefined)[] {
  return Array.from(
    { length: 10_000 },
    (_, bucket) => panels.find(({ buckets }) => buckets.some(([from, to]) => from <= bucket && bucket < to))?.name,
  );
}

const code = (name: string) => expect.objectContaining({ code: `EXPERIMENTS_${name}` });

describe('start', () => {
  test('plans the buckets, and names layer and salt by itself', () => {
    expect(start()).toEqual({
      experiment: 'home',
      version: 1,
      layerSalt: 'lists',
      layerBuckets: [0, 10_000],
      salt: 'home',
      panels: [
        { name: 'als', recommender: 'als', buckets: [[0, 5_000]] },
        { name: 'popular', recommender: 'popular', buckets: [[5_000, 10_000]] },
      ],
      layer: 'lists',
      status: 'running',
      changedAt: '2026-11-28T12:00:00.000Z',
      changedBy: 'ana',
      reason: 'a test',
    });
  });

  test('takes free buckets of the layer, and says what is free where there are too few', () => {
    const first = start({ share: 20 });
    const second = start({ experiment: 'second', share: 30 }, [first]);
    expect([first.layerBuckets, second.layerBuckets]).toEqual([
      [0, 2_000],
      [2_000, 5_000],
    ]);
    const third = () => start({ experiment: 'third', share: 60 }, [first, second]);
    expect(third).toThrow(code('LAYER_FULL'));
    expect(third).toThrow(
      'Layer "lists" has no 60 % in one piece: home has 20 %, second has 30 %; give a share of at most 50 %',
    );
    // A stopped one gives its buckets back.
    const stopped = stopExperiment('home', undefined, change, [first, second]);
    expect(start({ experiment: 'third', share: 20 }, [first, second, stopped]).layerBuckets).toEqual([0, 2_000]);
    // Requests that never meet need no buckets of their own.
    const north = start({ experiment: 'north', target: { park: ['north'] } }, []);
    expect(start({ experiment: 'south', target: { park: ['south'] } }, [north]).layerBuckets).toEqual([0, 10_000]);
  });

  test('refuses a name that was used, shares over 100 %, and lists in two layers', () => {
    const first = start({ share: 50 });
    expect(() => start({}, [first])).toThrow(code('NAME_TAKEN'));
    expect(() => start({}, [first])).toThrow('There is an experiment "home" already, version 1, running; change it');
    const stopped = stopExperiment('home', undefined, change, [first]);
    expect(() => start({}, [first, stopped])).toThrow('version 2, stopped; give the new one another name');
    const greedy = panels.map((panel) => ({ ...panel, share: 60 }));
    expect(() => start({ panels: greedy })).toThrow('als=60, popular=60, together 120 %; give at most 100 %.');
    expect(() => start({ share: 0.001 })).toThrow('The share of the layer is 0.001 %; give a number above 0');
    const elsewhere = () => start({ experiment: 'other', layer: 'other' }, [first]);
    expect(elsewhere).toThrow(code('CONFLICT'));
    expect(elsewhere).toThrow('\'other\' and \'home\' both decide lists, but are in two layers, "other" and "lists"');
  });

  test('a flag has a layer of its own, and runs beside everything', () => {
    const flag = start(
      {
        experiment: 'button',
        panels: [
          { name: 'on', share: 10, value: true },
          { name: 'off', share: 10 },
        ],
      },
      [start()],
    );
    expect(flag).toMatchObject({ layerSalt: 'button users', layerBuckets: [0, 10_000] });
    expect(runningIn([start(), flag])).toEqual({ running: [start(), flag], leftOut: [] });
  });
});

describe('ramp', () => {
  const shares = fc.tuple(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 5_000 }));
  const shared = ([a, b]: readonly number[]) => [
    { name: 'als', recommender: 'als', share: (a as number) / 100 },
    { name: 'popular', recommender: 'popular', share: (b as number) / 100 },
  ];

  test('changes the panel of nobody but the share that was added or let go, and every version may be put', () => {
    fc.assert(
      fc.property(fc.array(shares, { minLength: 2, maxLength: 5 }), (steps) => {
        const [first = [], ...rest] = steps;
        let before = start({ panels: shared(first) });
        const versions = [before];
        for (const step of rest) {
          const after = rampExperiment('home', { panels: shared(step) }, change, versions);
          expect([experimentProblem(after), putProblem(after)]).toEqual([undefined, undefined]);
          const [was, is] = [ownersOf(before), ownersOf(after)];
          for (const [n, name] of ['als', 'popular'].entries()) {
            expect(is.filter((owner) => owner === name)).toHaveLength(step[n] as number);
            const bucketsOf = (owners: typeof is) =>
              owners.flatMap((owner, bucket) => (owner === name ? [bucket] : []));
            const [had, has] = [bucketsOf(was), new Set(bucketsOf(is))];
            // One of the two holds all of the other.
            expect(had.filter((bucket) => has.has(bucket))).toHaveLength(Math.min(had.length, has.size));
          }
          versions.push(after);
          before = after;
        }
        expect(before.version).toBe(steps.length);
      }),
      { numRuns: 30, seed: 1 },
    );
  });

  test('widens the share of the layer into free buckets, and narrows it', () => {
    const first = start({ share: 20 });
    const second = start({ experiment: 'second', share: 20 }, [first]);
    const wider = rampExperiment('second', { share: 50 }, change, [first, second]);
    expect(wider).toMatchObject({ version: 2, layerBuckets: [2_000, 7_000] });
    expect(rampExperiment('second', { share: 80 }, change, [first, second]).layerBuckets).toEqual([2_000, 10_000]);
    expect(rampExperiment('second', { share: 5 }, change, [first, second]).layerBuckets).toEqual([2_000, 2_500]);
    expect(() => rampExperiment('home', { share: 30 }, change, [first, second])).toThrow(code('LAYER_FULL'));
    const alone = stopExperiment('home', undefined, change, [first, second]);
    expect(rampExperiment('second', { share: 90 }, change, [first, second, alone]).layerBuckets).toEqual([
      1_000, 10_000,
    ]);
  });

  test('refuses panels there are not, and experiments that do not run', () => {
    const first = start();
    expect(() => rampExperiment('home', { panels: [{ name: 'ease', share: 5 }] }, change, [first])).toThrow(
      'Experiment "home" has no panel "ease"; give shares of: als, popular.',
    );
    expect(() => rampExperiment('hone', {}, change, [first])).toThrow(code('UNKNOWN'));
    expect(() => rampExperiment('hone', {}, change, [first])).toThrow(
      'There is no experiment "hone"; running are: home.',
    );
  });
});

describe('stop', () => {
  test('ends with a winner, once', () => {
    const first = start();
    const stopped = stopExperiment('home', 'als', { ...change, by: 'bob' }, [first]);
    expect(stopped).toEqual({ ...first, version: 2, status: 'stopped', winner: 'als', changedBy: 'bob' });
    expect([experimentProblem(stopped), putProblem(stopped)]).toEqual([undefined, undefined]);
    expect(runningIn([first, stopped])).toEqual({ running: [], leftOut: [] });
    expect(() => stopExperiment('home', undefined, change, [first, stopped])).toThrow(
      'Experiment "home" was stopped at 2026-11-28T12:00:00.000Z by bob, in version 2; start another one under a new name.',
    );
    expect(() => stopExperiment('home', 'ease', change, [first])).toThrow(
      'has no panel "ease"; give one of: als, popular.',
    );
  });
});

describe('running', () => {
  test('is the latest version of each; of two that conflict, the one changed later', () => {
    const first = start();
    const other = { ...start(), experiment: 'other', layerSalt: 'other' };
    const { running, leftOut } = runningIn([first, other]);
    expect(running).toEqual([other]);
    expect(leftOut).toEqual([{ experiment: first, problem: expect.stringContaining('both decide lists') }]);
    const ramped = { ...first, version: 2 };
    expect(runningIn([first, other, ramped]).running).toEqual([ramped]);
    expect(conflict(first, { ...other, layerSalt: 'lists' })).toContain('overlapping buckets [0,10000] and [0,10000]');
  });
});
