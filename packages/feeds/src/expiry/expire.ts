import { FeedsError } from '../errors.js';
import { checkPutOptions } from '../feed/put-options.js';
import { append } from '../log/append.js';
import type { Draft, LogEnd } from '../log/append.js';
import type { ExpireRecord, Producer, RecordEnvelope } from '../log/record.js';
import { livingAt, withExpired } from './living.js';
import type { Living } from './living.js';
import { neededOf, planExpiry } from './plan.js';
import type { ExpireRule, ExpiryPlan, Kept } from './plan.js';

/** Who lets updates expire, and whether this is a dry run. */
export interface ExpireOptions {
  readonly producer: Producer;
  /** Only say what would happen; default: true. */
  readonly dryRun?: boolean;
  /** How long data stay for readers that have already begun, before `purge` deletes them; default: a day. */
  readonly graceMs?: number;
  /** Why, for people. */
  readonly reason?: string;
}

/** What has expired, or would. Nothing is deleted yet. */
export interface Expiry {
  readonly expired: readonly number[];
  readonly kept: readonly Kept[];
  /** Absent in a dry run, and if nothing expires. */
  readonly record?: ExpireRecord;
}

const DAY_MS = 86_400_000;

/**
 * Records that updates have expired: from then on they cannot be named or pinned, and when the grace period is over, `purge` deletes their
 * data. An update stays, whatever the rule says, if it is latest, has an alias, is what a rollback of an alias goes to, is pinned, is a parent
 * of a living update of one of `feeds`, or is a sibling of an update that is held there. The plan is made again if another writer commits
 * first, so that a name given in between counts.
 */
export async function expireUpdates(
  end: LogEnd,
  feeds: () => Promise<readonly string[]>,
  rule: ExpireRule,
  { producer, dryRun = true, graceMs = DAY_MS, reason }: ExpireOptions,
): Promise<Expiry> {
  checkPutOptions({ producer });
  checkRule(rule, graceMs);
  const planAt = async (head: RecordEnvelope | undefined): Promise<[Living, ExpiryPlan]> => {
    const living = await livingAt(end.log, head);
    const needed = await neededOf(living.updates, end, await feeds());
    return [living, planExpiry(living, needed, rule, end.clock.now())];
  };
  let [living, plan] = await planAt((await end.log.head())?.record);
  if (dryRun || plan.expiring.length === 0) return { expired: plan.expiring, kept: plan.kept };
  const record = await append<RecordEnvelope>(end, {
    settled: async (head) => {
      [living, plan] = await planAt(head?.record);
      return plan.expiring.length === 0 ? head?.record : undefined;
    },
    draft: (seq, previous): Draft<ExpireRecord> => ({
      type: 'expire',
      updates: plan.expiring,
      expired: withExpired(
        living.expired,
        plan.expiring,
        plan.kept.map((kept) => kept.seq),
      ),
      graceMs,
      producer,
      ...(reason !== undefined && { reason }),
      refs: { latest: 0, ...previous?.refs, expired: seq },
    }),
  });
  if (plan.expiring.length === 0) return { expired: [], kept: plan.kept };
  return { expired: plan.expiring, kept: plan.kept, record: record as ExpireRecord };
}

function checkRule({ keepLast, maxAgeMs, updates }: ExpireRule, graceMs: number): void {
  const problem =
    keepLast === undefined && maxAgeMs === undefined && updates === undefined
      ? 'The rule has neither keepLast nor maxAgeMs; give one or both'
      : keepLast !== undefined && !(Number.isSafeInteger(keepLast) && keepLast >= 1)
        ? `keepLast is ${keepLast}; give a whole number from 1`
        : maxAgeMs !== undefined && !(maxAgeMs >= 0)
          ? `maxAgeMs is ${maxAgeMs}; give milliseconds from 0`
          : !(Number.isSafeInteger(graceMs) && graceMs >= 0)
            ? `graceMs is ${graceMs}; give whole milliseconds from 0`
            : undefined;
  if (problem !== undefined) throw new FeedsError('FEEDS_OPTIONS_INVALID', `${problem}.`);
}
