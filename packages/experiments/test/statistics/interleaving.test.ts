import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { draftCoin, readInterleaved, teamDraft } from '../../src/index.js';
import { randomFrom } from '../support/random.js';

describe('team draft', () => {
  test('by hand: each picks its highest that is left', () => {
    const [a, b] = [
      ['p', 'q', 'r', 's'],
      ['q', 'p', 't', 'u'],
    ];
    expect(teamDraft(a, b, 4, () => true)).toEqual({ items: ['p', 'q', 'r', 't'], teams: ['a', 'b', 'a', 'b'] });
    expect(teamDraft(a, b, 3, (round) => round === 1)).toEqual({ items: ['q', 'p', 'r'], teams: ['b', 'a', 'a'] });
  });

  test('where one list ends, the other goes on', () => {
    expect(teamDraft(['p'], ['p', 'q', 'r'], 9, () => true)).toEqual({
      items: ['p', 'q', 'r'],
      teams: ['a', 'b', 'b'],
    });
    expect(teamDraft([], [], 9, () => true)).toEqual({ items: [], teams: [] });
  });

  test('laws: nothing twice, nothing lost, teams alternate in pairs, each in its own order', () => {
    const list = fc.uniqueArray(fc.constantFrom(...'abcdefghijklmnop'), { maxLength: 12 });
    fc.assert(
      fc.property(list, list, fc.nat(20), fc.string(), (a, b, k, user) => {
        const { items, teams } = teamDraft(a, b, k, draftCoin('salt', user, '1'));
        expect(items).toHaveLength(Math.min(k, new Set([...a, ...b]).size));
        expect(new Set(items).size).toBe(items.length);
        expect(teams).toHaveLength(items.length);
        for (const [team, list] of [
          ['a', a],
          ['b', b],
        ] as const) {
          const ranks = items.filter((_, n) => teams[n] === team).map((item) => list.indexOf(item));
          expect(ranks).toEqual([...ranks].sort((x, y) => x - y));
          expect(ranks).not.toContain(-1);
        }
        for (let n = 1; n < Math.min(a.length, b.length, items.length / 2); n += 2)
          expect(teams[n]).not.toBe(teams[n - 1]);
      }),
    );
  });

  test("coins are those of Python's hashlib, by the one-liner in docs/experiments.md", () => {
    const coin = draftCoin('demo-1', 'ana', 'r-1');
    expect(Array.from({ length: 16 }, (_, round) => Number(coin(round))).join('')).toBe('0110111001101101');
  });

  test('coins are fair and independent of each other', () => {
    const heads = new Array<number>(256).fill(0);
    for (let user = 0; user < 4000; user++) {
      const coin = draftCoin('salt', String(user), 'request');
      heads.forEach((_, round) => (heads[round] = (heads[round] ?? 0) + Number(coin(round))));
    }
    // 2,000 with a standard deviation of 32: 5 of them for the worst of 256.
    for (const count of heads) expect(Math.abs(count - 2000)).toBeLessThan(160);
  });
});

describe('reading preferences', () => {
  test('by hand: 8 for a, 2 for b', () => {
    const { preference, signTestP } = readInterleaved({ a: 8, b: 2, ties: 0 }) ?? {};
    expect(preference?.estimate).toBeCloseTo(0.6, 14);
    // (1 - .36) / 9
    expect(preference?.standardError).toBeCloseTo(Math.sqrt(0.64 / 9), 14);
    // 2 (1 + 10 + 45) / 1024
    expect(signTestP).toBeCloseTo(112 / 1024, 14);
  });

  test.each([
    [{ a: 5, b: 5, ties: 3 }, 1],
    [{ a: 3, b: 2, ties: 0 }, 1],
    [{ a: 1, b: 4, ties: 1 }, 0.375],
    [{ a: 500_000, b: 503_000, ties: 0 }, 0.002746],
  ])('the sign test of %j', (preferences, p) => {
    expect(readInterleaved(preferences)?.signTestP).toBeCloseTo(p, 5);
  });

  test('the better list is preferred, and of equal lists none', () => {
    const items = [...'abcdefghij'];
    /** Users click on an item of the draft more readily the nearer it is to the start of the alphabet. */
    const readOf = (a: string[], b: string[]) => {
      const preferences = { a: 0, b: 0, ties: 0 };
      const random = randomFrom(5);
      for (let user = 0; user < 2000; user++) {
        const { items: shown, teams } = teamDraft(a, b, 5, draftCoin('salt', String(user), '1'));
        const clicked = teams.filter((_, n) => random() < 0.3 / (1 + items.indexOf(shown[n] as string)));
        const lead = clicked.filter((team) => team === 'a').length - clicked.filter((team) => team === 'b').length;
        if (clicked.length > 0) preferences[lead > 0 ? 'a' : lead < 0 ? 'b' : 'ties']++;
      }
      return readInterleaved(preferences)?.preference;
    };
    expect(readOf(items, [...items].reverse())?.anytime[0]).toBeGreaterThan(0);
    expect(readOf([...items].reverse(), items)?.anytime[1]).toBeLessThan(0);
    expect(readOf(items, items)?.p).toBeGreaterThan(0.05);
  });

  test('nothing to read', () => {
    expect(readInterleaved({ a: 0, b: 0, ties: 0 })).toBeUndefined();
    expect(readInterleaved({ a: 0, b: 0, ties: 9 })).toBeUndefined();
  });
});
