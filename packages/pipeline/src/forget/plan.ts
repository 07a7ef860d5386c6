/** Which updates have to be written anew, and which go, so that nothing of some users is left. Pure: the feeds are read before, and written after it. */
import type { PinRecord, UpdateRecord } from '@attractions/feeds';

/** One feed, as far as the plan needs it. */
export interface ScannedFeed {
  readonly path: string;
  /** Updates that have not expired, oldest first. */
  readonly living: readonly ScannedUpdate[];
  readonly refs: Readonly<Record<string, number>>;
  /** Sequence numbers that a rollback of a name would go to. */
  readonly before: readonly number[];
  /** Pins that hold. */
  readonly pinned: readonly Pick<PinRecord, 'pin' | 'target' | 'until'>[];
  /** Whether every update stands beside the others, so that none replaces another one. */
  readonly isAdding: boolean;
}

/** One update. */
interface ScannedUpdate {
  readonly record: UpdateRecord;
  /** How much of the users is in it: rows, entries, texts. */
  readonly holds: number;
}

/** What has to be done. */
export interface ForgetPlan {
  /** Updates to write anew without the users, parents before children, the newest of a feed last. */
  readonly anew: readonly UpdateRecord[];
  /** Those that were written anew already, when a plan was left half done: by the key of what they stand for. */
  readonly copies: ReadonlyMap<string, UpdateRecord>;
  /** Updates that expire afterwards: all that hold anything of the users, or were made from one that does. */
  readonly going: readonly UpdateRecord[];
}

/** An update by name: `etl/visits/v1.0#3`. */
export const keyOf = ({ feed, seq }: { readonly feed: string; readonly seq: number }): string => `${feed}#${seq}`;

/** The labels of an update that was written anew: the key of the one it stands for, and the time of the first of them. */
const STANDS_FOR = 'stands-for';
const FIRST_PUT = 'first-put';

/** The labels that an update gets when it is written anew. */
export function labelsAnew(record: UpdateRecord): UpdateRecord['labels'] {
  return { ...record.labels, [STANDS_FOR]: keyOf(record), [FIRST_PUT]: firstPut(record) };
}

const firstPut = ({ labels, timestamp }: UpdateRecord): string => labels[FIRST_PUT] ?? timestamp;

/**
 * Updates that are named, latest, pinned, the target of a rollback, or parents or siblings of such ones, are written anew; others that hold anything only go, since later
 * ones took their place. In a feed whose updates add up, all are written anew. An update that was written anew counts as that which it stands for, so a plan that
 * was left half done is gone on with.
 */
export function planForgetting(feeds: readonly ScannedFeed[]): ForgetPlan {
  const updates = feeds.flatMap(({ living }) => living.map(({ record }) => record));
  const byKey = new Map(updates.map((record) => [keyOf(record), record]));
  const holding = feeds.flatMap(({ living }) => living.filter(({ holds }) => holds > 0).map(({ record }) => record));
  const affected = new Set(holding.map(keyOf));
  const held = new Set<string>();
  const copies = new Map<string, UpdateRecord>();
  for (let size = -1; size !== affected.size + held.size;) {
    size = affected.size + held.size;
    for (const record of updates)
      if (record.parents.some((parent) => affected.has(keyOf(parent)))) affected.add(keyOf(record));
    copies.clear();
    for (const record of updates) {
      const original = record.labels[STANDS_FOR];
      if (original !== undefined && !affected.has(keyOf(record))) copies.set(original, record);
    }
    for (const feed of feeds) {
      const newest = inOrder(feed.living.map(({ record }) => record)).at(-1);
      for (const seq of wantedOf(feed, newest)) {
        const key = keyOf({ feed: feed.path, seq });
        if (affected.has(key)) held.add(key);
      }
      const isPut = feed.living.some(({ record }) => held.has(keyOf(record)) && !copies.has(keyOf(record)));
      // What is put becomes the latest, so the newest has to be put once more after it.
      if (isPut && newest && !feed.isAdding) {
        affected.add(keyOf(newest));
        held.add(keyOf(newest));
      }
    }
    const families = new Set([...held].map((key) => familyOf(byKey.get(key))));
    for (const record of updates) {
      const family = familyOf(record);
      if (affected.has(keyOf(record)) && family !== undefined && families.has(family)) held.add(keyOf(record));
    }
    for (const key of held)
      for (const parent of byKey.get(key)?.parents ?? [])
        if (affected.has(keyOf(parent)) && byKey.has(keyOf(parent))) held.add(keyOf(parent));
  }
  const anew = [...held].filter((key) => !copies.has(key));
  const recordsOf = (keys: Iterable<string>) => [...keys].flatMap((key) => byKey.get(key) ?? []);
  return { anew: inOrder(recordsOf(anew)), copies, going: recordsOf(affected) };
}

/** What must stay readable of a feed, by sequence number. */
function wantedOf({ isAdding, living, refs, before, pinned }: ScannedFeed, newest?: UpdateRecord): readonly number[] {
  if (isAdding) return living.filter(({ holds }) => holds > 0).map(({ record }) => record.seq);
  // `latest` itself may be a copy of an older update, where a plan was left half done.
  const named = Object.entries(refs).flatMap(([name, seq]) => (name === 'latest' ? [] : [seq]));
  return [...named, ...before, ...pinned.map(({ target }) => target), ...(newest ? [newest.seq] : [])];
}

/** By the time of what each stands for; a copy after its original. */
function inOrder(records: readonly UpdateRecord[]): UpdateRecord[] {
  return records.toSorted((a, b) => compare(firstPut(a), firstPut(b)) || compare(a.timestamp, b.timestamp));
}

/** The same for updates made from the same parents; undefined for those without. */
function familyOf(record: UpdateRecord | undefined): string | undefined {
  const { parents = [] } = record ?? {};
  if (parents.length === 0) return undefined;
  return parents
    .map(({ feed, seq, sha256 }) => `${feed}#${seq} ${sha256}`)
    .sort()
    .join('\n');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
