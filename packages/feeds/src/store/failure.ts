import { FeedsError } from '../errors.js';
import type { FeedsErrorCode } from '../errors.js';

/** The system's word for what went wrong, such as `ENOSPC`; undefined where the error is no system error. */
export function errnoOf(cause: unknown): string | undefined {
  const code: unknown = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

const DENIED: readonly [FeedsErrorCode, string] = ['FEEDS_STORE_DENIED', 'Give this user the right to it.'];
const NOT_A_FOLDER: readonly [FeedsErrorCode, string] = [
  'FEEDS_STORE_FAILED',
  'A file lies where a folder should be; move it away or choose another root.',
];
const FULL: readonly [FeedsErrorCode, string] = ['FEEDS_STORE_FULL', 'Make room and put again; nothing was committed.'];
const UNFIT: readonly [FeedsErrorCode, string] = [
  'FEEDS_STORE_UNFIT',
  'This file system has no hard links; put the feeds on one that has (ext4, xfs, btrfs, apfs, ntfs).',
];

const MEANINGS: Readonly<Record<string, readonly [FeedsErrorCode, string]>> = {
  EACCES: DENIED,
  EROFS: ['FEEDS_STORE_DENIED', 'The file system is mounted read-only; choose another root.'],
  ENOSPC: FULL,
  EDQUOT: FULL,
  ENOTDIR: NOT_A_FOLDER,
  EISDIR: ['FEEDS_STORE_FAILED', 'A folder lies where a file should be; move it away.'],
  EEXIST: NOT_A_FOLDER,
  ENOTSUP: UNFIT,
  EOPNOTSUPP: UNFIT,
  ENOSYS: UNFIT,
  EXDEV: UNFIT,
  EPERM: DENIED,
};

/** A failed deed of the file system as a sentence with the path, and what to do about it. */
export function storeFailure(deed: string, path: string, cause: unknown): FeedsError {
  const errno = errnoOf(cause);
  const [code, mend] = MEANINGS[errno ?? ''] ?? ['FEEDS_STORE_FAILED', 'See the cause attached.'];
  return new FeedsError(code, `Cannot ${deed} ${path} (${errno ?? String(cause)}). ${mend}`, { cause });
}
