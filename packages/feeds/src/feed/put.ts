import { contractVersion } from '../contract.js';
import type { FeedContract } from '../contract.js';
import { FeedsError } from '../errors.js';
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
  return commitFiles(
    end,
    files,
    contract,
    await files.write(folderAfter(end, head), contract.codec.encode(value)),
    options,
  );
}

/** Finds the record that the run of a put has committed already. */
function settledBy(end: LogEnd, { producer, runId }: PutOptions) {
  const run = runId === undefined ? undefined : { producerId: producer.id, runId };
  return async (head: Entry | undefined) => run && committedBy(end, run, head);
}

/** The folder for an update's files: the time that its record will have at the earliest, `20261122T220311123Z`. */
export function folderAfter(end: LogEnd, head: Entry | undefined): string {
  return laterThan(head?.record, end.clock.now()).toISOString().replace(/[-:.]/g, '');
}

/** Checks files that were written, and commits them by one record; removes them if they are not committed. */
export async function commitFiles<T>(
  end: LogEnd,
  files: UpdateFiles,
  contract: FeedContract<T>,
  written: readonly DataFile[],
  options: PutOptions,
): Promise<UpdateRecord> {
  const { signal } = options;
  await readBack(files, contract, written);
  if (signal?.aborted) {
    await files.discard(written);
    throw signal.reason;
  }
  const manifest = manifestOf(contract, written, options);
  const record = await append<UpdateRecord>(end, {
    settled: settledBy(end, options),
    draft: (seq, previous) => ({ ...manifest, refs: { ...previous?.refs, latest: seq } }),
  }).catch(async (cause: unknown) => {
    if (!outcomeUnknown(cause)) await files.discard(written);
    throw cause;
  });
  const ours = record.files[0]?.path === written[0]?.path;
  if (!ours) await files.discard(written);
  return record;
}

/** Opens what was written as readers will, from the store, and checks bytes, hashes, rows and schema. */
async function readBack<T>(
  files: UpdateFiles,
  { codec }: FeedContract<T>,
  written: readonly DataFile[],
): Promise<void> {
  try {
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
