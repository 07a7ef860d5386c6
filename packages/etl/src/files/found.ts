import type { S3Object, S3Objects } from '@attractions/feeds';

/** A raw file that was found. */
export interface FoundFile {
  /** Absolute; empty for an object that is not fetched yet. */
  readonly path: string;
  /** Relative to the folder that patterns are relative to, with `/`; the file's name in rejects and lineage. Of an object: `s3://bucket/key`. */
  readonly name: string;
  /** Of the folders above it, as Hive names them: `day=2026-11-27/part-0.csv` is of `day` `2026-11-27`. */
  readonly partitions: Readonly<Record<string, string>>;
  /** Of an object in a bucket. */
  readonly remote?: RemoteFile;
}

/** An object of a bucket, which has to be fetched to be read. */
interface RemoteFile {
  readonly objects: S3Objects;
  readonly object: S3Object;
}

/** What the folders above a file say of it. */
export function partitionsOf(path: string): Readonly<Record<string, string>> {
  const folders = path.split(/[/\\]/).slice(0, -1);
  const pairs = folders.flatMap((folder) => {
    const [, key, value] = /^([^=]+)=(.*)$/.exec(folder) ?? [];
    return key === undefined || value === undefined ? [] : [[key, decoded(value)] as const];
  });
  return Object.fromEntries(pairs);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
