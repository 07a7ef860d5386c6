import { expect, test } from '@jest/globals';
import { scoreNext } from '@attractions/models';
import type { ParkTables } from '@attractions/contracts';

import { NextAttractionTrainer } from '../../src/next-attraction/next-attraction-trainer.js';
import { at, visitsTable } from '../support/visits-table.js';
import type { VisitAt } from '../support/visits-table.js';

/** Four attractions round a square: every visitor walks to the next corner each half an hour, `days` days, one visitor a day. */
function square(days: number): VisitAt[] {
  const corners = ['p:a', 'p:b', 'p:c', 'p:d'];
  return Array.from({ length: days }, (_, day) => day).flatMap((day) =>
    [0, 1, 2].map((step): VisitAt => [`user-${day}`, corners[(day + step) % 4] as string, 24 * day + 10 + step / 2]),
  );
}

const best = ({ attractionIds }: ParkTables, scores: Float64Array, visited: readonly string[]): string | undefined =>
  attractionIds
    .map((id, k) => ({ id, score: scores[k] as number }))
    .filter(({ id }) => !visited.includes(id))
    .sort((x, y) => y.score - x.score)[0]?.id;

test('learns where visitors go next from where they were last', async () => {
  const { parks, asOf } = await new NextAttractionTrainer([]).train(visitsTable(square(80)));
  expect(asOf).toBe(at(80 * 24));
  const [tables] = parks as [ParkTables];
  const onward = (attractionId: string) => {
    const last = { attractionId, visitedAt: asOf + 10 * 3_600_000 };
    return best(tables, scoreNext(tables, { time: last.visitedAt + 1_800_000, last }), [attractionId]);
  };
  // Corners next to each other, either way; never the one across.
  expect(['p:b', 'p:d']).toContain(onward('p:a'));
  expect(['p:a', 'p:c']).toContain(onward('p:b'));
});

test('learns a taste where there is one: two kinds of visitors, each with attractions of its own', async () => {
  const kinds = [
    ['p:a', 'p:b', 'p:c', 'p:d'],
    ['p:s', 'p:t', 'p:u', 'p:v'],
  ] as const;
  const visits = Array.from({ length: 200 }, (_, user) => user).flatMap((user) =>
    // Days apart, so that neither the hour nor the place tells anything.
    [0, 1, 2].map((step): VisitAt => [
      `user-${user}`,
      kinds[user % 2]?.[(user + step) % 4] ?? '',
      24 * (3 * user + step) + 12,
    ]),
  );
  const { parks } = await new NextAttractionTrainer([]).train(visitsTable(visits));
  const [tables] = parks as [ParkTables];
  const likely = (visited: string[]) => best(tables, scoreNext(tables, { visited }), visited);
  expect(kinds[0]).toContain(likely(['p:a', 'p:b']));
  expect(kinds[1]).toContain(likely(['p:s', 'p:t']));
});

test('the same visits in any order, the same bytes; a model is plain JSON', async () => {
  const visits = square(12);
  const model = await new NextAttractionTrainer([]).train(visitsTable(visits));
  const again = await new NextAttractionTrainer([]).train(visitsTable([...visits].reverse()));
  expect(JSON.stringify(again)).toBe(JSON.stringify(model));
  expect(JSON.parse(JSON.stringify(model))).toEqual(model);
  expect(JSON.stringify(model)).not.toContain('user-');
});

test('tables of a past day do not know what came after it', () => {
  const trainer = new NextAttractionTrainer([]);
  const latelyAt = (days: number) => {
    const [park] = trainer.learn(
      visitsTable([...square(10), ['late', 'p:a', 24 * days], ['late', 'p:c', 24 * days + 1]]),
    );
    if (!park) throw new Error('no park');
    const tables = park.tablesAt(at(24 * 10));
    // The weights and corrections may know; what the weights are multiplied with may not.
    return tables.lately.map((term) => term / park.weights.lately);
  };
  latelyAt(11).forEach((term, k) => expect(term).toBeCloseTo(latelyAt(300)[k] as number, 12));
  expect(latelyAt(9)).not.toEqual(latelyAt(11));
});

test('a park that nobody visited has tables too: all attractions are equal', async () => {
  const attraction = (id: string, park: string) => ({ attractionId: id, park, name: id, themes: [] });
  const trainer = new NextAttractionTrainer([attraction('q:a', 'q'), attraction('q:b', 'q')]);
  const { parks } = await trainer.train(visitsTable(square(4)));
  const q = parks.find(({ park }) => park === 'q') as ParkTables;
  const scores = scoreNext(q, { time: at(12) });
  expect(scores[0]).toBe(scores[1]);
  expect(scores.every(Number.isFinite)).toBe(true);
});

/** Visitors who all begin at a, go on to b or c, two to one, and end at d. */
const walks = (times: (user: number, step: number) => number) =>
  visitsTable(
    Array.from({ length: 120 }, (_, user) => user).flatMap((user) =>
      ['p:a', user % 3 === 0 ? 'p:c' : 'p:b', 'p:d'].map((id, step): VisitAt => [
        `user-${user}`,
        id,
        times(user, step),
      ]),
    ),
  );

test('where times are only dates, nothing depends on the hour or on the last visit, which nobody knows', async () => {
  const { parks } = await new NextAttractionTrainer([]).train(walks((user) => 24 * user));
  const [tables] = parks as [ParkTables];
  const last = { attractionId: 'p:a', visitedAt: at(0) };
  const request = { visited: ['p:a'] };
  expect(scoreNext(tables, { ...request, time: at(5), last })).toEqual(scoreNext(tables, { ...request, time: at(17) }));
  // Everybody went to d, most of them to b: the order of the ids does not show.
  const scores = scoreNext(tables, request);
  expect(scores[3]).toBeGreaterThan(scores[1] as number);
  expect(scores[1]).toBeGreaterThan(scores[2] as number);
});

test('where times only say what came first, the last visit counts, and all days are alike', async () => {
  const seconds = (step: number) => (step + 1) / 3600 - at(0) / 3_600_000;
  const trainer = new NextAttractionTrainer([]);
  const visits = walks((_, step) => seconds(step));
  const [tables] = (await trainer.train(visits)).parks as [ParkTables];
  const [replayed] = trainer.learn(visits).map((park) => park.tablesAt(4_000)) as [ParkTables];
  expect(replayed.popular).toEqual(tables.popular);
  const after = (attractionId: string) => {
    const scores = scoreNext(tables, {
      time: 3_000,
      last: { attractionId, visitedAt: 2_000 },
      visited: ['p:a', attractionId],
    });
    return best(tables, scores, ['p:a', attractionId]);
  };
  expect(after('p:b')).toBe('p:d');
  expect(best(tables, scoreNext(tables, { visited: ['p:a'] }), ['p:a', 'p:d'])).toBe('p:b');
});

test('a large park has no corrections for pairs of attractions, and is trained all the same', async () => {
  const visits = Array.from({ length: 303 }, (_, n): VisitAt => [`user-${Math.floor(n / 3)}`, `p:${n % 101}`, n]);
  const [tables] = (await new NextAttractionTrainer([]).train(visitsTable(visits))).parks as [ParkTables];
  const last = { attractionId: 'p:0', visitedAt: at(400) };
  const scores = scoreNext(tables, { time: at(401), last, visited: ['p:0', 'p:1'] });
  expect(scores).toHaveLength(101);
  expect(scores.every(Number.isFinite)).toBe(true);
});

test('no visits at all make a model without parks', async () => {
  expect(await new NextAttractionTrainer([]).train(visitsTable([]))).toEqual({ asOf: 0, parks: [] });
});

test('an aborted training rejects with the reason', async () => {
  const run = { signal: AbortSignal.abort(new Error('enough')) };
  await expect(new NextAttractionTrainer([]).train(visitsTable(square(4)), run)).rejects.toThrow('enough');
});
