import type { FeedContract } from './contract.js';
import { FeedsError } from './errors.js';

/** The two numbers of a contract version. */
export interface Version {
  readonly major: number;
  readonly minor: number;
}

const FEED_PATH = /^[a-z0-9-]+(\/[a-z0-9-]+)*\/v(\d+\.\d+)$/;

/** Throws FEEDS_PATH_INVALID unless `path` has the form of a feed's: no upper case, no dots, no way out of the root. */
export function checkFeedPath(path: string): void {
  if (FEED_PATH.test(path)) return;
  const form = 'lower-case letters, digits and hyphens, divided by /, and v<major>.<minor> at the end';
  throw new FeedsError(
    'FEEDS_PATH_INVALID',
    `${JSON.stringify(path)} is no feed path; write ${form}: etl/visits/v1.0.`,
  );
}

/** `<major>.<minor>` of a contract: what it says, or else what its path says. */
export function contractVersion({ path, version }: Pick<FeedContract<unknown>, 'path' | 'version'>): string {
  return version ?? FEED_PATH.exec(path)?.[2] ?? '';
}

export function parseVersion(version: string): Version {
  const [major = Number.NaN, minor = Number.NaN] = version.split('.').map(Number);
  return { major, minor };
}
