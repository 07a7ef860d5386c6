import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { duckDbEngine } from '../../src/engine/duckdb.js';
import { sql } from '../../src/frame/frame.js';
import { visitsOfPhotos } from '../../src/visits/sequences.js';
import { rowsFrame } from '../support/rows-frame.js';

const engine = duckDbEngine();
afterAll(() => engine.close());

const GAP = 3;

interface Photo {
  readonly park: string;
  readonly user: string;
  readonly attraction: string;
  readonly taken: number;
  readonly sequence: number | null;
}

/** The definition of a visit, in the plainest words: the first time, photos, the last time. */
function visitsByDefinition(photos: readonly Photo[]): readonly string[] {
  const visits = new Map<string, number[]>();
  for (const photo of photos) {
    const alike = photos.filter(
      ({ park, user, sequence }) => park === photo.park && user === photo.user && sequence === null,
    );
    const earlier = alike.map(({ taken }) => taken).filter((taken) => taken <= photo.taken);
    earlier.sort((a, b) => b - a);
    const start = earlier.reduce((first, taken) => (first - taken < GAP ? taken : first), photo.taken);
    const sequence = photo.sequence === null ? `from ${start}` : `given ${photo.sequence}`;
    const key = [photo.user, photo.park, photo.attraction, sequence].join(' ');
    visits.set(key, [...(visits.get(key) ?? []), photo.taken]);
  }
  return [...visits].map(([key, taken]) => {
    const [user, , attraction, , given] = key.split(' ');
    const [first, last] = [Math.min(...taken), Math.max(...taken)];
    const sequence = key.includes('given') ? given : null;
    return [user, attraction, first, taken.length, last === first ? null : last, sequence].join(' ');
  });
}

const few = (...values: readonly string[]) => fc.constantFrom(...values);
const photo = fc.record({
  park: few('p', 'q'),
  user: few('ann', 'bob'),
  attraction: few('x', 'y', 'z'),
  taken: fc.integer({ min: 0, max: 30 }),
  sequence: fc.constantFrom(null, null, 1, 2),
});

test.each(['all', 'some', 'none'] as const)(
  'visits are what their definition says where %s photos have a sequence',
  async (given) => {
    const sequenceOf = { all: (n: number | null) => n ?? 3, some: (n: number | null) => n, none: () => null }[given];
    const property = fc.asyncProperty(fc.array(photo, { minLength: 1, maxLength: 40 }), async (made) => {
      const photos = made.map((each) => ({ ...each, sequence: sequenceOf(each.sequence) }));
      const types = {
        park: 'VARCHAR',
        user_id: 'VARCHAR',
        attraction_id: 'VARCHAR',
        taken: 'BIGINT',
        sequence: 'BIGINT',
      } as const;
      const rows = photos.map(({ park, user, attraction, taken, sequence }) => [
        park,
        user,
        attraction,
        taken,
        sequence,
      ]);
      const visits = visitsOfPhotos(rowsFrame('photos', types, rows), {
        gap: GAP,
        order: sql``,
        hasWeights: false,
        park: sql`park, `,
        parkOfVisit: sql`park, `,
        given,
        isText: false,
        timestamp: (taken) => sql`timestamp_seconds(${taken})`,
      });
      const found = await engine.rows(
        sql`SELECT *, unix_millis(visited_at) AS first, unix_millis(ended_at) AS last FROM ${visits}`,
      );
      const seconds = (ms: unknown): number | null => (ms === null ? null : Number(ms) / 1_000);
      const told = found.map((row) =>
        [
          row['user_id'],
          row['attraction_id'],
          seconds(row['first']),
          row['photos'],
          seconds(row['last']),
          row['sequence'],
        ].join(' '),
      );
      expect(told.sort()).toEqual([...visitsByDefinition(photos)].sort());
    });
    await fc.assert(property, { numRuns: 100, seed: 7 });
  },
);
