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
export const MAX_SEGMENT_LINES = 25_000;

/** Lines wait as bytes in pieces of this size: texts that wait would be moved about by the collector at every request. */
const PIECE_BYTES = 1 << 20;

/** A UTF-16 unit takes at most 3 bytes of UTF-8. */
const MAX_BYTES_OF_A_UNIT = 3;

/** Lines that wait, in order. */
interface Waiting {
  readonly pieces: readonly Buffer[];
  readonly lines: number;
}

/** Appends lines to segments in a folder, which is made. */
export function spoolIn(folder: string): Spool {
  let full: Buffer[] = [];
  let piece = Buffer.allocUnsafe(PIECE_BYTES);
  let used = 0;
  let waiting = 0;
  let segment: { name: string; handle: FileHandle; bytes: number; lines: number } | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const newPiece = (bytes: number): void => {
    if (used > 0) full.push(piece.subarray(0, used));
    piece = Buffer.allocUnsafe(Math.max(bytes, PIECE_BYTES));
    used = 0;
  };

  const take = (): Waiting => {
    newPiece(0);
    const taken = { pieces: full, lines: waiting };
    full = [];
    waiting = 0;
    return taken;
  };

  const putBack = ({ pieces, lines }: Waiting): void => {
    full = [...pieces, ...full];
    waiting += lines;
  };

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
    if (waiting === 0) return;
    segment ??= await begin();
    const taken = take();
    try {
      for (const bytes of taken.pieces) await segment.handle.appendFile(bytes);
      await segment.handle.datasync();
      for (const { length } of taken.pieces) segment.bytes += length;
      segment.lines += taken.lines;
    } catch (error) {
      putBack(taken);
      // Half of it may be on disk: cut it off, since it comes again.
      await segment.handle.truncate(segment.bytes).catch(seal);
      throw error;
    }
    if (segment.lines >= MAX_SEGMENT_LINES) await seal();
  };

  return {
    add(line) {
      if (waiting >= MAX_WAITING) return false;
      const most = line.length * MAX_BYTES_OF_A_UNIT;
      if (used + most > piece.length) newPiece(most);
      used += piece.write(line, used);
      waiting++;
      return true;
    },
    flush: () => inTurn(flush),
    seal: () => inTurn(seal),
    current: () => segment?.name,
  };
}
