import { FeedsError } from '../errors.js';
import { checkPutOptions } from '../feed/put-options.js';
import { append } from '../log/append.js';
import type { Draft, LogEnd } from '../log/append.js';
import type { ExpireRecord, Producer, RecordEnvelope } from '../log/record.js';
import { livingAt, withExpired } from './living.js';
import type { Living } from './living.js';
import { neededOf, planExpiry } from './plan.js';
import type { ExpireRule, ExpiryPlan, Kept } from './plan.js';

/** Who lets updates expire, and whether in earnest. */
export interface ExpireOptions {
  readonly producer: Producer;
  /** Only says what would happen: true unless it is set to false. */
  readonly dryRun?: boolean;
  /** How long readers that have begun may go on before `purge` deletes: a day by default. */
  readonly graceMs?: number;
  /** For people. */
  readonly reason?: string;
}

/** What has expired, or would. Nothing is deleted yet. */
export interface Expiry {
  readonly expired: readonly number[];
  readonly kept: readonly Kept[];
  /** Absent in a dry run, and where nothing expires. */
  readonly record?: ExpireRecord;
}

const DAY_MS = 86_400_000;

/**
 * Says by a record that updates have expired: from then on nobody may name or pin them, and once the grace is over `purge` deletes
 * their data. What is latest, named, what a name goes back to, pinned, a parent of a living update of one of `feeds`, or a sibling of one
 * that is held there stays whatever the rule says. Planned anew whenever another writer was first, so that a name given meanwhile is seen.
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

function checkRule({ keepLast, maxAgeMs }: ExpireRule, graceMs: number): void {
  const problem =
    keepLast === undefined && maxAgeMs === undefined
      ? 'The rule says neither keepLast nor maxAgeMs; give one or both'
      : keepLast !== undefined && !(Number.isSafeInteger(keepLast) && keepLast >= 1)
        ? `keepLast is ${keepLast}; give a whole number from 1`
        : maxAgeMs !== undefined && !(maxAgeMs >= 0)
          ? `maxAgeMs is ${maxAgeMs}; give milliseconds from 0`
          : !(Number.isSafeInteger(graceMs) && graceMs >= 0)
            ? `graceMs is ${graceMs}; give whole milliseconds from 0`
            : undefined;
  if (problem !== undefined) throw new FeedsError('FEEDS_OPTIONS_INVALID', `${problem}.`);
}
