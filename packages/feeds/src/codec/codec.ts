import { FeedsError } from '../errors.js';

/** A file of one update, before it has a place in a store. */
export interface EncodedFile {
  /** The file's name within its update, with extension: `part-00000.parquet`. The store adds a UUID before the extension. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Rows in this file; 0 for a file that is not a table. */
  readonly rows: number;
}

/** A file of one update, as a reader gets it. */
export interface StoredFile {
  /** As the codec named it. */
  readonly name: string;
  /** Its full path, for messages. */
  readonly path: string;
  /** Rows in it, as its record says; a codec throws FEEDS_DATA_CORRUPT if it finds another number. */
  readonly rows: number;
  /** Its content, checked against the size and hash in its record. */
  bytes(): Promise<Uint8Array>;
}

/** How a value becomes files, and files become the value again. */
export interface Codec<T> {
  /** The name of the codec in records: `parquet`, `csv`, `json`, … */
  readonly format: string;
  /**
   * The files one after the other, so that only one need be in memory. Throws FEEDS_VALUE_INVALID, naming the first row and column that
   * break the contract.
   */
  encode(value: T): AsyncIterable<EncodedFile>;
  /** Reads files of any minor version: columns it does not know are left out, nullable columns that are missing are null. */
  decode(files: readonly StoredFile[]): Promise<T>;
  /** Reads and checks files as decoding does, but keeps nothing: for values that are streams. Default: `decode`. */
  check?(files: readonly StoredFile[]): Promise<void>;
}

/** The error for a file that does not match its record or its contract. */
export function unreadable({ path }: StoredFile, problem: string, cause?: unknown): FeedsError {
  return new FeedsError('FEEDS_DATA_CORRUPT', `${path} ${problem}. Write the update again, or read another.`, {
    cause,
  });
}

/** Throws FEEDS_DATA_CORRUPT unless a file has as many rows as its record says. */
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
