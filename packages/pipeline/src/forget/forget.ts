import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ShowProgress } from '@attractions/config';
import { forgotten, readForgotten, withForgotten } from '@attractions/contracts';
import { parentOf, parquet } from '@attractions/feeds';
import type {
  DataFile,
  ExpireRecord,
  FeedContract,
  FeedStore,
  Parent,
  PinRecord,
  Producer,
  PurgeRecord,
  PutOptions,
  RecordEnvelope,
  StoredFile,
  UpdateRecord,
} from '@attractions/feeds';

import { PipelineError } from '../errors.js';
import { isAddingFeed } from '../keep/keep.js';
import { packageVersion } from '../version.js';
import { cleaned, mentioning } from './clean.js';
import { leftoversIn } from './leftovers.js';
import { keyOf, labelsAnew, planForgetting } from './plan.js';
import type { ForgetPlan, ScannedFeed } from './plan.js';

/** The result for one feed. */
interface ForgottenIn {
  readonly feed: string;
  /** Rows, list entries and texts of the users in the updates that were living. */
  readonly removed: number;
  /** Updates that were written anew: `from` is the old, `to` the new sequence number. */
  readonly anew: readonly { readonly from: number; readonly to: number }[];
  /** Updates that were given up, and their data deleted. */
  readonly expired: readonly number[];
}

/** What was removed, and where. */
export interface ForgetSummary {
  readonly dryRun: boolean;
  readonly users: number;
  readonly feeds: readonly ForgottenIn[];
  /** Data that were deleted. */
  readonly files: number;
  readonly bytes: number;
  /** What names a user and cannot be changed: sentences with the place. */
  readonly remaining: readonly string[];
  /** Files of a run that is at work or died a short while ago, which hold the users: forget again later. */
  readonly waiting: readonly string[];
}

/** What `forget` needs. */
export interface ForgetContext {
  readonly store: FeedStore;
  readonly dryRun: boolean;
  /** Commits what waits outside the feeds, and takes the users out of what cannot be committed; gives how much was taken out. */
  readonly settle?: (users: ReadonlySet<string>) => Promise<number>;
  readonly signal?: AbortSignal;
  readonly progress?: ShowProgress | undefined;
}

/** How often other runs may add new data of the users meanwhile, before `forget` fails. */
const MAX_ROUNDS = 5;

const producer: Producer = { id: 'attractions forget', package: '@attractions/pipeline', version: packageVersion() };

/**
 * Removes users from all feeds: puts them on the list of the forgotten, writes the updates that are needed anew without them, moves names and pins, gives up
 * every update that holds anything of them, and deletes its data at once. At every moment all that is named can be read. Where it was interrupted, calling it
 * again goes on.
 *
 * @throws PipelineError PIPELINE_FORGET_UNFINISHED if other runs put the users back faster than they are removed
 */
export async function forgetUsers(userIds: readonly string[], context: ForgetContext): Promise<ForgetSummary> {
  const { store, dryRun } = context;
  const users: ReadonlySet<string> = new Set(userIds);
  const found = new Map<string, ForgottenIn>();
  const totals = { files: 0, bytes: 0 };
  const note = (feed: string, more: Partial<ForgottenIn>): void => {
    const { removed = 0, anew = [], expired = [] } = found.get(feed) ?? {};
    found.set(feed, {
      feed,
      removed: removed + (more.removed ?? 0),
      anew: [...anew, ...(more.anew ?? [])],
      expired: [...new Set([...expired, ...(more.expired ?? [])])].sort((a, b) => a - b),
    });
  };
  if (!dryRun) {
    await putForgotten(store, userIds);
    const taken = (await context.settle?.(users)) ?? 0;
    if (taken > 0) note('_spool', { removed: taken });
  }
  for (let round = 1; ; round++) {
    const scanned = await scan(store, users, context);
    for (const { path, living } of scanned.feeds) {
      const removed = living.reduce((sum, { holds }) => sum + holds, 0);
      if (removed > 0) note(path, { removed });
    }
    const plan = planForgetting(scanned.feeds);
    if (dryRun) {
      for (const { feed, seq } of plan.going) note(feed, { expired: [seq] });
      return { dryRun, users: users.size, feeds: [...found.values()], ...totals, remaining: [], waiting: [] };
    }
    if (plan.going.length === 0 && scanned.unpurged.length === 0) {
      const waiting = await leftoversIn(store, scanned.named, users);
      const feeds = [...found.values()];
      return { dryRun, users: users.size, feeds, ...totals, remaining: scanned.mentions, waiting };
    }
    if (round > MAX_ROUNDS)
      throw new PipelineError(
        'PIPELINE_FORGET_UNFINISHED',
        `${plan.going.length} updates still hold something after ${MAX_ROUNDS} rounds; forget again when no other run is at work.`,
      );
    for (const { feed, from, to } of await writeAnew(scanned.feeds, plan, users, context))
      note(feed, { anew: [{ from, to }] });
    for (const { feed, seq } of await expireAll(store, plan.going)) note(feed, { expired: [seq] });
    for (const path of new Set([...plan.going.map(({ feed }) => feed), ...scanned.unpurged])) {
      const { files, bytes } = await store.log(path).purge({ producer, dryRun: false, atOnce: true });
      totals.files += files;
      totals.bytes += bytes;
    }
  }
}

/** Puts the users on the list, unless they are on it. */
async function putForgotten(store: FeedStore, userIds: readonly string[]): Promise<void> {
  const before = await readForgotten(store);
  const list = withForgotten(before, userIds, new Date());
  if (list.users.length > (before?.users.length ?? 0)) await store.feed(forgotten).put(list, { producer });
}

/** What is in the feeds. */
interface Scanned {
  readonly feeds: readonly ScannedFeed[];
  /** Feeds with expired updates whose data hold the users, or may. */
  readonly unpurged: readonly string[];
  readonly mentions: readonly string[];
  /** By feed, the paths of all data files that records name. */
  readonly named: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Reads all feeds but the list of the forgotten. */
async function scan(
  store: FeedStore,
  users: ReadonlySet<string>,
  { signal, progress }: ForgetContext,
): Promise<Scanned> {
  const feeds: ScannedFeed[] = [];
  const unpurged: string[] = [];
  const mentions: string[] = [];
  const named = new Map<string, ReadonlySet<string>>();
  const names = mentioning(users);
  const paths = (await store.list()).filter((path) => path !== forgotten.path);
  for (const [done, path] of paths.entries()) {
    progress?.({ what: 'looking', done, total: paths.length, unit: 'feeds', detail: path });
    const history = await historyOf(store, path);
    named.set(path, new Set(history.updates.flatMap(({ files }) => files.map((file) => file.path))));
    const holdsIn = new Map<string, Promise<number>>();
    const living: ScannedFeed['living'][number][] = [];
    for (const record of history.living) {
      signal?.throwIfAborted();
      living.push({ record, holds: await holdsOf(store, record, users, holdsIn) });
    }
    // Data that wait for their deletion are deleted at once where they hold the users, or cannot be read.
    for (const record of history.unpurged)
      if ((await holdsOf(store, record, users, holdsIn).catch(() => 1)) > 0 && !unpurged.includes(path))
        unpurged.push(path);
    const naming = history.updates.filter(({ sources, labels, checks, producer: by, runId = '' }) => {
      return JSON.stringify([sources, labels, checks, by, runId]).search(names) >= 0;
    });
    if (naming.length > 0)
      mentions.push(
        `${naming.length} records of ${path} name a user, in the name of a raw file or in a setting; a log is never changed.`,
      );
    feeds.push({ path, living, ...history.named, isAdding: isAddingFeed(path) });
  }
  progress?.({ what: 'looking', done: paths.length, total: paths.length, unit: 'feeds' });
  return { feeds, unpurged, mentions, named };
}

/** The records of a feed, sorted out. */
interface History {
  readonly updates: readonly UpdateRecord[];
  readonly living: readonly UpdateRecord[];
  /** Updates that have expired and whose data may be there. */
  readonly unpurged: readonly UpdateRecord[];
  readonly named: Pick<ScannedFeed, 'refs' | 'before' | 'pinned'>;
}

async function historyOf(store: FeedStore, path: string): Promise<History> {
  const log = store.log(path);
  const refs = await log.refs();
  const updates: UpdateRecord[] = [];
  const before = new Map<string, number>();
  const pins = new Map<string, PinRecord>();
  const purged = new Set<number>();
  let expired: ExpireRecord['expired'] | undefined;
  for await (const record of log.records()) {
    if (record.type === 'update') updates.unshift(record as UpdateRecord);
    if (record.type === 'expire') expired ??= (record as ExpireRecord).expired;
    if (record.type === 'purge') for (const seq of (record as PurgeRecord).updates) purged.add(seq);
    if (record.type === 'pin' && !pins.has((record as PinRecord).pin))
      pins.set((record as PinRecord).pin, record as PinRecord);
    noteBefore(record, refs, before);
  }
  const isExpired = (seq: number) => (expired ?? []).some(([first, last]) => seq >= first && seq <= last);
  const now = Date.now();
  return {
    updates,
    living: updates.filter(({ seq }) => !isExpired(seq)),
    unpurged: updates.filter(({ seq }) => isExpired(seq) && !purged.has(seq)),
    named: {
      refs,
      before: [...before.values()],
      pinned: [...pins.values()].filter(({ until }) => Date.parse(until) > now),
    },
  };
}

/** Of each name, the first other update that it stood for, seen from the end of the log. */
function noteBefore(record: RecordEnvelope, refs: Readonly<Record<string, number>>, before: Map<string, number>): void {
  for (const [name, seq] of Object.entries(refs)) {
    const then = record.refs[name];
    if (name !== 'latest' && then !== undefined && then !== seq && !before.has(name)) before.set(name, then);
  }
}

/** How much of the users an update holds. Files that updates share are read once. */
async function holdsOf(
  store: FeedStore,
  record: UpdateRecord,
  users: ReadonlySet<string>,
  known: Map<string, Promise<number>>,
): Promise<number> {
  const files = await (await store.feed(rawContract(record)).at(record.seq)).read();
  let holds = 0;
  for (const [n, file] of files.entries()) {
    const { path } = record.files[n] ?? file;
    const count = known.get(path) ?? cleaned(record.feed, file, users).then((found) => found?.removed ?? 0);
    known.set(path, count);
    holds += await count;
  }
  return holds;
}

/** A contract that reads and writes the files of an update as they are, whatever is in them. */
function rawContract(record: UpdateRecord): FeedContract<readonly StoredFile[]> {
  return {
    path: record.feed,
    version: record.version,
    description: '',
    schema: record.schema.fields,
    codec: {
      format: record.codec,
      encode: async function* (files) {
        for (const { name, rows, bytes } of files) yield { name, rows, bytes: await bytes() };
      },
      decode: async (files) => files,
      check: async (files) => {
        for (const { bytes } of files) await bytes();
      },
    },
  };
}

/** Writes the updates of a plan, and gives them the names and pins of those that they stand for. */
async function writeAnew(
  feeds: readonly ScannedFeed[],
  { anew, copies }: ForgetPlan,
  users: ReadonlySet<string>,
  { store, signal, progress }: ForgetContext,
): Promise<readonly { readonly feed: string; readonly from: number; readonly to: number }[]> {
  const standing = new Map(copies);
  /** What stands for an update now: a copy may have been written anew itself. */
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

/** Puts an update without the users. Of several Parquet files, those without anything of them are shared with the old update. */
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

/** Gives updates up, children before parents: an update that another one was made from stays until that one goes. */
async function expireAll(
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
