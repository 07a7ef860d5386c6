import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sha256 } from '../canonical.js';
import type { StoredFile } from '../codec/codec.js';
import type { Batches } from '../codec/parquet-batches.js';
import type { FeedContract } from '../contract.js';
import { FeedsError } from '../errors.js';
import type { LogEnd } from '../log/append.js';
import { schemaFingerprint } from '../log/record.js';
import type { DataFile, UpdateRecord } from '../log/record.js';
import { checkPutOptions } from './put-options.js';
import type { PutOptions } from './put-options.js';
import { commitFiles, folderAfter } from './put.js';
import type { UpdateFiles } from './update-files.js';

/**
 * An update that is being written by another program. What is never committed, nor discarded, is a leftover: readers do not see it, and
 * `repair` removes it when it is a day old; so a program must not write for longer.
 */
export interface OpenedUpdate {
  /** Where the program writes: absolute, in the file system of this machine, and there. Others may write there too. */
  readonly folder: string;
  /** Must be in the name of every file, before the extension: `part-00000-<token>.parquet`. Only this update has it. */
  readonly token: string;
  /**
   * Reads the files back, one at a time, and commits them as one update, in the order given. Schema, rows, missing values and ranges must fit
   * the contract: FEEDS_UNVERIFIED. The rows of the first file are decoded, to see that readers can; of the others, a footer that shows all this is enough. After a throw nothing is committed, with the exceptions of `put`, and the files are gone.
   *
   * @param files names of files that were written, and files of the record that `open` was given, which the two updates then share. Throws
   *   FEEDS_EXPIRED if that update has expired in the meantime
   */
  commit(files: readonly (string | DataFile)[], options: PutOptions): Promise<UpdateRecord>;
  /** Removes what was written. Does nothing after a commit. */
  discard(): Promise<void>;
}

/** Opens an update of a feed in Parquet, which may share files with `base`. */
export async function openUpdate(
  end: LogEnd,
  files: UpdateFiles,
  contract: FeedContract<Batches>,
  base?: UpdateRecord,
): Promise<OpenedUpdate> {
  const { store, feed } = end;
  if (base) checkBase(base, end, contract);
  const update = folderAfter(end, await end.log.head());
  const token = randomUUID();
  const local = await store.localFolder?.(`${feed}/${update}`);
  const folder = local ?? (await mkdtemp(join(tmpdir(), 'feed-')));
  let isDone = false;

  async function discard(): Promise<void> {
    if (isDone) return;
    isDone = true;
    if (local === undefined) return rm(folder, { recursive: true, force: true });
    const ours = (await readdir(folder).catch(() => [])).filter((name) => name.includes(token));
    await Promise.allSettled(ours.map((name) => rm(join(folder, name), { force: true })));
  }

  /** Makes a file that was written one of the store. `settling` gets what need not be waited for before the next one. */
  async function take(name: string, settling: Promise<unknown>[]): Promise<DataFile> {
    const { rowsIn } = await import('../arrow/footer.js');
    const written = join(folder, name);
    const bytes = await readFile(written);
    const path = `${update}/${name}`;
    const rows = await rowsIn(written, bytes);
    if (local === undefined) await store.write(`${feed}/${path}`, bytes);
    else {
      const settled = store.settle?.(`${feed}/${path}`) ?? Promise.resolve();
      // Failures are seen when all are waited for.
      settled.catch(() => undefined);
      settling.push(settled);
    }
    return { path, bytes: bytes.length, rows, sha256: sha256(bytes) };
  }

  async function commit(given: readonly (string | DataFile)[], options: PutOptions): Promise<UpdateRecord> {
    if (isDone) throw invalid('The update was committed or discarded already; open another one');
    checkPutOptions(options);
    const names = given.filter((file) => typeof file === 'string');
    const shared = given.filter((file) => typeof file !== 'string');
    if (shared.length > 0 && !base) throw invalid('Files are shared with an update; open this one with its record');
    const paths = given.map((file) => (typeof file === 'string' ? file : file.path));
    const twice = paths.find((path, i) => paths.indexOf(path) < i);
    if (twice !== undefined) throw invalid(`'${twice}' is given twice`);
    const foreign = names.find((name) => !new RegExp(`^[\\w.-]+-${token}[.]\\w+$`).test(name));
    if (foreign !== undefined) throw invalid(`'${foreign}' is not a file name that ends in -${token} and an extension`);
    if (given.length === 0) throw invalid('An update has a file at least; write one without rows');
    const taken: DataFile[] = [];
    const all: DataFile[] = [];
    const settling: Promise<unknown>[] = [];
    try {
      for (const file of given) {
        if (typeof file !== 'string') all.push({ ...file, addedIn: file.addedIn ?? base?.seq ?? 0 });
        else all.push(taken[taken.push(await take(file, settling)) - 1] as DataFile);
      }
      await Promise.all(settling);
    } catch (cause) {
      await Promise.allSettled(settling);
      await Promise.all([files.discard(taken), discard()]);
      const problem = cause instanceof Error ? cause.message : String(cause);
      throw new FeedsError('FEEDS_UNVERIFIED', `Read back after writing: ${problem} Nothing was committed.`, { cause });
    }
    try {
      const own = { written: taken, shared, all, ...(base && { base }) };
      return await commitFiles(end, files, byFooters(contract), own, options);
    } finally {
      // What was not committed is removed by `commitFiles`; if the store did not answer, it may have been.
      isDone = true;
      if (local === undefined) await rm(folder, { recursive: true, force: true });
    }
  }

  return { folder, token, commit, discard };
}

/** The same contract, of files whose footers are believed. */
function byFooters(contract: FeedContract<Batches>): FeedContract<Batches> {
  const { codec, schema } = contract;
  const check = async (files: readonly StoredFile[]): Promise<void> => {
    const { footerFits } = await import('../arrow/footer.js');
    for (const [i, file] of files.entries())
      if (i === 0 || !(await footerFits(file, schema))) await codec.check?.([file]);
  };
  return { ...contract, codec: { ...codec, check } };
}

/** Files of one update have one schema, so an update cannot share those of an older one. */
function checkBase(base: UpdateRecord, { feed }: LogEnd, { schema }: FeedContract<unknown>): void {
  if (base.feed !== feed) throw invalid(`Update ${base.seq} of ${base.feed} cannot share files with one of ${feed}`);
  if (base.schema.fingerprint === schemaFingerprint(schema)) return;
  throw invalid(`Update ${base.seq} of ${feed} has another schema than its contract by now; write all files anew`);
}

function invalid(problem: string): FeedsError {
  return new FeedsError('FEEDS_OPTIONS_INVALID', `${problem}.`);
}
