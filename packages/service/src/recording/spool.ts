import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { chunkName, hasCode, nameOf, syncFolder } from './batch.js';

/** Lines on their way to disk. */
export interface Spool {
  /** Throws where no folder can be created in the spool. A full disk is not an error here: it may have space later. */
  probe(): Promise<void>;
  /** Takes a line, with its line break. Never waits. Returns false if there is no space left; the line is lost then. */
  add(line: string): boolean;
  /** How many lines there is space for in memory. */
  space(): number;
  /** Lines that are not in the feed yet, as far as {@link Spool.keepOnly} was told. */
  uncommitted(): number;
  /** Writes the added lines to disk as one chunk, and syncs it. Throws where that fails; the lines are kept for the next time. */
  flush(): Promise<void>;
  /** Ends the current batch, if there is one; the next chunk begins another. */
  seal(): Promise<void>;
  /** The current batch; undefined between two batches. */
  current(): string | undefined;
  /** Says which folders are still in the spool. */
  keepOnly(names: readonly string[]): void;
  /** Whether a folder is a batch that this process has begun. */
  isOwn(name: string): boolean;
}

/** Most lines kept in memory while the disk accepts no writes. */
export const MAX_WAITING = 100_000;

/** A batch of this many lines ends at the next flush, so that it can be committed as one update. */
export const MAX_BATCH_LINES = 25_000;

/**
 * Waiting lines are kept as bytes in pieces of this size: the garbage collector would move strings many times. The first pieces are smaller, since most of the
 * spools of a thousand tenants have few lines.
 */
const PIECE_BYTES = 1 << 20;
const FIRST_PIECE_BYTES = 1 << 14;

/** A UTF-16 unit takes at most 3 bytes of UTF-8. */
const MAX_BYTES_OF_A_UNIT = 3;

/** Pieces that are used again, once they are written: at full load a new one is needed every few milliseconds. */
const MAX_SPARE = 4;

/** Waiting lines, in order. */
interface Waiting {
  readonly pieces: readonly Buffer[];
  readonly lines: number;
}

/**
 * Writes lines to batches in a folder. Each flush is one chunk, which appears on disk complete or not at all. No other process writes to these
 * batches, but any process may close one at any time: the next flush then begins another.
 */
export function spoolIn(folder: string): Spool {
  const owner = randomUUID();
  let full: Buffer[] = [];
  const spare: Buffer[] = [];
  let pieceBytes = FIRST_PIECE_BYTES;
  let piece: Buffer = Buffer.alloc(0);
  let used = 0;
  let waiting = 0;
  let batches = 0;
  let chunks = 0;
  let batch: { readonly name: string; lines: number } | undefined;
  /** Lines on disk, by their batch. */
  const spooled = new Map<string, number>();
  let turn: Promise<unknown> = Promise.resolve();

  /** A piece with room for so many bytes, which is used for the first time once a line comes. */
  const newPiece = (bytes: number): void => {
    if (used > 0) {
      full.push(piece.subarray(0, used));
      pieceBytes = Math.min(PIECE_BYTES, pieceBytes * 2);
    }
    const size = Math.max(bytes, pieceBytes);
    piece = size === PIECE_BYTES && spare.length > 0 ? (spare.pop() ?? piece) : Buffer.allocUnsafe(size);
    used = 0;
  };

  const take = (): Waiting => {
    if (used > 0) full.push(piece.subarray(0, used));
    const taken = { pieces: full, lines: waiting };
    [piece, used, full, waiting] = [Buffer.alloc(0), 0, [], 0];
    return taken;
  };

  const putBack = ({ pieces, lines }: Waiting): void => {
    full = [...pieces, ...full];
    waiting += lines;
  };

  /** Runs one action at a time: two concurrent flushes would write a line twice. */
  const inTurn = (act: () => Promise<void>): Promise<void> => {
    const done = turn.then(act);
    turn = done.catch(() => undefined);
    return done;
  };

  const begin = async () => {
    const name = `${owner}-${++batches}`;
    await mkdir(join(folder, name), { recursive: true });
    await syncFolder(folder);
    return { name, lines: 0 };
  };

  /** After this settles, the chunk exists for good; if it throws, the chunk does not exist and never will. */
  const place = async (name: string, { pieces }: Waiting): Promise<void> => {
    const path = join(folder, name, chunkName(++chunks));
    const part = `${path}.part`;
    try {
      const file = await open(part, 'wx');
      try {
        for (const bytes of pieces) await file.appendFile(bytes);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(part, path);
    } catch (error) {
      await unlink(part).catch(() => undefined);
      throw error;
    }
  };

  const flush = async (): Promise<void> => {
    if (waiting === 0) return;
    const taken = take();
    try {
      batch ??= await begin();
      await place(batch.name, taken).catch(async (error: unknown) => {
        if (!hasCode(error, 'ENOENT', 'ESTALE')) throw error;
        // Another process has closed the batch, because this one did not renew its lease.
        batch = await begin();
        await place(batch.name, taken);
      });
    } catch (error) {
      putBack(taken);
      throw error;
    }
    const { name } = batch;
    for (const { buffer, byteOffset } of taken.pieces)
      if (spare.length < MAX_SPARE && buffer.byteLength - byteOffset === PIECE_BYTES)
        spare.push(Buffer.from(buffer, byteOffset, PIECE_BYTES));
    batch.lines += taken.lines;
    spooled.set(name, batch.lines);
    if (batch.lines >= MAX_BATCH_LINES) batch = undefined;
    await syncFolder(join(folder, name));
  };

  return {
    async probe() {
      const path = join(folder, `${owner}-0`);
      try {
        await mkdir(path, { recursive: true });
        await rmdir(path);
      } catch (error) {
        if (!hasCode(error, 'ENOSPC', 'EDQUOT')) throw error;
      }
    },
    add(line) {
      if (waiting >= MAX_WAITING) return false;
      const most = line.length * MAX_BYTES_OF_A_UNIT;
      if (used + most > piece.length) newPiece(most);
      used += piece.write(line, used);
      waiting++;
      return true;
    },
    space: () => Math.max(0, MAX_WAITING - waiting),
    uncommitted: () => [...spooled.values()].reduce((sum, lines) => sum + lines, waiting),
    flush: () => inTurn(flush),
    seal: () =>
      inTurn(async () => {
        batch = undefined;
      }),
    current: () => batch?.name,
    keepOnly(names) {
      const kept = new Set(names.map((name) => nameOf(name)?.batch));
      for (const name of spooled.keys()) if (!kept.has(name)) spooled.delete(name);
    },
    isOwn: (name) => nameOf(name)?.batch.startsWith(`${owner}-`) === true,
  };
}
