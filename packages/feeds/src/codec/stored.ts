import type { StoredFile } from '../contract.js';
import { FeedsError } from '../errors.js';

/** A file that is not what its record or its contract says. */
export function unreadable({ path }: StoredFile, problem: string, cause?: unknown): FeedsError {
  return new FeedsError('FEEDS_DATA_CORRUPT', `${path} ${problem}. Write the update again, or read another.`, {
    cause,
  });
}

/** Throws FEEDS_DATA_CORRUPT unless a file has the rows that its record says. */
export function checkRows(file: StoredFile, found: number): void {
  if (found !== file.rows) throw unreadable(file, `has ${found} rows; its record says ${file.rows}`);
}

/** The text of a file in UTF-8. */
export async function textOf(file: StoredFile): Promise<string> {
  const bytes = await file.bytes();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw unreadable(file, 'is not in UTF-8', cause);
  }
}
