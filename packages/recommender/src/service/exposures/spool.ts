import { randomUUID } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** Lines on their way to disk. */
export interface Spool {
  /** Takes a line, with its line break. Never waits; gives false where there is no room left, and forgets it. */
  add(line: string): boolean;
  /** Writes what was added to disk, and syncs it. Throws where the disk refuses; what was added is kept for the next time. */
  flush(): Promise<void>;
  /** Ends the segment in use, if there is anything in it; the next line begins another. */
  seal(): Promise<void>;
  /** The segment in use; undefined between two. */
  current(): string | undefined;
}

/** Most lines kept in memory while the disk does not take them. */
export const MAX_WAITING = 100_000;

/** A segment of this many lines is ended at the next flush, so that it can be committed in one go. */
export const MAX_SEGMENT_LINES = 100_000;

/** Appends lines to segments in a folder, which is made. */
export function spoolIn(folder: string): Spool {
  let waiting: string[] = [];
  let segment: { name: string; handle: FileHandle; bytes: number; lines: number } | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** One at a time: two flushes would write one line twice. */
  const inTurn = (act: () => Promise<void>): Promise<void> => {
    const done = turn.then(act);
    turn = done.catch(() => undefined);
    return done;
  };

  const begin = async () => {
    await mkdir(folder, { recursive: true });
    const name = `${randomUUID()}.ndjson`;
    return { name, handle: await open(join(folder, name), 'ax'), bytes: 0, lines: 0 };
  };

  const seal = async (): Promise<void> => {
    const handle = segment?.handle;
    segment = undefined;
    await handle?.close();
  };

  const flush = async (): Promise<void> => {
    if (waiting.length === 0) return;
    segment ??= await begin();
    const lines = waiting;
    waiting = [];
    const bytes = Buffer.from(lines.join(''));
    try {
      await segment.handle.appendFile(bytes);
      await segment.handle.datasync();
      segment.bytes += bytes.length;
      segment.lines += lines.length;
    } catch (error) {
      waiting = [...lines, ...waiting];
      // Half of it may be on disk: cut it off, since it comes again.
      await segment.handle.truncate(segment.bytes).catch(seal);
      throw error;
    }
    if (segment.lines >= MAX_SEGMENT_LINES) await seal();
  };

  return {
    add(line) {
      if (waiting.length >= MAX_WAITING) return false;
      waiting.push(line);
      return true;
    },
    flush: () => inTurn(flush),
    seal: () => inTurn(seal),
    current: () => segment?.name,
  };
}
