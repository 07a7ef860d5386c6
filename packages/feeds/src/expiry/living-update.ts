import { FeedsError } from '../errors.js';
import type { LogEnd } from '../log/append.js';
import type { Entry } from '../log/log.js';
import { isUpdate } from '../log/record.js';
import type { UpdateRecord } from '../log/record.js';
import { expiredAt, isIn } from './expired.js';

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

/** An update whose data were given up. */
export function gone(feed: string, seq: number, consequence: string, cause?: unknown): FeedsError {
  const mend = 'Pin or name the updates that must stay';
  return new FeedsError('FEEDS_EXPIRED', `Update ${seq} of ${feed} has expired; ${consequence}. ${mend}.`, { cause });
}
