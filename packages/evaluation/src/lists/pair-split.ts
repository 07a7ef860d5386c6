import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { EvaluationError } from '../errors.js';
import type { HeldOut } from '../evaluate.js';

/** A user and an item by their ids. */
export type IdPair = readonly [user: string, item: string];

/**
 * Reads pairs in either of the two forms that published splits have: one user a line with the items after it, separated by blanks (as Gowalla's; a
 * user without items has no pair), or CSV of two columns or more, user first, with or without a header. Gzipped or not. Ids are strings.
 *
 * @throws EvaluationError EVALUATION_LISTS_INVALID with file and line.
 */
export async function readIdPairs(path: string): Promise<IdPair[]> {
  const lines = (await textOf(path)).split(/\r?\n/);
  const isCsv = lines.find((line) => line.trim() !== '')?.includes(',') ?? false;
  const pairs = isCsv ? csvPairs(path, lines) : lines.flatMap(listPairs);
  if (pairs.length > 0) return pairs;
  throw new EvaluationError(
    'EVALUATION_LISTS_INVALID',
    `${path} holds no pair of a user and an item; give one user a line with the items after it, or CSV pairs.`,
  );
}

async function textOf(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new EvaluationError('EVALUATION_LISTS_INVALID', `${path} cannot be read: ${String(cause)}.`);
  });
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (zipped ? await promisify(gunzip)(bytes) : bytes).toString('utf8');
}

function listPairs(line: string): IdPair[] {
  const [user, ...items] = line.trim().split(/\s+/);
  return items.map((item) => [user as string, item]);
}

function csvPairs(path: string, lines: readonly string[]): IdPair[] {
  return lines.flatMap((line, n) => {
    if (line.trim() === '' || (n === 0 && /^"?user/i.test(line))) return [];
    const [user, item] = line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    if (user && item) return [[user, item] as const];
    throw new EvaluationError(
      'EVALUATION_LISTS_INVALID',
      `${path}, line ${n + 1} is '${line}'; a pair is a user, a comma and an item.`,
    );
  });
}

/** A published split, as numbers: what trainers take and what is to be found. */
export interface PairSplit {
  /** In the order of their first pair, in training, then in the test. */
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
  /** The pairs to train on, in the shape of a trainer's interactions. */
  readonly training: {
    readonly userCount: number;
    readonly itemCount: number;
    readonly users: Uint32Array;
    readonly items: Uint32Array;
  };
  /** The items of each user in training, ascending: they are never listed again. */
  readonly seen: readonly Uint32Array[];
  readonly heldOut: HeldOut;
}

/** Numbers the ids of both sides alike. An item that is only in the test cannot be found, and counts as missed. */
export function pairSplitOf(training: readonly IdPair[], test: readonly IdPair[]): PairSplit {
  const [userOf, itemOf] = [new Map<string, number>(), new Map<string, number>()];
  const numbered = (pairs: readonly IdPair[]) => ({
    users: Uint32Array.from(pairs, ([user]) => numberIn(userOf, user)),
    items: Uint32Array.from(pairs, ([, item]) => numberIn(itemOf, item)),
  });
  const [known, wanted] = [numbered(training), numbered(test)];
  const [userCount, itemCount] = [userOf.size, itemOf.size];
  const seen = Array.from({ length: userCount }, () => new Set<number>());
  known.users.forEach((user, pair) => seen[user]?.add(known.items[pair] as number));
  const popularity = new Uint32Array(itemCount);
  for (const items of seen) for (const item of items) (popularity[item] as number) += 1;
  return {
    userIds: [...userOf.keys()],
    itemIds: [...itemOf.keys()],
    training: { userCount, itemCount, ...known },
    seen: seen.map((items) => Uint32Array.from(items).sort()),
    heldOut: { userCount, itemCount, ...wanted, popularity },
  };
}

function numberIn(numbers: Map<string, number>, id: string): number {
  const number = numbers.get(id) ?? numbers.size;
  numbers.set(id, number);
  return number;
}
