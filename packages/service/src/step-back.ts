import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Gives the calling thread a tenth of the share of others where there is not enough for all, on Linux, which knows a thread by a number of its own; elsewhere
 * it does nothing. For threads that nobody waits for: answers come first.
 */
export function stepBack(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // No /proc, or one that may not be asked: then the thread runs like any other.
  }
}
