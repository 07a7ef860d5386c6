/** One column or JSON property of a feed's rows, as the record's schema carries it. */
export interface Field {
  /** Snake case, as written in the file. */
  readonly name: string;
  readonly type: FieldType;
  readonly nullable: boolean;
  readonly description: string;
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
  | 'list<float32>'
  | 'json';

/** A named file of one update, before it has a place in a store. */
export interface EncodedFile {
  /** Base name with extension, unique within the update: `part-00000-<uuid>.parquet`. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Rows in this file; 0 for a file that is no table. */
  readonly rows: number;
}

/** How a value becomes files and files become the value again. A new serialisation is one file that exports one of these. */
export interface Codec<T> {
  /** The `format` word of the record: `parquet`, `csv`, `json`, … */
  readonly format: string;
  encode(value: T): Promise<readonly EncodedFile[]>;
  decode(files: readonly EncodedFile[]): Promise<T>;
}

/**
 * What a feed promises: its path with the contract version in it, its columns, and how its values are written.
 * A minor version only adds nullable columns; anything else is a new major path beside the old one.
 */
export interface FeedContract<T> {
  /** `<domain>/<name>/v<major>.<minor>`, e.g. `etl/visits/v1.0`. */
  readonly path: string;
  readonly description: string;
  readonly schema: readonly Field[];
  readonly codec: Codec<T>;
}
