import type { Codec } from './codec/codec.js';
import { FeedsError } from './errors.js';

/** One column or JSON property of a feed's rows, as it stands in the schema of a record. */
export interface Field {
  /** Snake case, as written in the file; `file.column` if an update has files of several kinds. */
  readonly name: string;
  readonly type: FieldType;
  readonly nullable: boolean;
  readonly description: string;
  /** Least and greatest number allowed, both inclusive. */
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

/**
 * What a feed promises: its path with the contract version in it, its columns, and how its values are written.
 * A minor version only adds nullable columns; anything else is a new major path beside the old one.
 */
export interface FeedContract<T> {
  /** `<domain>/<name>/v<major>.<minor>`, e.g. `weather/readings/v1.0`. */
  readonly path: string;
  /**
   * `<major>.<minor>` of this contract, e.g. `1.1`; default: the one in the path. A new minor version stays at the old path, so that
   * readers of the older minor still get the newest data.
   */
  readonly version?: string;
  readonly description: string;
  readonly schema: readonly Field[];
  readonly codec: Codec<T>;
}

const FEED_PATH = /^[a-z0-9-]+(\/[a-z0-9-]+)*\/v((\d+)\.\d+)$/;

/**
 * Checks that the path of a contract cannot leave the root (lower case, no dots), and that its version, if given, has the major of the path.
 *
 * @throws FeedsError FEEDS_PATH_INVALID
 */
export function checkFeedPath(contract: FeedContract<unknown>): void {
  const { path, version } = contract;
  const major = majorIn(path);
  if (version !== undefined && !new RegExp(`^${major}\\.\\d+$`).test(version)) {
    const fix = `write ${major}.<minor>, or give the new major a path of its own`;
    throw new FeedsError('FEEDS_PATH_INVALID', `${JSON.stringify(version)} is not a version for ${path}; ${fix}.`);
  }
}

/** The major version in a feed's path. Throws FEEDS_PATH_INVALID if it is not a feed path. */
export function majorIn(path: string): string {
  const [, , , major] = FEED_PATH.exec(path) ?? [];
  if (major !== undefined) return major;
  const form = 'lower-case letters, digits and hyphens, separated by /, and v<major>.<minor> at the end';
  throw new FeedsError(
    'FEEDS_PATH_INVALID',
    `${JSON.stringify(path)} is not a feed path; write ${form}, as in weather/readings/v1.0.`,
  );
}

/** `<major>.<minor>` of a contract: its own version, or else the one in its path. */
export function contractVersion({ path, version }: FeedContract<unknown>): string {
  return version ?? FEED_PATH.exec(path)?.[2] ?? '';
}

/** What a record says of the contract that its update was written under. */
interface WrittenUnder {
  readonly feed: string;
  readonly seq: number;
  readonly version: string;
  readonly codec: string;
}

/** Throws FEEDS_VERSION_UNKNOWN unless the contract can read the update of the record. */
export function checkReadable(record: WrittenUnder, contract: FeedContract<unknown>): void {
  const version = contractVersion(contract);
  const where = `Update ${record.seq} of ${record.feed}`;
  if (majorOf(record.version) !== majorOf(version)) {
    const fix = `this reader knows ${version}; use a release that knows the other`;
    throw new FeedsError('FEEDS_VERSION_UNKNOWN', `${where} has version ${record.version} of the contract; ${fix}.`);
  }
  if (record.codec !== contract.codec.format) {
    const found = `the contract of this reader has ${contract.codec.format}`;
    throw new FeedsError('FEEDS_VERSION_UNKNOWN', `${where} was written by the codec ${record.codec}; ${found}.`);
  }
}

function majorOf(version: string): string | undefined {
  return version.split('.')[0];
}
