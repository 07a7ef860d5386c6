import { FeedsError } from '../errors.js';
import { livingUpdate } from '../expiry/living.js';
import { append } from '../log/append.js';
import type { Draft, LogEnd } from '../log/append.js';
import type { AliasRecord, PinRecord, Producer, RecordEnvelope } from '../log/record.js';
import { checkPutOptions } from './put-options.js';

/** Who moves an alias, and why; both are written into the record. */
export interface AliasOptions {
  readonly producer: Producer;
  /** Why, for people. */
  readonly reason?: string;
  /** The seq that the alias must name still, 0: none. If it names another one at the commit, nothing is written: FEEDS_OVERTAKEN. */
  readonly from?: number;
}

/**
 * Gives an alias to the update of `seq`, or moves the alias to it, by one record at the end of the log. If the alias names that update
 * already, nothing is written and the newest record is returned.
 */
export async function putAlias(
  end: LogEnd,
  alias: string,
  seq: number,
  { producer, reason, from }: AliasOptions,
): Promise<RecordEnvelope> {
  checkName(alias);
  checkPutOptions({ producer });
  return append<RecordEnvelope>(end, {
    settled: async (head) => {
      await livingUpdate(end, head, seq, `call ${alias}`);
      const now = head?.record.refs[alias] ?? 0;
      if (now === seq) return head?.record;
      if (from !== undefined && now !== from) throw moved(end.feed, alias, { now, from });
      return undefined;
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

function moved(feed: string, alias: string, { now, from }: { now: number; from: number }): FeedsError {
  const [names, not] = [now, from].map((seq) => (seq === 0 ? 'no update' : `update ${seq}`));
  const why = 'somebody else has moved it meanwhile, and nothing was changed here';
  return new FeedsError(
    'FEEDS_OVERTAKEN',
    `In ${feed}, ${alias} names ${names} by now, not ${not}: ${why}. Run again.`,
  );
}

/** The seq that an alias named before the one it names now. Throws FEEDS_NO_SUCH_UPDATE if there is none. */
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

/** Checks the name of an alias or a pin. `latest` and `expired` are taken: puts and expiry move them. */
function checkName(name: string): void {
  if (/^[a-z][a-z0-9-]*$/.test(name) && name !== 'latest' && name !== 'expired') return;
  const form = 'lower-case letters, digits and hyphens, and neither latest nor expired';
  throw new FeedsError('FEEDS_OPTIONS_INVALID', `${JSON.stringify(name)} is not a name; write ${form}: champion.`);
}

/** Who pins, for how long, and why; all of it is written into the record. */
export interface PinOptions {
  readonly producer: Producer;
  /** How long the pin holds from now on; 0 releases it. */
  readonly leaseMs: number;
  /** Why, for people. */
  readonly reason?: string;
}

/** A thousand years: ten thousand would not fit into a timestamp. */
const MAX_LEASE_MS = 1_000 * 365 * 86_400_000;

/**
 * Keeps the update of `seq` from expiring until the lease ends. A later pin of the same name replaces it: that is how a lease is renewed,
 * moved or released.
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
