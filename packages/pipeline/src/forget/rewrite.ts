/** Rewrites updates without the users, and expires the old ones. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parentOf, parquet } from '@attractions/feeds';
import type { DataFile, FeedStore, Parent, Producer, PutOptions, StoredFile, UpdateRecord } from '@attractions/feeds';

import { packageVersion } from '../version.js';
import { cleaned, mentioning } from './clean.js';
import { keyOf, labelsAnew } from './plan.js';
import type { ForgetPlan, ScannedFeed } from './plan.js';
import { rawContract } from './scan.js';
import type { ForgetWork } from './scan.js';

/** The producer in the records of a `forget`. */
export const producer: Producer = {
  id: 'attractions forget',
  package: '@attractions/pipeline',
  version: packageVersion(),
};

/** Writes the updates of a plan, and gives them the names and pins of the old ones. */
export async function writeAnew(
  store: FeedStore,
  feeds: readonly ScannedFeed[],
  { anew, copies }: ForgetPlan,
  users: ReadonlySet<string>,
  { signal, progress }: ForgetWork,
): Promise<readonly { readonly feed: string; readonly from: number; readonly to: number }[]> {
  const standing = new Map(copies);
  /** The update that replaces an old one: a copy may have been rewritten itself. */
  const nowOf = (feed: string, seq: number): UpdateRecord | undefined => {
    let found = standing.get(keyOf({ feed, seq }));
    for (let next = found; next !== undefined; next = standing.get(keyOf(next))) found = next;
    return found;
  };
  const written: { feed: string; from: number; to: number }[] = [];
  for (const record of anew) {
    signal?.throwIfAborted();
    const parents = record.parents.map((parent): Parent => {
      const now = nowOf(parent.feed, parent.seq);
      return now === undefined ? parent : parentOf(now);
    });
    const copy = await putAnew(store, record, parents, users);
    standing.set(keyOf(record), copy);
    written.push({ feed: record.feed, from: record.seq, to: copy.seq });
    progress?.({ what: 'writing', done: written.length, total: anew.length, unit: 'updates', detail: keyOf(record) });
  }
  for (const { path, refs, pinned } of feeds) {
    const log = store.log(path);
    for (const [name, seq] of Object.entries(refs)) {
      const now = name === 'latest' ? undefined : nowOf(path, seq);
      if (now !== undefined) await log.alias(name, now.seq, { producer, reason: 'written anew without users' });
    }
    for (const { pin, target, until } of pinned) {
      const now = nowOf(path, target);
      const leaseMs = Math.max(0, Date.parse(until) - Date.now());
      if (now !== undefined) await log.pin(pin, now.seq, { producer, leaseMs, reason: 'written anew without users' });
    }
  }
  return written;
}

/** Commits an update without the users. Of several Parquet files, those without the users are shared with the old update. */
async function putAnew(
  store: FeedStore,
  record: UpdateRecord,
  parents: readonly Parent[],
  users: ReadonlySet<string>,
): Promise<UpdateRecord> {
  const names = mentioning(users);
  const options: PutOptions = {
    parents,
    producer: record.producer,
    checks: record.checks,
    labels: labelsAnew(record),
    sources: record.sources.filter(({ path }) => path.search(names) < 0),
  };
  const raw = store.feed(rawContract(record));
  const files = await (await raw.at(record.seq)).read();
  if (record.codec === 'parquet' && files.length > 1) return putShared(store, record, files, users, options);
  const clean: StoredFile[] = [];
  for (const file of files) {
    const found = await cleaned(record.feed, file, users);
    clean.push(found === undefined ? file : { ...file, rows: found.rows, bytes: async () => found.bytes });
  }
  return raw.put(clean, options);
}

async function putShared(
  store: FeedStore,
  record: UpdateRecord,
  files: readonly StoredFile[],
  users: ReadonlySet<string>,
  options: PutOptions,
): Promise<UpdateRecord> {
  const { feed: path, version, schema } = record;
  const contract = { path, version, description: '', schema: schema.fields, codec: parquet(schema.fields) };
  const opened = await store.feed(contract).open(record);
  try {
    const all: (string | DataFile)[] = [];
    for (const [n, file] of files.entries()) {
      const found = await cleaned(path, file, users);
      const shared = record.files[n];
      if (found === undefined && shared !== undefined) all.push(shared);
      if (found === undefined || found.rows === 0) continue;
      const name = `part-${String(n).padStart(5, '0')}-${opened.token}.parquet`;
      await writeFile(join(opened.folder, name), found.bytes);
      all.push(name);
    }
    return await opened.commit(all, options);
  } finally {
    await opened.discard();
  }
}

/** Expires updates, children before parents: an update that another one was made from is kept until that one expires. */
export async function expireAll(
  store: FeedStore,
  going: readonly UpdateRecord[],
): Promise<readonly { feed: string; seq: number }[]> {
  const gone: { feed: string; seq: number }[] = [];
  const feeds = [...new Set(going.map(({ feed }) => feed))];
  for (let more = true; more;) {
    more = false;
    for (const feed of feeds) {
      const updates = going.filter((record) => record.feed === feed).map(({ seq }) => seq);
      const how = { producer, dryRun: false, graceMs: 0, reason: 'written anew without users' };
      const { expired } = await store.log(feed).expire({ updates }, how);
      gone.push(...expired.map((seq) => ({ feed, seq })));
      more ||= expired.length > 0;
    }
  }
  return gone;
}
