import { plural } from '@attractions/config';
import type { ShowProgress } from '@attractions/config';
import { runs } from '@attractions/contracts';
import type { ExpireRule, FeedStore, Kept } from '@attractions/feeds';

import { packageVersion } from '../version.js';

/** Which updates are kept: those that either of the two rules keeps. */
export interface KeepRule {
  /** The number of newest updates, for each feed whose updates replace each other. */
  readonly last?: number;
  /** Age in days up to which updates are kept. */
  readonly days?: number;
}

/** The result for one feed; in a dry run, what it would be. */
interface KeptFeed {
  readonly feed: string;
  /** Sequence numbers of updates that have expired now. */
  readonly expired: readonly number[];
  /** The updates that are kept, each with the first reason. */
  readonly kept: readonly Kept[];
  /** Sequence numbers of updates that expired earlier and whose data were deleted now. */
  readonly purged: readonly number[];
}

/** What `keep` did, or would do. */
export interface KeepSummary {
  readonly dryRun: boolean;
  /** Counts of expired updates and of updates whose data were deleted, and the size of those data. */
  readonly expired: number;
  readonly purged: number;
  readonly files: number;
  readonly bytes: number;
  /** Only feeds with a change. */
  readonly feeds: readonly KeptFeed[];
}

const DAY_MS = 86_400_000;

/** How long a run or a service may go on reading an update after it has expired. */
const GRACE_MS = DAY_MS;

/** The updates of these feeds do not replace each other: `last` would cut their history. */
const ADDING = ['pipeline/', 'serving/exposures/', 'serving/events/', 'evaluation/trials/'];

/** Nothing in these feeds ever expires: which visitor saw what, and who is forgotten, depends on all of it. */
const FOR_EVER = ['experiments/', 'privacy/'];

/** The alias in the feed of runs that says that keeping was turned on. */
const KEEP_ON = 'keep-on';

/** Whether the updates of a feed add to each other, so that none replaces an earlier one. */
export const isAddingFeed = (feed: string): boolean =>
  [...ADDING, 'experiments/'].some((prefix) => feed.startsWith(prefix));

/** The rule for one feed; undefined if nothing expires. */
export function ruleFor(feed: string, { last, days }: KeepRule): ExpireRule | undefined {
  const isOf = (prefixes: readonly string[]) => prefixes.some((prefix) => feed.startsWith(prefix));
  if (isOf(FOR_EVER)) return undefined;
  const byAge = days === undefined ? {} : { maxAgeMs: days * DAY_MS };
  const rule = isOf(ADDING) || last === undefined ? byAge : { keepLast: last, ...byAge };
  return Object.keys(rule).length > 0 ? rule : undefined;
}

/**
 * Expires old updates of all feeds by one rule, and deletes the data of those that expired more than a day ago. The latest update, and those that have a name
 * or a pin or are needed by kept ones, are always kept. A parent expires only after its children, so this repeats until nothing more expires; a dry run shows
 * the first round.
 */
export async function keepFeeds(
  store: FeedStore,
  rule: KeepRule,
  dryRun: boolean,
  progress?: ShowProgress,
): Promise<KeepSummary> {
  const producer = { id: 'attractions keep', package: '@attractions/pipeline', version: packageVersion() };
  const paths = await store.list();
  const found = new Map<string, KeptFeed>();
  for (let round = 0, more = true; more && round <= paths.length; round++) {
    more = false;
    const what = round === 0 ? 'giving up' : `giving up, round ${round + 1}`;
    for (const [done, path] of paths.entries()) {
      progress?.({ what, done, total: paths.length, unit: 'feeds', detail: path });
      const expireRule = ruleFor(path, rule);
      if (expireRule === undefined) continue;
      const { expired, kept } = await store.log(path).expire(expireRule, { producer, dryRun, graceMs: GRACE_MS });
      const before = found.get(path)?.expired ?? [];
      found.set(path, { feed: path, expired: [...before, ...expired], kept, purged: [] });
      more ||= expired.length > 0 && !dryRun;
    }
    progress?.({ what, done: paths.length, total: paths.length, unit: 'feeds' });
  }
  const totals = { files: 0, bytes: 0 };
  for (const [done, path] of paths.entries()) {
    progress?.({ what: 'deleting', done, total: paths.length, unit: 'feeds', detail: path });
    const { purged, files, bytes } = await store.log(path).purge({ producer, dryRun });
    totals.files += files;
    totals.bytes += bytes;
    found.set(path, { ...(found.get(path) ?? { feed: path, expired: [], kept: [] }), purged });
  }
  progress?.({ what: 'deleting', done: paths.length, total: paths.length, unit: 'feeds' });
  const feeds = [...found.values()].filter(({ expired, purged }) => expired.length + purged.length > 0);
  const count = (of: 'expired' | 'purged') => feeds.reduce((sum, feed) => sum + feed[of].length, 0);
  return { dryRun, expired: count('expired'), purged: count('purged'), ...totals, feeds };
}

/** Whether `attractions keep` was ever run by hand on these feeds: until then, a run only reports what would expire. */
export async function isKeepOn(store: FeedStore): Promise<boolean> {
  return (await store.log(runs.path).refs())[KEEP_ON] !== undefined;
}

/** Turns keeping on, by a name for the newest run: that of the command. */
export async function turnKeepOn(store: FeedStore): Promise<void> {
  const log = store.log(runs.path);
  const head = await log.head();
  if (head === undefined || (await isKeepOn(store))) return;
  const producer = { id: 'attractions keep', package: '@attractions/pipeline', version: packageVersion() };
  await log.alias(KEEP_ON, head.seq, { producer, reason: 'keep was run by hand' });
}

/** What `keep` did, in a sentence. */
export function keepText({ dryRun, expired, purged, files, bytes }: KeepSummary): string {
  const old = `${files} ${plural(files, 'file')} (${(bytes / 1e6).toFixed(1)} MB) of ${purged} ${plural(purged, 'update')} given up before`;
  const given = `${expired} ${plural(expired, 'update')}`;
  return dryRun
    ? `Would give up ${given}, and delete ${old}.`
    : `Gave up ${given}, whose data are deleted a day from now, and deleted ${old}.`;
}
