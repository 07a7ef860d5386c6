import { expect, test } from '@jest/globals';
import { Float32, Table, vectorFromArray } from 'apache-arrow';
import { visitWeights } from '@attractions/contracts';
import type { VisitsTable } from '@attractions/contracts';

import { AlsTrainer } from '../src/als-trainer.js';
import { indexVisits, readVisits, visitAges } from '../src/visits.js';
import { at, visitsTable } from './support/visits-table.js';

test('a slice of a table is read from its own first row', () => {
  const table = visitsTable([
    ['a', 'p:x', 1],
    ['b', 'p:y', 2],
    ['c', 'p:z', 3],
  ]);
  expect(indexVisits(table.slice(1, 3)).userIds).toEqual(['b', 'c']);
});

test('the model does not depend on the order of the visits', async () => {
  const visits = Array.from({ length: 60 }, (_, k) => [`u${(k * 7) % 11}`, `p:${(k * 5) % 8}`, k] as const);
  const trainer = new AlsTrainer({ rank: 4, iterations: 3 });
  const [one, other] = await Promise.all([visits, [...visits].reverse()].map((v) => trainer.train(visitsTable(v))));
  expect(other?.userFactors).toEqual(one?.userFactors);
  expect(other?.itemFactors).toEqual(one?.itemFactors);
});

test('the model tells of each user what the visits tell, in any order: how often and where last', async () => {
  const visits = [
    ['ann', 'p:castle', 1],
    ['ann', 'p:wheel', 9],
    ['ann', 'p:castle', 5],
    ['ann', 'p:castle', 9],
    ['bob', 'p:wheel', 2],
  ] as const;
  for (const given of [visits, visits.toReversed()]) {
    const { seen, histories } = await new AlsTrainer({ rank: 2, iterations: 1, halfLifeDays: 1 }).train(
      visitsTable(given),
    );
    expect([...seen.items]).toEqual([0, 1, 1]);
    const faded = (hour: number): number => expect.closeTo(2 ** ((hour - 9) / 24), 6) as never;
    const castle = 2 ** (-8 / 24) + 2 ** (-4 / 24) + 1;
    expect([...(histories?.weights ?? [])]).toEqual([expect.closeTo(castle, 6), faded(9), faded(2)]);
    expect(histories).toEqual({
      counts: Uint32Array.of(3, 1, 1),
      weights: histories?.weights,
      // Of the two at nine o'clock the later by id.
      lastItems: Uint32Array.of(1, 1),
      lastTimes: Float64Array.of(at(9), at(2)),
    });
  }
  const timeless = visitsTable(visits).select(['user_id', 'attraction_id']) as Table as VisitsTable;
  expect(await new AlsTrainer({ rank: 2, iterations: 1 }).train(timeless)).not.toHaveProperty('histories');
});

test.each([
  ['without weights', []],
  ['with a weight in some', [null, 2.5, null, -1]],
  ['with no weight in any', [null, null, null, null]],
])('visits read batch by batch are the same to a trainer as their table: %s', async (_, weights) => {
  const plain = visitsTable([
    ['zoë', 'p:wheel', 3],
    ['ann', 'p:castle', 1],
    ['zoë', 'p:castle', 2],
    ['ann', 'p:castle', 5],
  ]) as Table;
  const weight = new Table({ weight: vectorFromArray(weights, new Float32()) });
  const visits = (weights.length > 0 ? plain.assign(weight) : plain) as unknown as VisitsTable;
  async function* batches() {
    for (const [from, to] of [
      [0, 1],
      [1, 3],
      [3, 4],
    ] as const)
      yield* visits.slice(from, to).batches;
  }
  const read = await readVisits(batches(), 4);
  expect(indexVisits(read)).toEqual(indexVisits(visits));
  expect(read.toArray().map((row) => ({ ...row.toJSON(), weight: null }))).toEqual(
    visits.toArray().map((row) => ({ ...row.toJSON(), weight: null })),
  );
  expect(visitWeights(read)).toEqual(visitWeights(visits));
  const options = { rank: 2, iterations: 1, halfLifeDays: 1 };
  expect({ ...(await new AlsTrainer(options).train(read)), history: [] }).toEqual({
    ...(await new AlsTrainer(options).train(visits)),
    history: [],
  });
});

test('no visits are refused', async () => {
  const empty: VisitsTable = visitsTable([]);
  async function* nothing() {}
  await expect(new AlsTrainer().train(await readVisits(nothing(), 0))).rejects.toMatchObject({
    code: 'ALS_INTERACTIONS_EMPTY',
  });
  await expect(new AlsTrainer().train(empty)).rejects.toMatchObject({ code: 'ALS_INTERACTIONS_EMPTY' });
  await expect(new AlsTrainer().train(new Table())).rejects.toMatchObject({ code: 'MODELS_VISITS_INVALID' });
});

test('ages are days before the latest visit of the table', () => {
  const table = visitsTable([
    ['ann', 'p:castle', 0],
    ['ann', 'p:castle', 36],
    ['bob', 'p:wheel', 48],
  ]);
  expect([...visitAges(table)]).toEqual([2, 0.5, 0]);
});

test('a half-life makes the model depend on when, and not on the order of the visits', async () => {
  const visits: [string, string, number][] = [
    ['ann', 'p:castle', 0],
    ['ann', 'p:wheel', 480],
    ['bob', 'p:wheel', 240],
  ];
  const options = { rank: 2, iterations: 3, halfLifeDays: 5 };
  const train = (given: typeof visits) => new AlsTrainer(options).train(visitsTable(given));
  const [first, reversed] = [await train(visits), await train(visits.toReversed())];
  expect(reversed.userFactors).toEqual(first.userFactors);
  const early = await train(visits.map(([user, attraction]) => [user, attraction, 0]));
  expect(early.userFactors).not.toEqual(first.userFactors);
});

test('weights of visits add up to that of a pair, and their absence is a weight of 1 each', async () => {
  const visits = visitsTable([
    ['ann', 'p:a', 0],
    ['ann', 'p:a', 1],
    ['ann', 'p:b', 2],
    ['bob', 'p:b', 3],
    ['bob', 'p:c', 4],
  ]);
  const weighted = (weights: readonly (number | null)[]) =>
    visits.assign(new Table({ weight: vectorFromArray(weights, new Float32()) })) as Table as VisitsTable;
  const factorsOf = async (table: VisitsTable) =>
    (await new AlsTrainer({ rank: 2, iterations: 3 }).train(table)).userFactors;
  const plain = await factorsOf(visits);
  expect(await factorsOf(weighted([1, 1, 1, null, 1]))).toEqual(plain);
  expect(await factorsOf(weighted([0, 2, 1, 1, 1]))).toEqual(plain);
  expect(await factorsOf(weighted([1, 1, -1, 1, 1]))).not.toEqual(plain);
  expect(await factorsOf(weighted([5, 1, 1, 1, 1]))).not.toEqual(plain);
});
