import { checkName } from '../alias.js';
import { FeedsError } from '../errors.js';
import { append } from '../log/append.js';
import type { Draft, LogEnd } from '../log/append.js';
import type { PinRecord, Producer } from '../log/record.js';
import { checkPutOptions } from '../put-options.js';
import { livingUpdate } from './living-update.js';

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
