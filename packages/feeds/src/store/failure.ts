import { FeedsError } from '../errors.js';
import type { FeedsErrorCode } from '../errors.js';

/** The system's word for what went wrong, such as `ENOSPC`; undefined where the error is no system error. */
export function errnoOf(cause: unknown): string | undefined {
  const code: unknown = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

type Meaning = readonly [code: FeedsErrorCode, mend: string];

const DENIED: Meaning = ['FEEDS_STORE_DENIED', 'Give this user the right to it.'];
const READ_ONLY: Meaning = ['FEEDS_STORE_DENIED', 'The file system is mounted read-only; choose another root.'];
const FULL: Meaning = ['FEEDS_STORE_FULL', 'Make room and put again; nothing was committed.'];
const NO_FOLDER: Meaning = [
  'FEEDS_STORE_FAILED',
  'A file lies where a folder should be; move it or choose another root.',
];
const NO_FILE: Meaning = ['FEEDS_STORE_FAILED', 'A folder lies where a file should be; move it away.'];
const NO_PLACE: Meaning = ['FEEDS_STORE_FAILED', 'No folder can be made there; choose another root.'];
const TAKEN: Meaning = ['FEEDS_STORE_FAILED', 'Something else lies there already; move it away.'];
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

/** A failed deed of the file system as a sentence with the path, and what to do about it. */
export function storeFailure(deed: string, path: string, cause: unknown): FeedsError {
  if (cause instanceof FeedsError) return cause;
  const errno = errnoOf(cause);
  const [code, mend] = MEANINGS[errno ?? ''] ?? UNKNOWN;
  return new FeedsError(code, `Cannot ${deed} ${path} (${errno ?? String(cause)}). ${mend}`, { cause });
}

/** A file system that cannot put a file only if it is absent. */
export function noHardLinks(path: string, cause: unknown): FeedsError {
  const mend = 'Choose a root on a file system that has them (ext4, xfs, APFS, NTFS)';
  return new FeedsError('FEEDS_STORE_UNFIT', `Cannot link ${path} (${errnoOf(cause)}): no hard links. ${mend}.`, {
    cause,
  });
}

/** A file system that cannot make a new name durable. */
export function noFolderSync(path: string, cause: unknown): FeedsError {
  const mend = 'Choose a root on a file system that can (ext4, xfs, APFS)';
  const found = `Cannot sync the folder ${path} (${errnoOf(cause)}): a commit could be lost when the machine stops`;
  return new FeedsError('FEEDS_STORE_UNFIT', `${found}. ${mend}.`, { cause });
}

/** A write that may have been carried out, or may yet be: whatever went wrong after it, nobody may count on either. */
export function unanswered(path: string, cause: unknown): FeedsError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const mend = 'When the store answers again, see whether it is there';
  return new FeedsError('FEEDS_STORE_FAILED', `No answer tells whether ${path} was written: ${why} ${mend}.`, {
    cause,
  });
}
