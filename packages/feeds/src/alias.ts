import { FeedsError } from './errors.js';
import { livingUpdate } from './expiry/living-update.js';
import { append } from './log/append.js';
import type { Draft, LogEnd } from './log/append.js';
import type { AliasRecord, Producer, RecordEnvelope } from './log/record.js';
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
