import { forgotten, readForgotten, withForgotten } from '@attractions/contracts';
import type { FeedStore } from '@attractions/feeds';

import { PipelineError } from '../errors.js';
import { leftoversIn } from './leftovers.js';
import { planForgetting } from './plan.js';
import { expireAll, producer, writeAnew } from './rewrite.js';
import { scan } from './scan.js';
import type { ForgetWork } from './scan.js';

/** The result for one feed. */
interface ForgottenIn {
  readonly feed: string;
  /** Rows, list entries and texts of the users in the updates that had not expired. */
  readonly removed: number;
  /** Updates that were rewritten: `from` is the old, `to` the new sequence number. */
  readonly anew: readonly { readonly from: number; readonly to: number }[];
  /** Updates that expired, and whose data were deleted. */
  readonly expired: readonly number[];
}

/** The result of `forget`: what was removed, and from which feeds. */
export interface ForgetSummary {
  readonly dryRun: boolean;
  readonly users: number;
  readonly feeds: readonly ForgottenIn[];
  /** Data that were deleted. */
  readonly files: number;
  readonly bytes: number;
  /** Places that name a user and cannot be changed, as sentences. */
  readonly remaining: readonly string[];
  /** Files with data of the users, from a run that is working or died recently: run `forget` again later. */
  readonly waiting: readonly string[];
}

/** What `forget` needs. */
export interface ForgetContext extends ForgetWork {
  readonly store: FeedStore;
  readonly dryRun: boolean;
  /** Commits what waits outside the feeds, and removes the users from what cannot be committed; returns how much was removed. */
  readonly settle?: (users: ReadonlySet<string>) => Promise<number>;
}

/** How often other runs may add new data of the users meanwhile, before `forget` fails. */
const MAX_ROUNDS = 5;

/**
 * Removes users from all feeds: adds them to the list of the forgotten, rewrites the updates that are needed without them, moves names and pins, expires
 * every update with data of them, and deletes its data at once. At every moment, all updates with a name can be read. After an interruption, calling it again
 * continues.
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
        `${plan.going.length === 1 ? 'An update still holds' : `${plan.going.length} updates still hold`} something after ${MAX_ROUNDS} rounds; forget again when no other run is at work.`,
      );
    for (const { feed, from, to } of await writeAnew(store, scanned.feeds, plan, users, context))
      note(feed, { anew: [{ from, to }] });
    for (const { feed, seq } of await expireAll(store, plan.going)) note(feed, { expired: [seq] });
    for (const path of new Set([...plan.going.map(({ feed }) => feed), ...scanned.unpurged])) {
      const { files, bytes } = await store.log(path).purge({ producer, dryRun: false, atOnce: true });
      totals.files += files;
      totals.bytes += bytes;
    }
  }
}

/** Adds the users to the list, unless they are in it. */
async function putForgotten(store: FeedStore, userIds: readonly string[]): Promise<void> {
  const before = await readForgotten(store);
  const list = withForgotten(before, userIds, new Date());
  if (list.users.length > (before?.users.length ?? 0)) await store.feed(forgotten).put(list, { producer });
}
