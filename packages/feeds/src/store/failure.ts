import { FeedsError } from '../errors.js';
import type { FeedsErrorCode } from '../errors.js';

/** The system's code of an error, such as `ENOSPC`; undefined if it is not a system error. */
export function errnoOf(cause: unknown): string | undefined {
  const code: unknown = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

type Meaning = readonly [code: FeedsErrorCode, fix: string];

const DENIED: Meaning = ['FEEDS_STORE_DENIED', 'Give this user the permission.'];
const READ_ONLY: Meaning = ['FEEDS_STORE_DENIED', 'The file system is mounted read-only; choose another root.'];
const FULL: Meaning = ['FEEDS_STORE_FULL', 'Free some space and put again; nothing was committed.'];
const NO_FOLDER: Meaning = [
  'FEEDS_STORE_FAILED',
  'There is a file where a folder should be; move it or choose another root.',
];
const NO_FILE: Meaning = ['FEEDS_STORE_FAILED', 'There is a folder where a file should be; move it away.'];
const NO_PLACE: Meaning = ['FEEDS_STORE_FAILED', 'No folder can be made there; choose another root.'];
const TAKEN: Meaning = ['FEEDS_STORE_FAILED', 'There is something else already; move it away.'];
const UNKNOWN: Meaning = ['FEEDS_STORE_FAILED', 'See the cause attached.'];

const MEANINGS: Readonly<Record<string, Meaning>> = {
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: READ_ONLY,
  ENOSPC: FULL,
  EDQUOT: FULL,
  ENOTDIR: NO_FOLDER,
  EEXIST: TAKEN,
  EISDIR: NO_FILE,
  ENOENT: NO_PLACE,
};

/** The error for a failed action of the file system: a sentence with the path, and the fix. */
export function storeFailure(action: string, path: string, cause: unknown): FeedsError {
  if (cause instanceof FeedsError) return cause;
  const errno = errnoOf(cause);
  const [code, fix] = MEANINGS[errno ?? ''] ?? UNKNOWN;
  return new FeedsError(code, `Cannot ${action} ${path} (${errno ?? String(cause)}). ${fix}`, { cause });
}

/** The error for a file system without hard links, which cannot write a file only if it is absent. */
export function noHardLinks(path: string, cause: unknown): FeedsError {
  const fix = 'Choose a root on a file system that has them (ext4, xfs, APFS, NTFS)';
  return new FeedsError('FEEDS_STORE_UNFIT', `Cannot link ${path} (${errnoOf(cause)}): no hard links. ${fix}.`, {
    cause,
  });
}

/** The error for a file system that cannot make a new name durable. */
export function noFolderSync(path: string, cause: unknown): FeedsError {
  const fix = 'Choose a root on a file system that can (ext4, xfs, APFS)';
  const found = `Cannot sync the folder ${path} (${errnoOf(cause)}): a commit could be lost when the machine stops`;
  return new FeedsError('FEEDS_STORE_UNFIT', `${found}. ${fix}.`, { cause });
}

/** The error for a write whose answer was lost: it may have been carried out, or may still be. */
export function unanswered(path: string, cause: unknown): FeedsError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const fix = 'When the store answers again, check whether it is there';
  return new FeedsError('FEEDS_STORE_FAILED', `No answer tells whether ${path} was written: ${why} ${fix}.`, {
    cause,
  });
}
