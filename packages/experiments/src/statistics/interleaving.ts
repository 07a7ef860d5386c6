import { hash } from 'node:crypto';

import { effectOf } from './intervals.js';
import type { Effect, Reading } from './intervals.js';

/** A list made of two, and which of them each item came from. */
export interface TeamDraft {
  readonly items: string[];
  readonly teams: ('a' | 'b')[];
}

/**
 * Interleaves two ranked lists by team draft (Radlinski, Kurup and Joachims 2008): in each round a coin decides which list picks first, and each
 * picks its highest item that was not picked yet. Where one list has ended, the other picks on. What the user does with an item is credited to its team.
 *
 * @param coin whether list a picks first in a round, from 0; `draftCoin` for one that can be recomputed
 * @returns at most `k` items, none twice
 */
export function teamDraft(
  a: readonly string[],
  b: readonly string[],
  k: number,
  coin: (round: number) => boolean,
): TeamDraft {
  const items = new Set<string>();
  const teams: TeamDraft['teams'] = [];
  const next = { a: a[Symbol.iterator](), b: b[Symbol.iterator]() };
  const pick = (team: 'a' | 'b') => {
    for (let at = next[team].next(); !at.done; at = next[team].next()) {
      if (items.has(at.value)) continue;
      items.add(at.value);
      teams.push(team);
      return true;
    }
    return false;
  };
  for (let round = 0, open = true; open && items.size < k; round++) {
    const [first, second] = coin(round) ? (['a', 'b'] as const) : (['b', 'a'] as const);
    open = pick(first);
    if (items.size < k) open = pick(second) || open;
  }
  return { items: [...items], teams };
}

/**
 * Coins for `teamDraft` that anybody can recompute: of round r, bit r % 8 (from the lowest) of byte r / 8 of the SHA-256 of `v1|salt|userId|requestId` in UTF-8;
 * set means that list a picks first. After 256 rounds they repeat.
 */
export function draftCoin(salt: string, userId: string, requestId: string): (round: number) => boolean {
  const bits = hash('sha256', `v1|${salt}|${userId}|${requestId}`, 'buffer');
  return (round) => (((bits[(round >> 3) % bits.length] as number) >> (round & 7)) & 1) === 1;
}

/** How many users preferred which list: the one whose items got more of their credits. Users without credits are not among them. */
export interface Preferences {
  readonly a: number;
  readonly b: number;
  /** As many credits for both. */
  readonly ties: number;
}

export interface InterleavedRead {
  /**
   * Users that preferred a minus those that preferred b, divided by all with credits, ties among them: from -1 to 1, 0 where the lists are as good (twice the
   * delta of Chapelle et al. 2012).
   */
  readonly preference: Effect;
  /** The exact two-sided sign test, ties left out; for one look. */
  readonly signTestP: number;
}

/** Reads an interleaved experiment; undefined where no user preferred either list, or all preferred the same and nobody tied. */
export function readInterleaved({ a, b, ties }: Preferences, reading?: Reading): InterleavedRead | undefined {
  const users = a + b + ties;
  const mean = (a - b) / users;
  const error = Math.sqrt(((a + b) / users - mean ** 2) / (users - 1));
  if (!(error > 0)) return undefined;
  return { preference: effectOf(mean, error, users, reading), signTestP: signTest(a, b) };
}

/**
 * Twice the smaller tail of the binomial distribution with a half, from its ratios outward from the middle: no factorial, so it is exact to
 * rounding for millions of users.
 */
function signTest(a: number, b: number): number {
  const n = a + b;
  const less = Math.min(a, b);
  const middle = Math.floor(n / 2);
  let [whole, tail] = [0, 0];
  for (let k = middle, weight = 1; k >= 0 && weight > 1e-320; k--) {
    // Both sides are the same; only an even number of users has one middle.
    whole += 2 * k === n ? weight : 2 * weight;
    if (k <= less) tail += weight;
    weight *= k / (n - k + 1);
  }
  return Math.min(1, (2 * tail) / whole);
}
