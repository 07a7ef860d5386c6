import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { EvaluationError } from '../errors.js';

/** A user and an item by their ids. */
export type IdPair = readonly [user: string, item: string];

/**
 * Reads pairs in either of the two forms that published splits have: one user a line with the items after it, blanks between (Gowalla's; a
 * user alone has none), or CSV of two columns or more, user first, with or without a header. Gzipped or not. Ids are texts.
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
