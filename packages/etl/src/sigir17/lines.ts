import { open } from 'node:fs/promises';
import { EtlError } from '../errors.js';
import { MAX_LINE_BYTES } from './line.js';

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const BLOCK_BYTES = 1 << 20;

/** How much of a line without an end is kept: enough to be seen as too long. */
const KEPT_BYTES = 2 * MAX_LINE_BYTES;

/**
 * A file as blocks of whole lines: every block but the last ends with LF. A block is valid until the next one is asked for. The
 * middle of a line that is far too long is left out, so any file fits in one buffer. `onBytes` sees the file's bytes unchanged.
 * @throws EtlError ETL_FILE_UNREADABLE.
 */
export async function* readBlocks(
  path: string,
  onBytes: (bytes: Buffer) => void = () => undefined,
): AsyncGenerator<Buffer> {
  const file = await open(path).catch(unreadable(path));
  try {
    const buffer = Buffer.allocUnsafe(BLOCK_BYTES);
    let filled = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, filled, BLOCK_BYTES - filled).catch(unreadable(path));
      if (bytesRead === 0) break;
      onBytes(buffer.subarray(filled, filled + bytesRead));
      filled += bytesRead;
      const end = buffer.subarray(0, filled).lastIndexOf(LF) + 1;
      if (end > 0) yield buffer.subarray(0, end);
      buffer.copyWithin(0, end, filled);
      filled = Math.min(filled - end, KEPT_BYTES);
    }
    if (filled > 0) yield buffer.subarray(0, filled);
  } finally {
    await file.close();
  }
}

function unreadable(path: string): (cause: unknown) => never {
  return (cause) => {
    throw new EtlError(
      'ETL_FILE_UNREADABLE',
      `'${path}' cannot be read; check that it is a file and that you may read it.`,
      {
        cause,
      },
    );
  };
}

/** How a line ends: LF, CRLF, or, for the last line of a file alone, not at all or with a CR. */
export type LineEnding = '\n' | '\r\n' | '\r' | '';

/**
 * Visits the lines of a block of whole lines as `[start, end)` without their endings. A line ends with LF; a CR before
 * it, or at the very end, belongs to the ending, and any other CR to the line. At the beginning of a file
 * (`isFirst`) a byte order mark is skipped.
 */
export function eachLine(
  block: Buffer,
  isFirst: boolean,
  visit: (start: number, end: number, ending: LineEnding) => void,
): void {
  let start = isFirst && block.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  while (start < block.length) {
    const found = block.indexOf(LF, start);
    const next = found === -1 ? block.length : found;
    const hasReturn = next > start && block[next - 1] === CR;
    visit(start, hasReturn ? next - 1 : next, ending(found !== -1, hasReturn));
    start = next + 1;
  }
}

function ending(hasFeed: boolean, hasReturn: boolean): LineEnding {
  if (hasFeed) return hasReturn ? '\r\n' : '\n';
  return hasReturn ? '\r' : '';
}
