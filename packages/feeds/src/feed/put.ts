import { contractVersion } from '../contract.js';
import type { FeedContract } from '../contract.js';
import { FeedsError } from '../errors.js';
import { livingUpdate } from '../expiry/living.js';
import { append, laterThan, outcomeUnknown } from '../log/append.js';
import type { Draft, LogEnd } from '../log/append.js';
import type { Entry } from '../log/log.js';
import { schemaFingerprint } from '../log/record.js';
import type { DataFile, UpdateRecord } from '../log/record.js';
import { committedBy } from '../log/runs.js';
import { checkPutOptions } from './put-options.js';
import type { PutOptions } from './put-options.js';
import type { UpdateFiles } from './update-files.js';

/**
 * Adds an update: first the data files, which are read back and checked, then the one record that commits them. Until the record is there,
 * readers see the previous update.
 */
export async function putUpdate<T>(
  end: LogEnd,
  files: UpdateFiles,
  contract: FeedContract<T>,
  value: T,
  options: PutOptions,
): Promise<UpdateRecord> {
  checkPutOptions(options);
  const head = await end.log.head();
  const before = await settledBy(end, options)(head);
  if (before) return before;
  checkNotOvertaken(end.feed, head, options);
  const written = await files.write(folderAfter(end, head), contract.codec.encode(value));
  return commitFiles(end, files, contract, { written, shared: [] }, options);
}

/** Finds the record that the run of a put has committed already. */
function settledBy(end: LogEnd, { producer, runId }: PutOptions) {
  const run = runId === undefined ? undefined : { producerId: producer.id, runId };
  return async (head: Entry | undefined) => run && committedBy(end, run, head);
}

/** Throws FEEDS_OVERTAKEN if there is a newer update than the one that a put is to follow. */
function checkNotOvertaken(feed: string, head: Entry | undefined, { after }: PutOptions): void {
  const latest = head?.record.refs.latest ?? 0;
  if (after === undefined || latest === after) return;
  throw new FeedsError(
    'FEEDS_OVERTAKEN',
    `${feed} has update ${latest} by now, not ${after}: another run has committed meanwhile, and nothing was committed here. Run again, on what is new.`,
  );
}

/** The folder for an update's files: the time that its record will have at the earliest, `20261122T220311123Z`. */
export function folderAfter(end: LogEnd, head: Entry | undefined): string {
  return laterThan(head?.record, end.clock.now()).toISOString().replace(/[-:.]/g, '');
}

/** The files of an update before its commit. */
export interface NewFiles {
  /** Those that it adds: nobody else knows them, so they are removed if they are not committed. */
  readonly written: readonly DataFile[];
  /** Those that it shares with `base`, an update that must not have expired when it is committed. */
  readonly shared: readonly DataFile[];
  readonly base?: UpdateRecord;
  /** All of them in their order. Default: `written`. */
  readonly all?: readonly DataFile[];
}

/** Checks files that were written, and commits them by one record; removes them if they are not committed. */
export async function commitFiles<T>(
  end: LogEnd,
  files: UpdateFiles,
  contract: FeedContract<T>,
  { written, shared, base, all = written }: NewFiles,
  options: PutOptions,
): Promise<UpdateRecord> {
  const { signal, guard } = options;
  await readBack(files, contract, written, shared);
  if (signal?.aborted) {
    await files.discard(written);
    throw signal.reason;
  }
  const manifest = manifestOf(contract, all, options);
  const settled = settledBy(end, options);
  let isRefused = false;
  const record = await append<UpdateRecord>(end, {
    settled: async (head) => {
      const before = await settled(head);
      if (before !== undefined) return before;
      checkNotOvertaken(end.feed, head, options);
      if (base) await stillShared(end, head, base, shared);
      isRefused = true;
      await guard?.();
      isRefused = false;
      return undefined;
    },
    draft: (seq, previous) => ({ ...manifest, refs: { ...previous?.refs, latest: seq } }),
  }).catch(async (cause: unknown) => {
    if (isRefused || !outcomeUnknown(cause)) await files.discard(written);
    throw cause;
  });
  const isOurs = written.every(({ path }) => record.files.some((file) => file.path === path));
  if (!isOurs) await files.discard(written);
  return record;
}

/**
 * A purge deletes what no living update names. So a record that shares files may follow `head` only if the update that it has them from is
 * living there: then these files are named by a living update at every moment before and after.
 */
async function stillShared(
  end: LogEnd,
  head: Entry | undefined,
  base: UpdateRecord,
  shared: readonly DataFile[],
): Promise<void> {
  const { files } = await livingUpdate(end, head, base.seq, 'share its files');
  const named = new Map(files.map((file) => [file.path, file]));
  const foreign = shared.find(({ path, bytes, rows, sha256 }) => {
    const file = named.get(path);
    return file?.bytes !== bytes || file.rows !== rows || file.sha256 !== sha256;
  });
  if (foreign === undefined) return;
  const where = `update ${base.seq} of ${end.feed}`;
  throw new FeedsError('FEEDS_OPTIONS_INVALID', `'${foreign.path}' is not a file of ${where}; share its own.`);
}

/**
 * Opens what was written as readers will, from the store, and checks bytes, hashes, rows and schema. Of what is shared, which was checked when it
 * was written, only the size.
 */
async function readBack<T>(
  files: UpdateFiles,
  { codec }: FeedContract<T>,
  written: readonly DataFile[],
  shared: readonly DataFile[],
): Promise<void> {
  try {
    await files.find(shared);
    const reopened = files.open(written);
    await (codec.check ? codec.check(reopened) : codec.decode(reopened));
  } catch (cause) {
    await files.discard(written);
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new FeedsError('FEEDS_UNVERIFIED', `Read back after writing: ${problem} Nothing was committed.`, { cause });
  }
}

function manifestOf(
  contract: FeedContract<unknown>,
  files: readonly DataFile[],
  options: PutOptions,
): Omit<Draft<UpdateRecord>, 'refs'> {
  const { producer, runId, parents = [], sources = [], labels = {}, checks = {} } = options;
  const sum = (count: (file: DataFile) => number) => files.reduce((total, file) => total + count(file), 0);
  return {
    type: 'update',
    version: contractVersion(contract),
    codec: contract.codec.format,
    schema: { fields: contract.schema, fingerprint: schemaFingerprint(contract.schema) },
    files,
    totals: { files: files.length, bytes: sum(({ bytes }) => bytes), rows: sum(({ rows }) => rows) },
    parents,
    sources,
    producer,
    ...(runId !== undefined && { runId }),
    checks,
    labels,
  };
}
