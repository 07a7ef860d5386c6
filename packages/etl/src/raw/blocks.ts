import { open } from 'node:fs/promises';
import { EtlError } from '../errors.js';
import { MAX_LINE_BYTES } from './line.js';

const LF = 0x0a;
const BLOCK_BYTES = 1 << 20;

/** How much of a line without an end is kept: enough to be seen as too long. */
const KEPT_BYTES = 2 * MAX_LINE_BYTES;

/**
 * A file as blocks of whole lines: every block but the last ends with LF. A block lasts until the next one is asked for. Of a line that is far
 * too long the middle is left out, so any file fits in one buffer. `onBytes` sees the bytes as they lie in the file.
 * Throws ETL_FILE_UNREADABLE.
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
    throw new EtlError('ETL_FILE_UNREADABLE', `'${path}' cannot be read; see that it is a file you may read.`, {
      cause,
    });
  };
}
