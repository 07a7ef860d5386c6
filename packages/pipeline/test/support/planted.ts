import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Paths of a split in files. */
export interface PlantedFiles {
  readonly train: string;
  readonly test: string;
}

/**
 * Writes pairs of a planted rank: as many tastes as the rank, each with items of its own. A user takes from one taste, but for one item in
 * five that is anybody's; a quarter of the items is to be found. Seeded.
 */
export async function writePlanted(
  folder: string,
  rank: number,
  { users = 480, items = 240, most = 24, seed = 1 } = {},
): Promise<PlantedFiles> {
  const random = randomFrom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const lists = Array.from({ length: users }, (_, user) => {
    const own = Array.from({ length: items }, (_, item) => item).filter((item) => item % rank === user % rank);
    const taken = new Set<number>();
    while (taken.size < Math.min(most, own.length * 0.6))
      taken.add(random() < 0.2 ? below(items) : (own[below(own.length)] as number));
    // By a hash of the user and the item, so that what is held out has nothing to do with when it was drawn.
    return [...taken].sort(
      (a, b) => ((a * 7919 + user * 104_729) % 101) - ((b * 7919 + user * 104_729) % 101) || a - b,
    );
  });
  const files = { train: join(folder, 'train.txt'), test: join(folder, 'test.txt') };
  const lines = (part: (list: readonly number[]) => readonly number[]) =>
    lists.map((list, user) => [user, ...part(list)].join(' ')).join('\n');
  await writeFile(
    files.train,
    lines((list) => list.slice(Math.floor(list.length / 4))),
  );
  await writeFile(
    files.test,
    lines((list) => list.slice(0, Math.floor(list.length / 4))),
  );
  return files;
}

/** Numbers from 0 to below 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
