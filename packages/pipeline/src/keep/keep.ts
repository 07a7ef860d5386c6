import { runs } from '@attractions/contracts';
import type { ExpireRule, FeedStore, Kept } from '@attractions/feeds';

import { packageVersion } from '../version.js';

/** What stays: an update that either of the two keeps. */
export interface KeepRule {
  /** So many of the newest updates of each feed whose updates replace each other. */
  readonly last?: number;
  /** Updates of up to so many days. */
  readonly days?: number;
}

/** What became, or would become, of one feed. */
interface KeptFeed {
  readonly feed: string;
  /** Sequence numbers of updates that were given up. */
  readonly expired: readonly number[];
  /** Those that stay, each with the first reason. */
  readonly kept: readonly Kept[];
  /** Sequence numbers of updates given up earlier, whose data were deleted. */
  readonly purged: readonly number[];
}

/** What `keep` did, or would do. */
export interface KeepSummary {
  readonly dryRun: boolean;
  /** Updates given up, updates whose data were deleted, and those data. */
  readonly expired: number;
  readonly purged: number;
  readonly files: number;
  readonly bytes: number;
  /** Only feeds of which something goes. */
  readonly feeds: readonly KeptFeed[];
}

const DAY_MS = 86_400_000;

/** How long a run or a service that has begun to read an update may go on after it was given up. */
const GRACE_MS = DAY_MS;

/** Every update of these stands beside the others: `last` would cut the history. */
const ADDING = ['pipeline/', 'serving/exposures/', 'serving/events/', 'evaluation/trials/'];

/** Of these nothing ever goes: which visitor saw what, and who is forgotten, rests on all of it. */
const FOR_EVER = ['experiments/', 'privacy/'];

/** The alias in the feed of runs that says that keeping was turned on. */
export const KEEP_ON = 'keep-on';

/** Whether the updates of a feed stand beside each other, so that none takes the place of an earlier one. */
export const isAddingFeed = (feed: string): boolean =>
  [...ADDING, 'experiments/'].some((prefix) => feed.startsWith(prefix));

/** The rule for one feed; undefined where nothing goes. */
export function ruleFor(feed: string, { last, days }: KeepRule): ExpireRule | undefined {
  const isOf = (prefixes: readonly string[]) => prefixes.some((prefix) => feed.startsWith(prefix));
  if (isOf(FOR_EVER)) return undefined;
  const byAge = days === undefined ? {} : { maxAgeMs: days * DAY_MS };
  const rule = isOf(ADDING) || last === undefined ? byAge : { keepLast: last, ...byAge };
  return Object.keys(rule).length > 0 ? rule : undefined;
}

/**
 * Gives up old updates of all feeds by one rule, and deletes what was given up more than a day ago. What is latest, named, pinned, or needed by what stays,
 * stays whatever the rule says. A parent goes after its children, so feeds are gone through until nothing more goes; a dry run shows the first round.
 */
export async function keepFeeds(store: FeedStore, rule: KeepRule, dryRun: boolean): Promise<KeepSummary> {
  const producer = { id: 'attractions keep', package: '@attractions/pipeline', version: packageVersion() };
  const paths = await store.list();
  const found = new Map<string, KeptFeed>();
  for (let round = 0, more = true; more && round <= paths.length; round++) {
    more = false;
    for (const path of paths) {
      const expireRule = ruleFor(path, rule);
      if (expireRule === undefined) continue;
      const { expired, kept } = await store.log(path).expire(expireRule, { producer, dryRun, graceMs: GRACE_MS });
      const before = found.get(path)?.expired ?? [];
      found.set(path, { feed: path, expired: [...before, ...expired], kept, purged: [] });
      more ||= expired.length > 0 && !dryRun;
    }
  }
  const totals = { files: 0, bytes: 0 };
  for (const path of paths) {
    const { purged, files, bytes } = await store.log(path).purge({ producer, dryRun });
    totals.files += files;
    totals.bytes += bytes;
    found.set(path, { ...(found.get(path) ?? { feed: path, expired: [], kept: [] }), purged });
  }
  const feeds = [...found.values()].filter(({ expired, purged }) => expired.length + purged.length > 0);
  const count = (of: 'expired' | 'purged') => feeds.reduce((sum, feed) => sum + feed[of].length, 0);
  return { dryRun, expired: count('expired'), purged: count('purged'), ...totals, feeds };
}

/** Whether `attractions keep` was ever run by hand on these feeds: until then, a run only says what would go. */
export async function isKeepOn(store: FeedStore): Promise<boolean> {
  return (await store.log(runs.path).refs())[KEEP_ON] !== undefined;
}

/** What `keep` did, in a sentence. */
export function keepText({ dryRun, expired, purged, files, bytes }: KeepSummary): string {
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  return dryRun
    ? `Would give up ${expired} updates, and delete ${files} files (${size}) of ${purged} updates given up before.`
    : `Gave up ${expired} updates, whose data are deleted a day from now, and deleted ${files} files (${size}) of ${purged} updates given up before.`;
}
