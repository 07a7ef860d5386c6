const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** How a line ends: LF, CRLF, or, for the last line of a file alone, not at all or with a CR. */
export type LineEnding = '\n' | '\r\n' | '\r' | '';

/**
 * Visits the lines of a block of whole lines as `[start, end)` without their endings. A line ends with LF; a CR before
 * it, or at the very end, belongs to the ending, and any other CR to the line. At the beginning of a file
 * (`isFirst`) a byte order mark is passed over.
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
