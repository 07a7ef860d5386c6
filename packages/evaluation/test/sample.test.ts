import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Float32, Int32, Table, TimestampMillisecond, Utf8, vectorFromArray } from 'apache-arrow';
import { sampledVisits } from '../src/sample.js';

type Visit = readonly [user: string, attraction: string, time: number, weight: number | null];

const tableOf = (visits: readonly Visit[]): Table =>
  new Table({
    user_id: vectorFromArray(
      visits.map(([user]) => user),
      new Utf8(),
    ),
    attraction_id: vectorFromArray(
      visits.map(([, attraction]) => attraction),
      new Utf8(),
    ),
    visited_at: vectorFromArray(
      visits.map(([, , time]) => time),
      new TimestampMillisecond('UTC'),
    ),
    photos: vectorFromArray(
      visits.map(() => 1),
      new Int32(),
    ),
    weight: vectorFromArray(
      visits.map(([, , , weight]) => weight),
      new Float32(),
    ),
  });

/** In two batches. */
async function* batchesOf(visits: readonly Visit[], cut: number) {
  const table = tableOf(visits);
  for (const part of [table.slice(0, cut), table.slice(cut)]) if (part.numRows > 0) yield* part.batches;
}

const drawn = async (visits: readonly Visit[], most: number, cut = 0) => {
  const { visits: table, ...rest } = await sampledVisits(batchesOf(visits, cut), visits.length, most);
  const rows = Array.from(
    table as Table,
    ({ user_id: user, attraction_id: attraction, visited_at: time, weight }): Visit => [
      user,
      attraction,
      Number(time),
      weight,
    ],
  );
  return { rows, ...rest };
};

const visit = fc.tuple(
  fc.integer({ min: 0, max: 30 }).map((n) => `ü${n}`),
  fc.constantFrom('p:a', 'p:b', 'q:c'),
  fc.integer({ min: 0, max: 2e12 }),
  fc.option(fc.constantFrom(0.5, -1)),
);

test('whole users in the order of their visits, whatever the batches; all that is named, drawn or not', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(visit, { minLength: 1 }), fc.nat(100), fc.nat(100), async (visits, most, cut) => {
      const { rows, sample, named } = await drawn(visits, most, cut);
      const users = new Set(rows.map(([user]) => user));
      expect(rows).toEqual(visits.filter(([user]) => users.has(user)));
      const all = { users: new Set(visits.map(([user]) => user)), items: new Set(visits.map(([, item]) => item)) };
      expect([new Set(named.userIds), new Set(named.attractionIds)]).toEqual([all.users, all.items]);
      expect(sample).toEqual({
        users: users.size,
        ofUsers: all.users.size,
        visits: rows.length,
        ofVisits: visits.length,
      });
      // Of more, more users: the first ones are among them.
      const more = new Set((await drawn(visits, most + 10)).rows.map(([user]) => user));
      expect([...users].every((user) => more.has(user))).toBe(true);
    }),
  );
});

test('about as many visits as asked for', async () => {
  const visits = Array.from({ length: 20_000 }, (_, n): Visit => [`user-${n % 2_000}`, 'p:a', n, null]);
  const { sample } = await drawn(visits, 5_000);
  expect(sample.visits).toBeGreaterThan(4_500);
  expect(sample.visits).toBeLessThan(5_500);
});
