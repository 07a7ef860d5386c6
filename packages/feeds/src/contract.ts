/** One column or JSON property of a feed's rows, as the record's schema carries it. */
export interface Field {
  /** Snake case, as written in the file; `file.column` where an update has files of several kinds. */
  readonly name: string;
  readonly type: FieldType;
  readonly nullable: boolean;
  readonly description: string;
  /** Least and greatest number that may stand here, both inclusive. */
  readonly range?: readonly [number, number];
}

export type FieldType =
  | 'utf8'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'float32'
  | 'float64'
  | 'timestamp[ms, UTC]'
  | 'list<utf8>'
  | 'list<int32>'
  | 'list<float32>'
  | 'json';

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

/**
 * What a feed promises: its path with the contract version in it, its columns, and how its values are written.
 * A minor version only adds nullable columns; anything else is a new major path beside the old one.
 */
export interface FeedContract<T> {
  /** `<domain>/<name>/v<major>.<minor>`, e.g. `etl/visits/v1.0`. */
  readonly path: string;
  /**
   * `<major>.<minor>` of this contract, e.g. `1.1`; the path's when absent. A minor version stays at the path it was
   * born at, so that readers of the older minor go on getting the newest data.
   */
  readonly version?: string;
  readonly description: string;
  readonly schema: readonly Field[];
  readonly codec: Codec<T>;
}
