import { FeedsError } from '../errors.js';
import { expiredAt, gone, isIn } from '../expiry/living.js';
import { append } from '../log/append.js';
import type { Draft, LogEnd } from '../log/append.js';
import type { Entry } from '../log/log.js';
import { isUpdate } from '../log/record.js';
import type { AliasRecord, PinRecord, Producer, RecordEnvelope, UpdateRecord } from '../log/record.js';
import { checkPutOptions } from './put-options.js';

/** Who moves an alias, and why; both go into the record. */
export interface AliasOptions {
  readonly producer: Producer;
  /** For people. */
  readonly reason?: string;
}

/**
 * Gives the update of `seq` a name, or moves the name to it, by one record at the end of the log. Where the name stands
 * there already nothing is written, and the newest record is given back.
 */
export async function putAlias(
  end: LogEnd,
  alias: string,
  seq: number,
  { producer, reason }: AliasOptions,
): Promise<RecordEnvelope> {
  checkName(alias);
  checkPutOptions({ producer });
  return append<RecordEnvelope>(end, {
    settled: async (head) => {
      await livingUpdate(end, head, seq, `call ${alias}`);
      return head?.record.refs[alias] === seq ? head.record : undefined;
    },
    draft: (_seq, previous): Draft<AliasRecord> => ({
      type: 'alias',
      alias,
      target: seq,
      producer,
      ...(reason !== undefined && { reason }),
      refs: { latest: seq, ...previous?.refs, [alias]: seq },
    }),
  });
}

/** The seq that an alias named before it named the one it names now. Throws FEEDS_NO_SUCH_UPDATE where there is none. */
export async function seqBefore({ feed, log }: LogEnd, alias: string): Promise<number> {
  const head = await log.head();
  const now = head?.record.refs[alias];
  for await (const { record } of log.back(head?.record.seq ?? 0)) {
    const then = record.refs[alias];
    if (then === undefined) break;
    if (then !== now) return then;
  }
  throw new FeedsError(
    'FEEDS_NO_SUCH_UPDATE',
    `In the feed ${feed}, ${alias} has named no other update to go back to.`,
  );
}

/** Throws unless an alias or a pin may be called so. `latest` and `expired` are names that puts and expiry move. */
export function checkName(name: string): void {
  if (/^[a-z][a-z0-9-]*$/.test(name) && name !== 'latest' && name !== 'expired') return;
  const form = 'lower-case letters, digits and hyphens, and neither latest nor expired';
  throw new FeedsError('FEEDS_OPTIONS_INVALID', `${JSON.stringify(name)} is no alias; write ${form}: champion.`);
}

/** Who pins, for how long, and why; all of it goes into the record. */
export interface PinOptions {
  readonly producer: Producer;
  /** How long the pin holds from now on; 0 releases it. */
  readonly leaseMs: number;
  /** For people. */
  readonly reason?: string;
}

/** Ten thousand years would not fit into a timestamp. */
const MAX_LEASE_MS = 1_000 * 365 * 86_400_000;

/**
 * Keeps the update of `seq` from expiring until the lease ends. Another pin of the same name takes its place: so a lease is
 * renewed, moved or released.
 */
export async function putPin(
  end: LogEnd,
  pin: string,
  seq: number,
  { producer, leaseMs, reason }: PinOptions,
): Promise<PinRecord> {
  checkName(pin);
  checkPutOptions({ producer });
  if (!(leaseMs >= 0 && leaseMs <= MAX_LEASE_MS)) {
    throw new FeedsError('FEEDS_OPTIONS_INVALID', `leaseMs is ${leaseMs}; give milliseconds, 0 to ${MAX_LEASE_MS}.`);
  }
  return append<PinRecord>(end, {
    settled: async (head) => {
      await livingUpdate(end, head, seq, `pin as ${pin}`);
      return undefined;
    },
    draft: (_seq, previous): Draft<PinRecord> => ({
      type: 'pin',
      pin,
      target: seq,
      until: new Date(end.clock.now() + leaseMs).toISOString(),
      producer,
      ...(reason !== undefined && { reason }),
      refs: { latest: seq, ...previous?.refs },
    }),
  });
}

/**
 * The update of `seq`, which must be there and not have expired when `head` is the newest record: what builds on that head
 * can then count on it. `deed` is what was to be done with it, for the message.
 */
export async function livingUpdate(
  { feed, log }: LogEnd,
  head: Entry | undefined,
  seq: number,
  deed: string,
): Promise<UpdateRecord> {
  const entry = seq <= (head?.record.seq ?? 0) ? await log.at(seq) : undefined;
  if (!entry || !isUpdate(entry.record)) {
    const known = `its newest record is ${head?.record.seq ?? 0}`;
    throw new FeedsError('FEEDS_NO_SUCH_UPDATE', `The feed ${feed} has no update ${seq} to ${deed}; ${known}.`);
  }
  if (isIn(await expiredAt(log, head?.record), seq)) throw gone(feed, seq, `it is too late to ${deed}`);
  return entry.record;
}
