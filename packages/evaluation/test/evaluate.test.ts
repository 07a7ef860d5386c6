import { expect, test } from '@jest/globals';
import { evaluate, metricNames, rankByScore } from '../src/evaluate.js';
import type { MetricName, HeldOut } from '../src/evaluate.js';
import fc from 'fast-check';

// User 0 should get items 1 and 2, user 2 item 0; user 1 is not asked about.
const heldOut: HeldOut = {
  userCount: 3,
  itemCount: 4,
  users: Uint32Array.of(2, 0, 0, 0),
  items: Uint32Array.of(0, 1, 2, 2),
  popularity: [2, 1, 1, 4],
  visitorCount: 4,
};
const rankings = [[1, 3, 2, 0], [], [3, 2, 1, 0]];
const rank = (user: number) => rankings[user] as number[];

test('by hand: one user with a hit at place 1 of 2, one without', () => {
  const { users, metrics, perUser } = evaluate(rank, heldOut, { k: 2, metrics: metricNames });
  expect(Array.from(users)).toEqual([0, 2]);
  expect(Array.from(perUser.recall ?? [])).toEqual([1 / 2, 0]);
  expect(metrics.hitRate).toBe(1 / 2);
  expect(metrics.precision).toBe(1 / 4);
  expect(metrics.mrr).toBe(1 / 2);
  expect(metrics.map).toBe(1 / 4);
  expect(metrics.ndcg).toBeCloseTo(1 / (1 + 1 / Math.log2(3)) / 2, 15);
  expect(metrics.coverage).toBe(3 / 4);
  // Lists {1, 3} and {3, 2}: (2 + 0) / 2 bits each; (1 + 4) / 2 over the mean popularity of 2.
  expect(metrics.novelty).toBe(1);
  expect(metrics.popularityBias).toBe(1.25);
});

test('only the metrics asked for are there, and a longer list finds more', () => {
  const report = evaluate(rank, heldOut, { k: 4, metrics: ['recall'] });
  expect(report.metrics).toEqual({ recall: 1 });
  expect(Object.keys(report.perUser)).toEqual(['recall']);
});

test('a short list misses the rest; nobody to judge makes zeros', () => {
  expect(evaluate(() => [], heldOut, { k: 3, metrics: ['hitRate'] }).metrics.hitRate).toBe(0);
  const nobody = { ...heldOut, users: new Uint32Array(), items: new Uint32Array() };
  expect(evaluate(rank, nobody, { k: 3, metrics: ['ndcg', 'coverage'] }).metrics).toEqual({ ndcg: 0, coverage: 0 });
});

test('a ranking is a strict order: twice the same item, or one that does not exist, is refused', () => {
  const judged = (list: number[]) => () => evaluate(() => list, heldOut, { k: 2, metrics: ['ndcg'] });
  expect(judged([1, 1])).toThrow(expect.objectContaining({ code: 'EVALUATION_RANKING_INVALID' }));
  expect(judged([4])).toThrow(/item 4/);
  expect(judged([NaN])).toThrow(expect.objectContaining({ code: 'EVALUATION_RANKING_INVALID' }));
});

test('wrong options and pairs are refused with the offending value', () => {
  const judged =
    (given: Partial<HeldOut>, k = 2, metrics: MetricName[] = ['novelty']) =>
    () =>
      evaluate(rank, { ...heldOut, ...given }, { k, metrics });
  expect(judged({}, 0)).toThrow(/k is 0/);
  expect(judged({}, 2, ['f1' as MetricName])).toThrow(/no metric 'f1'/);
  expect(judged({ users: Uint32Array.of(0) })).toThrow(/1 users and 4 items/);
  expect(judged({ userCount: 2 })).toThrow(/user 2/);
  expect(judged({ popularity: [1] })).toThrow(/popularity of all 4 items/);
});

test('best first; of equal scores the lower item; only candidates', () => {
  expect(Array.from(rankByScore([5, 7, 7, 9, 1], [0, 1, 2, 4], 3))).toEqual([1, 2, 0]);
  expect(Array.from(rankByScore([1, 1, 1], [0, 1, 2], 5))).toEqual([0, 1, 2]);
  expect(rankByScore([1], [0], 0)).toHaveLength(0);
});

test('a score that is missing or no number is refused, also of the last candidate', () => {
  expect(() => rankByScore([1, NaN], [0, 1], 1)).toThrow(/item 1 is NaN/);
  expect(() => rankByScore([1], [0, 3], 1)).toThrow(/item 3 is undefined/);
});

test('the list is the head of a stable sort', () => {
  const scores = fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(-Infinity)), { maxLength: 30 });
  fc.assert(
    fc.property(scores, fc.nat(10), (drawn, length) => {
      const items = [...drawn.keys()];
      const sorted = [...items].sort((a, b) => {
        const [x, y] = [drawn[a] as number, drawn[b] as number];
        return x === y ? a - b : y - x;
      });
      expect(Array.from(rankByScore(drawn, items, length))).toEqual(sorted.slice(0, length));
    }),
  );
});
