import { sampleGeneration } from '@attractions/models/testing';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Generations } from '../../src/generations/generations.js';
import { serving } from '../../src/served.js';
import { residents } from '../../src/tenants/residents.js';
import { bytesOf } from '../../src/tenants/size.js';
import { silent } from '../support/service.js';

const SIZE = bytesOf(sampleGeneration());

const generations = (): Generations => {
  const served = serving(sampleGeneration());
  return { served: () => served, state: () => ({}), check: async () => undefined, rollBack: async () => undefined };
};

/** Room for so many tenants, some of which have requests in flight. */
function roomFor(count: number, { inFlight = new Set<string>(), cachedLists = 0 } = {}) {
  const results: string[] = [];
  const all = residents({
    memoryBytes: SIZE * (count + 0.5),
    cachedLists,
    metrics: { loaded: (result) => void results.push(result), unloaded: (reason) => void results.push(reason) },
    inFlight: (name) => (inFlight.has(name) ? 1 : 0),
  });
  const of = (name: string, load = async () => generations()) => all.of({ name, logger: silent, load });
  const loaded = () => all.loaded().map(({ name }) => name);
  return { all, of, loaded, results };
}

describe('residents', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  test('the one that was asked longest ago leaves first', async () => {
    const { all, of, loaded, results } = roomFor(2);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => of(name));
    await a?.ready();
    await b?.ready();
    expect(a?.ready()).toBeUndefined();
    await c?.ready();
    expect(loaded()).toEqual(['a', 'c']);
    expect([b?.generations(), all.bytes()]).toEqual([undefined, 2 * SIZE]);
    expect(results).toEqual(['loaded', 'loaded', 'loaded', 'space']);
  });

  test('one with a request in flight stays, though the memory is too small', async () => {
    const inFlight = new Set(['a', 'b']);
    const { of, loaded } = roomFor(1, { inFlight });
    for (const name of ['a', 'b', 'c']) await of(name).ready();
    expect(loaded()).toEqual(['a', 'b', 'c']);
    inFlight.clear();
    await of('d').ready();
    expect(loaded()).toEqual(['d']);
  });

  test('a single one that needs more than there is stays', async () => {
    const { of, loaded } = roomFor(0);
    await of('a').ready();
    expect(loaded()).toEqual(['a']);
  });

  test('cached lists count, up to the most that are cached', async () => {
    const { all, of } = roomFor(2, { cachedLists: 3 });
    const a = of('a');
    await a.ready();
    for (let n = 0; n < 5; n++) void a.ready();
    expect(all.bytes()).toBe(SIZE + 3 * 6_000);
  });

  test('a load is shared, and a fault is remembered for ten seconds', async () => {
    const { of } = roomFor(2);
    let loads = 0;
    const nowMs = jest.spyOn(performance, 'now').mockReturnValue(1_000);
    const broken = of('broken', async () => {
      loads++;
      throw Object.assign(new Error('secret'), { code: 'CONTRACTS_NO_MODEL' });
    });
    const refused = { code: 'RECOMMENDER_TENANT_UNAVAILABLE', retryAfterSeconds: 10 };
    const both = [broken.ready(), broken.ready()];
    for (const waiting of both) await expect(waiting).rejects.toMatchObject(refused);
    nowMs.mockReturnValue(10_500);
    await expect(broken.ready()).rejects.toMatchObject({
      retryAfterSeconds: 1,
      message: expect.not.stringContaining('secret'),
    });
    expect([loads, broken.fault()]).toEqual([1, 'CONTRACTS_NO_MODEL']);
    nowMs.mockReturnValue(11_000);
    await expect(broken.ready()).rejects.toMatchObject(refused);
    expect(loads).toBe(2);
    nowMs.mockRestore();
  });

  test('a request waits for at most eight seconds, and the load goes on', async () => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    const { of } = roomFor(2);
    let finish: (made: Generations) => void = () => undefined;
    const slow = of('slow', () => new Promise((resolve) => (finish = resolve)));
    const first = expect(slow.ready()).rejects.toMatchObject({ retryAfterSeconds: 2 });
    await jest.advanceTimersByTimeAsync(8_000);
    await first;
    const second = slow.ready();
    finish(generations());
    await second;
    expect(slow.ready()).toBeUndefined();
  });

  test('one that has left the file is not counted, and still answers the requests that it has', async () => {
    const { all, of, loaded } = roomFor(2);
    const gone = of('gone');
    await gone.ready();
    gone.retire();
    expect([loaded(), all.bytes()]).toEqual([[], 0]);
    expect(gone.generations()?.served().generation).toBeDefined();
  });
});

test('the size of a generation has each array of numbers once, and objects beyond those that are measured', () => {
  const base = sampleGeneration();
  const factors = new Float32Array(100_000);
  const larger = { ...base, model: { ...base.model, userFactors: factors }, models: new Map([['again', factors]]) };
  const grown = bytesOf(larger) - bytesOf(base);
  expect(grown).toBeGreaterThan(400_000);
  expect(grown).toBeLessThan(460_000);
  const [attraction] = base.attractions;
  const many = (count: number) =>
    bytesOf({
      ...base,
      attractions: Array.from({ length: count }, (_, n) => ({ ...attraction, attractionId: `id-${n}` })) as never,
    });
  expect((many(20_000) - bytesOf(base)) / (many(2_000) - bytesOf(base))).toBeCloseTo(10, 0);
});
