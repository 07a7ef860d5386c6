import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emptyEquations, factorise, setEquations, solveCholesky } from '../../src/als/equations.js';
import { clampNonNegative, descendNonNegative } from '../../src/als/non-negative.js';

/** Spread evenly: a random double of fast-check is near 0 nearly always. */
const between = (min: number, max: number) =>
  fc.integer({ min: 0, max: 10_000 }).map((part) => min + ((max - min) * part) / 10_000);

const number = between(-2, 2);

/** Factors of 9 rows, their pairs in any number, and what they are added to. */
const row = fc.integer({ min: 1, max: 11 }).chain((rank) =>
  fc.record({
    rank: fc.constant(rank),
    factors: fc.array(number, { minLength: 9 * rank, maxLength: 9 * rank }).map((values) => Float32Array.from(values)),
    pairs: fc.array(fc.tuple(fc.nat(8), fc.record({ linear: number, quadratic: between(0, 5) })), {
      maxLength: 9,
    }),
    ridge: between(0.05, 3),
  }),
);

type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;

function equationsOf({ rank, factors, pairs, ridge }: Row) {
  const equations = emptyEquations(rank);
  const gramian = Float64Array.from({ length: rank * rank }, (_, at) => (at % (rank + 1) === 0 ? 2 : 0));
  const terms = pairs.map(([, { linear, quadratic }]) => ({ constant: 0, linear, quadratic }));
  const columns = Uint32Array.from(pairs, ([column]) => column);
  setEquations(equations, { gramian, unobserved: 0.25, ridge }, factors, columns, terms);
  return equations;
}

/** matrix x, from the upper triangle. */
const product = (matrix: Float64Array, x: ArrayLike<number>): number[] =>
  Array.from({ length: x.length }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < x.length; j++)
      sum += (matrix[Math.min(i, j) * x.length + Math.max(i, j)] as number) * (x[j] as number);
    return sum;
  });

describe('the equations of a row', () => {
  test('are, bit for bit, the sums of its pairs in their order, odd and even numbers of them', () => {
    fc.assert(
      fc.property(row, (given) => {
        const { matrix, right } = equationsOf(given);
        const { rank, factors, pairs, ridge } = given;
        for (let i = 0; i < rank; i++) {
          const y = (column: number, f: number) => factors[column * rank + f] as number;
          expect(right[i]).toBe(pairs.reduce((sum, [column, { linear }]) => sum + linear * y(column, i), 0));
          for (let j = i; j < rank; j++) {
            const base = i === j ? 0.5 + ridge : 0;
            const sum = (so: number, [column, { quadratic }]: (typeof pairs)[number]) =>
              so + quadratic * y(column, i) * y(column, j);
            expect(matrix[i * rank + j]).toBe(pairs.reduce(sum, base));
          }
        }
      }),
    );
  });

  test('are solved: the matrix times the answer is the right side', () => {
    fc.assert(
      fc.property(row, (given) => {
        const { matrix, right } = equationsOf(given);
        const answer = solveCholesky({ matrix: matrix.slice(), right: right.slice() });
        product(matrix, answer).forEach((value, i) => expect(value).toBeCloseTo(right[i] as number, 8));
      }),
    );
  });

  test('have the answer 0 in a direction that nothing determines', () => {
    const matrix = Float64Array.of(4, 0, 0, 0);
    expect([...solveCholesky({ matrix: matrix.slice(), right: Float64Array.of(8, 0) })]).toEqual([2, 0]);
    expect(factorise(matrix, 2)).toBe(false);
  });
});

describe('under "no factor below 0"', () => {
  /** Factors above 0 and strong weights, so that the factors of an answer depend much on each other. */
  const steep = fc.integer({ min: 2, max: 12 }).chain((rank) =>
    fc.record({
      rank: fc.constant(rank),
      factors: fc
        .array(between(0, 1), { minLength: 9 * rank, maxLength: 9 * rank })
        .map((all) => Float32Array.from(all)),
      pairs: fc.array(
        between(0, 1200).chain((weight) => fc.tuple(fc.nat(8), fc.constant({ linear: weight, quadratic: weight }))),
        { minLength: 1, maxLength: 9 },
      ),
      ridge: between(0.01, 1),
    }),
  );

  test('no factor is below 0 and none can be improved where strong weights make them depend on each other', () => {
    fc.assert(
      fc.property(steep, (given) => {
        const { matrix, right } = equationsOf(given);
        const held = { matrix: matrix.slice(), right: right.slice() };
        const free = clampNonNegative(held);
        const answer = solveCholesky(held);
        const steepest = Math.max(...right.map(Math.abs)) || 1;
        product(matrix, answer).forEach((value, i) => {
          const slope = ((right[i] as number) - value) / steepest;
          if (free[i]) expect(Math.abs(slope)).toBeLessThan(1e-9);
          else expect(slope).toBeLessThan(1e-9);
          expect(answer[i]).toBeGreaterThanOrEqual(0);
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('no factor can be improved: the slope is 0 where a factor is above 0, and not upwards where it is 0', () => {
    fc.assert(
      fc.property(row, (given) => {
        const { matrix, right } = equationsOf(given);
        const held = { matrix: matrix.slice(), right: right.slice() };
        const free = clampNonNegative(held);
        const answer = solveCholesky(held);
        product(matrix, answer).forEach((value, i) => {
          const slope = (right[i] as number) - value;
          if (free[i]) expect(Math.abs(slope)).toBeLessThan(1e-6);
          else expect(slope).toBeLessThan(1e-6);
          expect(answer[i]).toBeGreaterThanOrEqual(0);
        });
      }),
    );
  });

  test('coordinate descent comes to the same answer', () => {
    fc.assert(
      fc.property(row, (given) => {
        const equations = equationsOf(given);
        const near = new Float64Array(given.rank);
        for (let again = 0; again < 20; again++) descendNonNegative(equations, near);
        clampNonNegative(equations);
        const exact = solveCholesky(equations);
        near.forEach((value, i) => expect(value).toBeCloseTo(exact[i] as number, 4));
      }),
    );
  });
});
