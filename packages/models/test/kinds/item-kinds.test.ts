import { expect, test } from '@jest/globals';
import type { VisitsTable } from '@attractions/contracts';
import { Float32, Table, vectorFromArray } from 'apache-arrow';
import { ease } from '../../src/kinds/ease.js';
import { itemKnn } from '../../src/kinds/item-knn.js';
import { BUILT_IN_KINDS, kindsNamed } from '../../src/kinds/kinds.js';
import type { ModelKind, Scores } from '../../src/kind.js';
import { attractionOf, kindCases, timedVisits } from '../../src/testing/index.js';

/** 60 visitors at both attractions of a park, 40 at the first alone; and one at an attraction of another park, twice. */
const visits = timedVisits([
  ...Array.from({ length: 100 }, (_, user) => [`u${user}`, 'p:a', user] as const),
  ...Array.from({ length: 60 }, (_, user) => [`u${user}`, 'p:b', user] as const),
  ['u99', 'q:c', 0],
  ['u99', 'q:c', 1],
]);
const attractions = ['p:a', 'p:b', 'q:c'].map((id) => attractionOf(id, id));

test('item kNN: common visitors over the root of the product of both numbers, by hand', async () => {
  const { attractionIds, offsets, neighbours, cosines } = await itemKnn.train(visits, { attractions });
  expect(attractionIds).toEqual(['p:a', 'p:b', 'q:c']);
  expect([[...offsets], [...neighbours]]).toEqual([
    [0, 2, 3, 4],
    [1, 2, 0, 0],
  ]);
  const [both, once] = [60 / Math.sqrt(100 * 60), 1 / Math.sqrt(100 * 1)];
  expect([...cosines]).toEqual([both, once, both, once].map(Math.fround));
});

test('EASE: shared visitors over visitors and ridge, for each park by itself, by hand', async () => {
  const { parks } = await ease.train(visits, { attractions });
  // G of p = [[200, 60], [60, 160]], with a ridge of 100; the weight is the shared ones over the diagonal of the source.
  expect(parks).toEqual([
    { park: 'p', attractionIds: ['p:a', 'p:b'], weights: Float32Array.of(0, 60 / 200, 60 / 160, 0) },
    { park: 'q', attractionIds: ['q:c'], weights: Float32Array.of(0) },
  ]);
});

/** The same visits with a weight each; null for one without. */
const weighted = (weights: readonly (number | null)[]): VisitsTable =>
  visits.assign(new Table({ weight: vectorFromArray(weights, new Float32()) })) as unknown as VisitsTable;

test.each([itemKnn, ease])('$name: attractions whose visits weigh 0 or less in sum are not learnt from', (kind) => {
  const train = (table: VisitsTable) => (kind as ModelKind).train(table, { attractions });
  const none = Array.from({ length: visits.numRows }, () => null as number | null);
  // The last two rows are of one visitor at q:c, and rows 100 to 159 of those at p:b.
  expect(train(weighted(none.with(0, null).with(-1, -2).with(-2, 2.5)))).toEqual(train(visits));
  const without = (rows: readonly number[]) =>
    visits.slice(0, 0).concat(...rows.map((row) => visits.slice(row, row + 1))) as VisitsTable;
  const kept = Array.from(visits, (_, row) => row).filter((row) => row !== 100 && row !== 101);
  expect(train(weighted(none.with(100, -1).with(101, 0)))).toEqual(train(without(kept)));
});

test('a list of kinds is the chain, which popular ends wherever it is listed', () => {
  const namesOf = (list: readonly string[]) => kindsNamed(list, BUILT_IN_KINDS).map(({ name }) => name);
  expect(namesOf(['item-knn', 'popular', 'als'])).toEqual(['item-knn', 'als', 'popular']);
  expect(namesOf([])).toEqual(['popular']);
  expect(() => namesOf(['als', 'alz', 'eaze'])).toThrow("There is no kind of model 'alz', 'eaze'; give some of: ");
  expect(() => kindsNamed([{ ...itemKnn, name: 'mine' }, 'item-knn'], BUILT_IN_KINDS)).toThrow(
    "Two kinds of model have the feed 'training/item-knn/v1.0'",
  );
});

const broken = (best: Scores['best']): ModelKind<never> => ({
  ...(itemKnn as unknown as ModelKind<never>),
  scorer: () => () => ({ source: 'item-knn', best }),
});

test.each([
  ['a hidden item', broken(() => ({ items: [0, 1, 2, 3], scores: [4, 3, 2, 1] }))],
  ['a score that rises', broken(({ passes }) => ({ items: [0, 4].filter((item) => passes?.(item)), scores: [1, 2] }))],
  [
    'a score that is not finite',
    broken(({ passes }) => ({ items: [4].filter((item) => passes?.(item)), scores: [NaN] })),
  ],
  ['a source of another kind', { ...itemKnn, sources: ['mine'] } as unknown as ModelKind<never>],
])('the suite for kinds of your own finds %s', async (_, kind) => {
  const lists = kindCases(kind).find(({ name }) => name.startsWith('lists have only items that pass'));
  await expect(lists?.run()).rejects.toThrow();
});
