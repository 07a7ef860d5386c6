import type { FeedContract } from './contract.js';
import { FeedsError } from './errors.js';
import type { UpdateRecord } from './log/record.js';

const FEED_PATH = /^[a-z0-9-]+(\/[a-z0-9-]+)*\/v((\d+)\.\d+)$/;

/**
 * Throws FEEDS_PATH_INVALID unless the contract's path is a feed's: no upper case, no dots, no way out of the root; and its
 * version, if it has one of its own, of the path's major.
 */
export function checkFeedPath(contract: FeedContract<unknown>): void {
  const { path, version } = contract;
  const major = majorIn(path);
  if (version !== undefined && !new RegExp(`^${major}\\.\\d+$`).test(version)) {
    const mend = `write ${major}.<minor>, or give the new major a path of its own`;
    throw new FeedsError('FEEDS_PATH_INVALID', `${JSON.stringify(version)} is no version for ${path}; ${mend}.`);
  }
}

/** The major version in a feed's path. Throws FEEDS_PATH_INVALID where it is no path of a feed. */
export function majorIn(path: string): string {
  const [, , , major] = FEED_PATH.exec(path) ?? [];
  if (major !== undefined) return major;
  const form = 'lower-case letters, digits and hyphens, divided by /, and v<major>.<minor> at the end';
  throw new FeedsError(
    'FEEDS_PATH_INVALID',
    `${JSON.stringify(path)} is no feed path; write ${form}: etl/visits/v1.0.`,
  );
}

/** `<major>.<minor>` of a contract: what it says, or else what its path says. */
export function contractVersion({ path, version }: FeedContract<unknown>): string {
  return version ?? FEED_PATH.exec(path)?.[2] ?? '';
}

/** Throws FEEDS_VERSION_UNKNOWN unless the contract can read what the record commits. */
export function checkReadable(record: UpdateRecord, contract: FeedContract<unknown>): void {
  const version = contractVersion(contract);
  const where = `Update ${record.seq} of ${record.feed}`;
  if (majorOf(record.version) !== majorOf(version)) {
    const mend = `this reader knows ${version}; use a release that knows the other`;
    throw new FeedsError('FEEDS_VERSION_UNKNOWN', `${where} has version ${record.version} of the contract, ${mend}.`);
  }
  if (record.codec !== contract.codec.format) {
    const mend = `this reader's contract has ${contract.codec.format}`;
    throw new FeedsError('FEEDS_VERSION_UNKNOWN', `${where} was written by the codec ${record.codec}; ${mend}.`);
  }
}

function majorOf(version: string): string | undefined {
  return version.split('.')[0];
}
