import { FeedsError } from '../errors.js';

/** A file of one update, before it has a place in a store. */
export interface EncodedFile {
  /** What the file is within its update, with extension: `part-00000.parquet`. In the store a UUID is put before the extension. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Rows in this file; 0 for a file that is no table. */
  readonly rows: number;
}

/** A file of one update, as a reader meets it. */
export interface StoredFile {
  /** As the codec named it. */
  readonly name: string;
  /** Where it lies, for messages. */
  readonly path: string;
  /** Rows in it by its record; a codec throws FEEDS_DATA_CORRUPT where it finds another number. */
  readonly rows: number;
  /** Its content, held to the size and hash of its record. */
  bytes(): Promise<Uint8Array>;
}

/** How a value becomes files and files become the value again. A new serialisation is one file that exports one of these. */
export interface Codec<T> {
  /** The `codec` word of the record: `parquet`, `csv`, `json`, … */
  readonly format: string;
  /**
   * The files one after the other, so that no more than one need be in memory. Throws FEEDS_VALUE_INVALID naming the first
   * row and column that break the contract.
   */
  encode(value: T): AsyncIterable<EncodedFile>;
  /** Takes files of any minor version: columns it does not know are left out, nullable ones that are missing are null. */
  decode(files: readonly StoredFile[]): Promise<T>;
  /** Reads and judges files as decoding does, and keeps nothing; where absent, they are decoded. For values that are streams. */
  check?(files: readonly StoredFile[]): Promise<void>;
}

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
