import { canonicalJson, sha256 } from '../canonical.js';
import { logPaths, parseHint } from '../log/log.js';
import { parseRecord } from '../log/parse-record.js';
import { isAlias, isExpire, isPin, isPurge, isUpdate, schemaFingerprint } from '../log/record.js';
import type { RecordEnvelope, SeqRange, UpdateRecord } from '../log/record.js';
import type { BlobStore } from '../store/blob-store.js';

/** Something that is wrong, and where. */
export interface Finding {
  /**
   * `broken`: committed data or history is lost or changed; restore it. `leftover`: left by a writer that died, or by one that is still
   * at work; readers do not see it, and `repair` cleans it up when it is old.
   */
  readonly kind: 'broken' | 'leftover';
  /** Relative to the root of the store. */
  readonly path: string;
  /** What is wrong with it, to follow its path in a sentence. */
  readonly problem: string;
  /** The record whose run has no marker, if that is the finding. */
  readonly unmarkedSeq?: number;
}

/** The files in a feed's folder. */
export interface Listing {
  /** Files of data folders, relative to the feed: `20261122T220311123Z/part-00000-<uuid>.csv`. */
  readonly data: readonly string[];
  /** Names of markers of runs. */
  readonly markers: readonly string[];
  /** The seq in the hint; 0 if there is none. */
  readonly hint: number;
  /** Seqs of the records, rising. */
  readonly seqs: readonly number[];
  /** Paths of temporary files, relative to the root. */
  readonly temporary: readonly string[];
}

/** Lists a feed, the log last, so that files committed in the meantime are named by a record of the list. */
export async function listFeed(store: BlobStore, feed: string): Promise<Listing> {
  const paths = logPaths(feed);
  const folders = (await store.children(feed)).filter((name) => /^\d{8}T\d{9}Z\/$/.test(name));
  const data: string[] = [];
  for (const folder of folders) {
    for (const name of await store.children(`${feed}/${folder.slice(0, -1)}`)) data.push(`${folder}${name}`);
  }
  const runs = await store.children(`${paths.folder}/runs`);
  const hint = parseHint(await store.read(paths.hint));
  const log = await store.children(paths.folder);
  const isTemporary = (name: string) => name.startsWith('.tmp-');
  return {
    data,
    hint,
    markers: runs.filter((name) => !isTemporary(name)),
    seqs: log.flatMap((name) => (/^(?!0{20})\d{20}\.json$/.test(name) ? Number(name.slice(0, 20)) : [])),
    temporary: [
      ...log.filter(isTemporary).map((name) => `${paths.folder}/${name}`),
      ...runs.filter(isTemporary).map((name) => `${paths.folder}/runs/${name}`),
    ],
  };
}

/** The log, as far as it can be read. */
export interface Chain {
  /** Seq of the newest record. */
  readonly head: number;
  readonly updates: readonly UpdateRecord[];
  /** Updates whose data may have been deleted. */
  readonly expired: readonly SeqRange[];
  /** Seqs of the updates whose data were deleted, as a record says. */
  readonly purged: ReadonlySet<number>;
  /** Whether every record was read and has a known type: only then is a file that no record names a leftover. */
  readonly known: boolean;
  readonly findings: readonly Finding[];
}

/** Reads every record and checks it against the previous one; if that cannot be read, against its bytes. */
export async function checkChain(store: BlobStore, feed: string, { seqs, hint }: Listing): Promise<Chain> {
  const paths = logPaths(feed);
  const head = seqs.at(-1) ?? 0;
  const updates: UpdateRecord[] = [];
  const findings: Finding[] = [];
  const purged = new Set<number>();
  let expired: readonly SeqRange[] = [];
  let before: Link | undefined;
  let known = true;
  for (const [i, seq] of seqs.entries()) {
    const expected = (seqs[i - 1] ?? 0) + 1;
    if (seq > expected) {
      findings.push(broken(paths.record(expected), `is missing, up to ${seq - 1}, though there are later ones`));
      [before, known] = [undefined, false];
    }
    const path = paths.record(seq);
    const link = readLink((await store.read(path)) ?? new Uint8Array(), feed, seq, path);
    const problems = link.record ? problemsOf(link.record, before, seq === 1) : [link.problem];
    findings.push(...[...problems].map((problem) => broken(path, problem)));
    if (link.record && isUpdate(link.record) && known) {
      const problem = sharingProblem(link.record, updates);
      if (problem !== undefined) findings.push(broken(path, problem));
    }
    if (link.record && isUpdate(link.record)) updates.push(link.record);
    if (link.record && isExpire(link.record)) expired = link.record.expired;
    if (link.record && isPurge(link.record)) for (const update of link.record.updates) purged.add(update);
    if (!link.record || !isKnown(link.record)) known = false;
    before = link;
  }
  if (hint > head) findings.push(broken(paths.hint, `says ${hint}, but the log ends at ${head}: records are lost`));
  return { head, updates, expired, purged, known, findings };
}

/** A record, if it can be read, and the hash that the next one must have. */
type Link = { readonly sha256: string } & (
  { readonly record: RecordEnvelope } | { readonly record?: undefined; readonly problem: string }
);

function readLink(bytes: Uint8Array, feed: string, seq: number, path: string): Link {
  const hash = sha256(bytes);
  try {
    return { sha256: hash, record: parseRecord(bytes, feed, seq, path) };
  } catch (cause) {
    return { sha256: hash, problem: `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}` };
  }
}

function broken(path: string, problem: string): Finding {
  return { kind: 'broken', path, problem };
}

function* problemsOf(record: RecordEnvelope, before: Link | undefined, first: boolean): Iterable<string> {
  if (before && record.prev !== before.sha256) yield 'does not have the hash of the previous record';
  const previous = before?.record;
  if (previous && record.timestamp <= previous.timestamp)
    yield `has the timestamp ${record.timestamp}, not later than the previous one`;
  if (previous || first) {
    const refs = refsAfter(record, previous);
    if (canonicalJson(record.refs) !== canonicalJson(refs))
      yield 'has refs that do not follow from the previous record';
  }
  if (!isUpdate(record)) return;
  const { files, totals, schema } = record;
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (totals.files !== files.length || totals.rows !== rows || totals.bytes !== bytes)
    yield 'has totals that are not the sums of its files';
  if (schema.fingerprint !== schemaFingerprint(schema.fields)) yield 'has the fingerprint of another schema';
}

/** Each shared file must be one that the earlier update added, with the same size, rows and hash. */
function sharingProblem({ files }: UpdateRecord, earlier: readonly UpdateRecord[]): string | undefined {
  for (const { addedIn, ...file } of files) {
    if (addedIn === undefined) continue;
    const origin = earlier.find(({ seq }) => seq === addedIn);
    const added = origin?.files.find(({ path }) => path === file.path);
    if (added === undefined || canonicalJson(added) !== canonicalJson(file))
      return `shares ${file.path} with update ${addedIn}, which did not add it so`;
  }
  return undefined;
}

/** What the refs must be after a record; a record of an unknown type may have changed them. */
function refsAfter(record: RecordEnvelope, before: RecordEnvelope | undefined): RecordEnvelope['refs'] {
  const refs = before?.refs ?? { latest: 0 };
  if (isUpdate(record)) return { ...refs, latest: record.seq };
  if (isAlias(record)) return { ...refs, [record.alias]: record.target };
  if (isExpire(record)) return { ...refs, expired: record.seq };
  return isKnown(record) ? refs : record.refs;
}

function isKnown(record: RecordEnvelope): boolean {
  return [isUpdate, isAlias, isPin, isExpire, isPurge].some((is) => is(record));
}
