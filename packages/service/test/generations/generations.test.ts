import { describe, expect, test } from '@jest/globals';
import { generationsFrom } from '../../src/generations/generations.js';
import type { SwapResult } from '../../src/generations/generations.js';
import type { Wanted } from '../../src/generations/wanted.js';
import { serving } from '../../src/served.js';
import type { Served } from '../../src/served.js';
import type { ExperimentFault } from '@attractions/recommender';
import { sampleGeneration } from '@attractions/models/testing';

const servedOf = (model: number, fault?: ExperimentFault): Served =>
  serving({ ...sampleGeneration(), seqs: { model, visits: 1, attractions: 1 } }, {}, fault && { faults: [fault] });

/** Feeds that want what a test says, where some models cannot be loaded. */
function following(first: number, broken: readonly number[] = []) {
  const feeds: { wanted: Wanted | Error; nowMs: number; unfit: ReadonlySet<number | undefined> } = {
    wanted: { model: first, experiment: undefined },
    nowMs: 0,
    unfit: new Set(),
  };
  const results: SwapResult[] = [];
  const reached: unknown[] = [];
  const loads: number[] = [];
  const gone = new Set<number>();
  const generations = generationsFrom(
    servedOf(first),
    { experiment: undefined },
    {
      wanted: async () => {
        if (feeds.wanted instanceof Error) throw feeds.wanted;
        return feeds.wanted;
      },
      load: async ({ model, experiment }, present) => {
        loads.push(model);
        const error = Object.assign(new Error('cannot be run'), { code: 'UNFIT' });
        const fault = feeds.unfit.has(experiment) ? { update: experiment, code: error.code, error } : undefined;
        const same = present.generation.seqs.model === model && present.experimentFaults[0]?.update === experiment;
        if (fault !== undefined && same) return present;
        if (gone.has(model)) {
          feeds.wanted = { model: model + 1, experiment };
          throw Object.assign(new Error('has expired'), { code: 'FEEDS_EXPIRED' });
        }
        if (broken.includes(model)) throw Object.assign(new Error('is broken'), { code: 'BROKEN' });
        return servedOf(model, fault);
      },
      modelBefore: async (model, served) => served ?? (model > 1 ? model - 1 : undefined),
      want: async () => false,
      onUnshared: () => undefined,
      onSwap: (result) => results.push(result),
      onReach: (error) => reached.push(error),
      now: () => feeds.nowMs,
    },
  );
  const model = () => generations.served().generation.seqs.model;
  const want = async (wanted: number, experiment?: number) => {
    feeds.wanted = { model: wanted, experiment };
    await generations.check();
    return model();
  };
  return { generations, feeds, results, reached, loads, model, want, gone };
}

describe('generationsFrom', () => {
  test('takes over what the feeds want, once', async () => {
    const { generations, want, loads, results } = following(1);
    expect(await want(2)).toBe(2);
    await generations.check();
    expect({ loads, results }).toEqual({ loads: [2], results: ['swapped'] });
    expect(await want(2, 1)).toBe(2);
    expect(results).toEqual(['swapped', 'swapped']);
  });

  test('keeps the old one where the new one is refused, says so, and tries again a minute later', async () => {
    const { generations, feeds, want, loads, results } = following(1, [2]);
    expect(await want(2)).toBe(1);
    expect(generations.state()).toEqual({ refused: { model: 2, code: 'BROKEN' } });
    await generations.check();
    expect(loads).toEqual([2]);
    feeds.nowMs = 60_000;
    await generations.check();
    expect(loads).toEqual([2, 2]);
    expect(await want(3)).toBe(3);
    expect(generations.state()).toEqual({});
    expect(results).toEqual(['refused', 'refused', 'swapped']);
  });

  test('goes on while the feeds cannot be read, and says so once', async () => {
    const { generations, feeds, reached, want } = following(1);
    feeds.wanted = Object.assign(new Error('gone'), { code: 'GONE' });
    await generations.check();
    await generations.check();
    expect(generations.state()).toEqual({ unreachable: 'GONE' });
    expect(await want(1)).toBe(1);
    expect(generations.state()).toEqual({});
    expect(reached).toEqual([feeds.wanted instanceof Error ? feeds.wanted : expect.any(Error), undefined]);
  });

  test('an experiment that cannot be run does not count as a refusal; it is tried again a minute later', async () => {
    const { generations, feeds, want, loads, results } = following(1);
    feeds.unfit = new Set([7]);
    expect(await want(1, 7)).toBe(1);
    expect(generations.served().experimentFaults).toMatchObject([{ update: 7, code: 'UNFIT' }]);
    expect(generations.state()).toEqual({});
    expect(await want(2, 7)).toBe(2);
    await generations.check();
    feeds.nowMs = 60_000;
    await generations.check();
    await generations.check();
    expect(loads).toEqual([1, 2, 2]);
    feeds.unfit = new Set();
    feeds.nowMs = 120_000;
    await generations.check();
    expect(generations.served().experimentFaults).toEqual([]);
    expect(results).toEqual(['swapped', 'swapped', 'swapped']);
  });

  test('while the feed of experiments cannot be read, models are swapped and the experiment in use goes on', async () => {
    const { generations, feeds, loads } = following(1);
    const experimentsFault = Object.assign(new Error('gone'), { code: 'GONE' });
    feeds.wanted = { model: 1, experiment: 7 };
    await generations.check();
    feeds.wanted = { model: 2, experiment: undefined, experimentsFault };
    await generations.check();
    await generations.check();
    expect(generations.served().generation.seqs.model).toBe(2);
    expect(generations.state()).toEqual({ experimentsUnreadable: 'GONE' });
    feeds.wanted = { model: 2, experiment: 7 };
    await generations.check();
    expect(generations.state()).toEqual({});
    expect(loads).toEqual([1, 2]);
  });

  test('rolls back to the model served before, and stays there until the feeds want another', async () => {
    const { generations, want, model } = following(1);
    await want(5);
    await want(9);
    expect((await generations.rollBack())?.generation.seqs.model).toBe(5);
    expect(generations.state()).toEqual({ heldBack: 9 });
    await generations.check();
    expect(model()).toBe(5);
    expect(await want(9, 1)).toBe(5);
    expect(generations.state()).toEqual({ heldBack: 9 });
    expect(await want(10)).toBe(10);
    expect(generations.state()).toEqual({});
  });

  test('rolls back to the model before in the feed where it served no other, and not beyond the first', async () => {
    const { generations, model } = following(2);
    await generations.rollBack();
    expect(model()).toBe(1);
    expect(await generations.rollBack()).toBeUndefined();
    expect(model()).toBe(1);
  });

  test('a model that expires while it is loaded does not count as a refusal: the service takes what the feeds want by then', async () => {
    const { generations, want, loads, results, gone } = following(1);
    gone.add(2).add(3);
    expect(await want(2)).toBe(4);
    expect({ loads, results, state: generations.state() }).toEqual({
      loads: [2, 3, 4],
      results: ['swapped'],
      state: {},
    });
  });

  test('there is no rollback to a model that has expired', async () => {
    const { generations, model, gone } = following(2);
    gone.add(1);
    expect(await generations.rollBack()).toBeUndefined();
    expect(model()).toBe(2);
    expect(generations.state()).toEqual({});
  });

  test('a rollback that cannot be loaded changes nothing', async () => {
    const { generations, model } = following(2, [1]);
    await expect(generations.rollBack()).rejects.toMatchObject({ code: 'BROKEN' });
    expect(model()).toBe(2);
    expect(generations.state()).toEqual({});
  });
});
