/** Finds the users in all feeds. Nothing is changed. */
import type { ShowProgress } from '@attractions/config';
import { forgotten } from '@attractions/contracts';
import type {
  ExpireRecord,
  FeedContract,
  FeedStore,
  PinRecord,
  PurgeRecord,
  RecordEnvelope,
  StoredFile,
  UpdateRecord,
} from '@attractions/feeds';

import { isAddingFeed } from '../keep/keep.js';
import { cleaned, mentioning } from './clean.js';
import type { ScannedFeed } from './plan.js';

/** How the work is stopped and followed. */
export interface ForgetWork {
  readonly signal?: AbortSignal;
  readonly progress?: ShowProgress | undefined;
}

/** What was found in the feeds. */
export interface Scanned {
  readonly feeds: readonly ScannedFeed[];
  /** Feeds with expired updates whose data have the users, or may have them. */
  readonly unpurged: readonly string[];
  readonly mentions: readonly string[];
  /** By feed, the paths of all data files that records name. */
  readonly named: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Reads all feeds but the list of the forgotten. */
export async function scan(
  store: FeedStore,
  users: ReadonlySet<string>,
  { signal, progress }: ForgetWork,
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
    // Data that wait for their deletion are deleted at once if they have the users, or cannot be read.
    for (const record of history.unpurged)
      if ((await holdsOf(store, record, users, holdsIn).catch(() => 1)) > 0 && !unpurged.includes(path))
        unpurged.push(path);
    const naming = history.updates.filter(({ sources, labels, checks, producer: by, runId = '' }) => {
      return JSON.stringify([sources, labels, checks, by, runId]).search(names) >= 0;
    });
    if (naming.length > 0)
      mentions.push(
        `${naming.length} ${naming.length === 1 ? 'record' : 'records'} of ${path} ${naming.length === 1 ? 'names' : 'name'} a user, in the name of a raw file or in a setting; a log is never changed.`,
      );
    feeds.push({ path, living, ...history.named, isAdding: isAddingFeed(path) });
  }
  progress?.({ what: 'looking', done: paths.length, total: paths.length, unit: 'feeds' });
  return { feeds, unpurged, mentions, named };
}

/** The records of a feed by kind. */
interface History {
  readonly updates: readonly UpdateRecord[];
  readonly living: readonly UpdateRecord[];
  /** Expired updates whose data may still exist. */
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

/** For each name, the previous update that it named. */
function noteBefore(record: RecordEnvelope, refs: Readonly<Record<string, number>>, before: Map<string, number>): void {
  for (const [name, seq] of Object.entries(refs)) {
    const then = record.refs[name];
    if (name !== 'latest' && then !== undefined && then !== seq && !before.has(name)) before.set(name, then);
  }
}

/** How many rows, entries and texts of the users an update has. Files that updates share are read once. */
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

/** A contract that reads and writes the files of an update unchanged, whatever they contain. */
export function rawContract(record: UpdateRecord): FeedContract<readonly StoredFile[]> {
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
