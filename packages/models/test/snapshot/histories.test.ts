import { describe, expect, test } from '@jest/globals';
import {
  Dictionary,
  Float32,
  Int32,
  Table,
  TimestampMicrosecond,
  TimestampMillisecond,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';
import { visitReader } from '../../src/snapshot/histories.js';
import { IdIndex } from '../../src/snapshot/id-index.js';

interface Visit {
  readonly user: string;
  readonly attraction: string;
  readonly time: number;
}

const users = ['ana', 'bób', '🎢', ''];
const attractions = ['bay:0', 'bay:1', 'hill:é'];
const visit = fc.record({
  user: fc.constantFrom(...users, 'stranger'),
  attraction: fc.constantFrom(...attractions, 'closed'),
  // Few different ones, so that equal ones occur; before 1970 and after 2038 too.
  time: fc.constantFrom(-86_400_001, -1, 0, 1, 1_400_000_000_123, 2 ** 45),
});

/** What each user has seen: any items, ascending. */
const seen = fc.array(fc.subarray([0, 1, 2]), { minLength: users.length, maxLength: users.length });

const plain = (texts: readonly string[]) => vectorFromArray(texts, new Utf8());
const byDictionary = (texts: readonly string[]) => vectorFromArray(texts, new Dictionary(new Utf8(), new Int32()));
const millis = (times: readonly number[]) => vectorFromArray(times, new TimestampMillisecond('UTC'));
const micros = (times: readonly number[]) => vectorFromArray(times, new TimestampMicrosecond('UTC'));

function tableOf(
  visits: readonly Visit[],
  text: typeof plain | typeof byDictionary,
  time: typeof millis | typeof micros,
) {
  return new Table({
    user_id: text(visits.map(({ user }) => user)),
    attraction_id: text(visits.map(({ attraction }) => attraction)),
    visited_at: time(visits.map((each) => each.time)),
  });
}

/** The same by maps, visit by visit. */
function expected(visits: readonly Visit[], sets: readonly number[][]) {
  const visitCounts = sets.flatMap((items, user) =>
    items.map((item) =>
      Math.max(1, visits.filter((each) => each.user === users[user] && each.attraction === attractions[item]).length),
    ),
  );
  const last = users.map((user) => {
    const theirs = visits.filter((each) => each.user === user && attractions.includes(each.attraction));
    return theirs.reduce<Visit | undefined>((best, each) => {
      const before = best && (best.time > each.time || (best.time === each.time && best.attraction > each.attraction));
      return before ? best : each;
    }, undefined);
  });
  return {
    visitCounts: Uint32Array.from(visitCounts),
    lastVisits: {
      items: Int32Array.from(last, (each) => (each ? attractions.indexOf(each.attraction) : -1)),
      times: Float64Array.from(last, (each) => each?.time ?? -Infinity),
    },
  };
}

describe('visitReader', () => {
  test.each([
    ['plain texts', plain, millis],
    ['texts by dictionary', byDictionary, millis],
    ['times in microseconds', plain, micros],
  ])('counts visits and finds the last one of each user: %s, in pieces', (_, text, time) => {
    fc.assert(
      fc.property(fc.array(visit), fc.nat(40), seen, (visits, cut, sets) => {
        const offsets = sets.reduce<number[]>((sums, items) => [...sums, (sums.at(-1) ?? 0) + items.length], [0]);
        const of = { offsets: Uint32Array.from(offsets), items: Uint32Array.from(sets.flat()) };
        const reader = visitReader(of, IdIndex.of(users), attractions);
        const whole = tableOf(visits, text, time);
        for (const piece of [whole.slice(0, cut), whole.slice(cut)])
          for (const batch of piece.batches) reader.add(batch);
        expect(reader.done()).toEqual(expected(visits, sets));
      }),
    );
  });

  test('sums what visits weigh, 1 where nothing is said; without any other weight there are no sums', () => {
    const of = { offsets: Uint32Array.of(0, 2, 3), items: Uint32Array.of(0, 1, 0) };
    const read = (weights: readonly (number | null)[]) => {
      const reader = visitReader(of, IdIndex.of(['ana', 'bob']), ['a', 'b']);
      const text = (texts: readonly string[]) => vectorFromArray(texts, new Utf8());
      const table = new Table({
        user_id: text(['ana', 'ana', 'ana', 'bob']),
        attraction_id: text(['a', 'a', 'b', 'b']),
        visited_at: millis([1, 2, 3, 4]),
        weight: vectorFromArray(weights, new Float32()),
      });
      for (const piece of [table.slice(0, 1), table.slice(1)]) for (const batch of piece.batches) reader.add(batch);
      return reader.done();
    };
    expect(read([0.5, null, -3, 9]).weights).toEqual(Float32Array.of(1.5, -3, 1));
    expect(read([1, null, 1, 9])).not.toHaveProperty('weights');
  });
});
