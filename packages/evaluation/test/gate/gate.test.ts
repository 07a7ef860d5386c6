import { describe, expect, test } from '@jest/globals';
import type { AlsGeneration, RecommendationRequest } from '@attractions/contracts';
import { nextAttractionScoring } from '@attractions/models';

import type { Candidate } from '../../src/gate/candidate.js';
import { fitCheck, historiesOf, monotoneCheck } from '../../src/gate/fit.js';
import { listChecks } from '../../src/gate/lists.js';
import { finiteCheck, vocabularyCheck } from '../../src/gate/parts.js';
import { visitLogOf } from '../../src/visit-log.js';
import { visitsTable } from '../support/log.js';

const visits = visitsTable([
  ['ann', 'p:a', 1],
  ['ann', 'p:a', 2],
  ['ann', 'p:b', 3],
  ['bob', 'p:a', 1],
]);
const attractions = ['p:a', 'p:b', 'q:c'].map((id) => ({
  attractionId: id,
  park: id.slice(0, 1),
  name: id,
  themes: [],
}));
const model: AlsGeneration = {
  rank: 1,
  userIds: ['ann', 'bob'],
  attractionIds: ['p:a', 'p:b'],
  userFactors: Float32Array.of(1, 1),
  itemFactors: Float32Array.of(0.5, 0.25),
  seen: { offsets: Uint32Array.of(0, 2, 3), items: Uint32Array.of(0, 1, 0) },
  visitors: Uint32Array.of(2, 1),
  options: {},
  history: [],
};
const subject = { model, visits, attractions, seq: 1, parents: [] };
const log = visitLogOf(visits, attractions);
const histories = historiesOf(subject, log);

const timesOfLastVisits = Float64Array.from(histories, ({ lastAt }) => lastAt);

const candidate = (parts: Partial<Candidate>): Candidate => ({
  ...subject,
  ask: () => [],
  foldIn: () => Float32Array.of(1),
  replay: { name: 'replay', description: '', learn: () => () => [] },
  ...parts,
});

test('histories count visits, by the visits alone', () => {
  expect(histories.map(({ userId, items, weights, park }) => [userId, [...items], [...weights], park])).toEqual([
    ['ann', [0, 1], [2, 1], 'p'],
    ['bob', [0], [1], 'p'],
  ]);
});

test('vocabulary: the users and attractions of the visits, no more and no fewer', () => {
  expect(vocabularyCheck(subject, log)).toMatchObject({ passed: true });
  const strange = { ...subject, model: { ...model, attractionIds: ['p:a', 'p:x'] } };
  expect(vocabularyCheck(strange, log).found).toBe("attractions 'p:x' is not in its visits (1 in all)");
  const fewer = { ...subject, model: { ...model, userIds: ['ann'] } };
  expect(vocabularyCheck(fewer, log).found).toBe('1 users where its visits have 2');
});

describe('finite', () => {
  const beside = (model: unknown) => [{ kind: nextAttractionScoring, model }];
  const next = {
    asOf: 1,
    parks: [
      {
        park: 'p',
        attractionIds: ['p:a', 'p:b'],
        popular: [-1, -2],
        lately: [0, 0],
        byHour: Array.from({ length: 24 }, () => [0, 0]),
        onward: [
          [0, 1],
          [1, 0],
        ],
        together: [
          [0, 2],
          [2, 0],
        ],
        asOf: 1,
        halfLifeDays: 365,
        patienceHours: 0.75,
        weights: { popular: 1 },
        notYetKnown: { table: [[3]] },
      },
    ],
  };

  test('counts factors and every number of the next-attraction model', () => {
    expect(finiteCheck({ model, beside: beside(next) })).toEqual({
      check: 'finite',
      passed: true,
      found: '4 factors and 66 numbers of the next-attraction model, all finite',
    });
    expect(finiteCheck({ model }).passed).toBe(true);
  });

  test('finds a broken number wherever it stands, in tables that are yet to be thought of too', () => {
    const text = JSON.stringify(next);
    const numbers = [...text.matchAll(/(?<=[[:,])-?\d[\d.]*(?=[\],}])/g)];
    expect(numbers).toHaveLength(66);
    for (const { index, 0: number } of numbers) {
      const broken = JSON.parse(`${text.slice(0, index)}"broken"${text.slice(index + number.length)}`, (_, value) =>
        value === 'broken' ? NaN : value,
      );
      expect(finiteCheck({ model, beside: beside(broken) })).toMatchObject({
        passed: false,
        found: expect.stringMatching(/^1 numbers of the next-attraction model are not finite, the first at /),
      });
    }
    const [tables] = next.parks;
    const together = {
      ...next,
      parks: [
        {
          ...tables,
          together: [
            [0, Infinity],
            [NaN, 0],
          ],
        },
      ],
    } as typeof next;
    expect(finiteCheck({ model, beside: beside(together) }).found).toBe(
      '2 numbers of the next-attraction model are not finite, the first at parks[0].together[0][1]',
    );
  });

  test('finds a broken factor and a broken loss', () => {
    const factors = { ...model, itemFactors: Float32Array.of(0.5, NaN) };
    expect(finiteCheck({ model: factors }).found).toContain(
      '1 numbers of the item factors are not finite, the first at [1]',
    );
    const loss = { ...model, history: [{ iteration: 1, loss: Infinity, seconds: 1 }] };
    expect(finiteCheck({ model: loss }).found).toContain('history[0].loss');
  });
});

test('fit: bob went to a and not to b; factors that say so pass, equal ones do not', () => {
  // Popularity orders the only pair rightly, so a model has to be better than right: it cannot, and is refused on so little.
  expect(fitCheck({ model }, histories)).toMatchObject({ passed: false, found: expect.stringContaining('1.0000') });
  const [ann, bob] = histories as [(typeof histories)[0], (typeof histories)[0]];
  const apart = [
    { ...ann, items: Uint32Array.of(0) },
    { ...bob, items: Uint32Array.of(1) },
  ];
  const tastes = { ...model, userFactors: Float32Array.of(1, -1), itemFactors: Float32Array.of(1, -1) };
  expect(fitCheck({ model: tastes }, apart)).toEqual({
    check: 'fit',
    passed: true,
    found: 'the factors order 1.0000 of the visited and unvisited attractions rightly, popularity 0.5000',
  });
});

test('fit: a model whose counts or last visits are not those of its visits fails', () => {
  const told = { counts: Uint32Array.of(2, 1, 1), lastItems: Uint32Array.of(1, 0), lastTimes: timesOfLastVisits };
  const judged = (other: typeof told) => fitCheck({ model: { ...model, histories: other } }, histories).found;
  expect(judged(told)).toContain('the factors order');
  expect(judged({ ...told, counts: Uint32Array.of(2, 3, 1) })).toBe(
    "the model counts 3 visits of user 'ann' to item 1, and its visits have 1",
  );
  expect(judged({ ...told, lastTimes: timesOfLastVisits.map((time) => time + 1) })).toContain(
    "the model has the last visit of user 'ann' at",
  );
});

test('monotone: a fold-in that lowers a score with more visits is found', () => {
  expect(monotoneCheck(candidate({}), histories).passed).toBe(true);
  const falls = candidate({
    foldIn: (_, weights) => Float32Array.of(1 / weights.reduce((sum, each) => sum + each, 0)),
  });
  const { passed, found } = monotoneCheck(falls, histories);
  expect(passed).toBe(false);
  expect(found).toMatch(/one more visit of 'ann' to 'p:a' lowers its score from 0\.1667 to 0\.1250/);
});

test('lists: visited, short and broken ones are each found, and coverage is counted', () => {
  const checks = (ask: (request: RecommendationRequest) => { attractionId: string; score: number }[], coverage = 0.5) =>
    Object.fromEntries(
      listChecks(candidate({ ask }), histories, { coverage }).map(({ check, passed }) => [check, passed]),
    );
  const right = ({ userId, park }: RecommendationRequest) => [
    ...(userId === 'bob' ? [{ attractionId: 'p:b', score: 1 }] : []),
    ...(park === undefined ? [{ attractionId: 'q:c', score: 1 }] : []),
  ];
  expect(checks(right)).toEqual({ visited: true, full: true, scores: true, coverage: true });
  expect(checks(right, 0.6)).toMatchObject({ coverage: false });
  expect(checks(() => [{ attractionId: 'p:a', score: NaN }])).toMatchObject({ visited: false, scores: false });
  expect(checks(() => [])).toMatchObject({ full: false, visited: true });
});
