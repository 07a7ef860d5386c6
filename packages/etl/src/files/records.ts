import { open } from 'node:fs/promises';

const LF = 0x0a;
const CR = 0x0d;

/** Half a mebibyte: a line that is twice as long has a whole block of its own, however the two lie to each other. */
export const BLOCK_BYTES = 1 << 19;

/** How records are told apart. Bytes, so the text has to be in an encoding that extends ASCII. */
export interface RecordShape {
  /** The last byte of the delimiter: a quote after it opens a field. Undefined: a record is one field. */
  readonly delimiter: number | undefined;
  /** Undefined: no text is quoted, and every line is a record. */
  readonly quote: number | undefined;
}

/** Told of each record: its bytes are `[start, end)` without its ending, from the beginning of the file; its first line is `line`, from 1. */
export type VisitRecord = (start: number, end: number, line: number) => void;

/** Finds records in blocks of bytes, one block after the other. */
export interface RecordScan {
  readonly records: number;
  /** The line that comes next, from 1. */
  readonly line: number;
  /** The line of a quote that is still open. */
  readonly openSince: number | undefined;
  /** Whether a record goes over several lines. */
  readonly hasBreaks: boolean;
  scan(block: Uint8Array): void;
  /** The file has ended: what has no ending is a record too. */
  end(): void;
}

/**
 * Scans by RFC 4180: a record ends with LF or CRLF outside of quotes, a quote opens at the beginning of a field only. Blank lines are no
 * records.
 */
export function scanRecords({ delimiter = -1, quote = -1 }: RecordShape, visit?: VisitRecord): RecordScan {
  let [records, offset, start, line, startLine] = [0, 0, 0, 1, 1];
  let quoted = false;
  let quotedLine = 0;
  let previous = LF;
  let closed = false;
  let hasBreaks = false;

  function finish(end: number): void {
    if (end === start) return;
    records++;
    visit?.(start, end, startLine);
  }

  return {
    get records() {
      return records;
    },
    get line() {
      return line;
    },
    get openSince() {
      return quoted ? quotedLine : undefined;
    },
    get hasBreaks() {
      return hasBreaks;
    },
    scan(block) {
      const isPlain = visit === undefined && !quoted && start === offset && block.at(-1) === LF;
      const lines = isPlain && (quote < 0 || !block.includes(quote)) ? linesIn(block) : undefined;
      if (lines !== undefined) {
        [records, line, startLine, previous] = [records + lines, line + lines, line + lines, LF];
        offset += block.length;
        start = offset;
        return;
      }
      for (let i = 0; i < block.length; i++) {
        const byte = block[i] ?? 0;
        if (byte === LF) {
          line++;
          hasBreaks ||= quoted;
          if (!quoted) {
            finish(offset + i - (previous === CR && offset + i > start ? 1 : 0));
            start = offset + i + 1;
            startLine = line;
          }
        } else if (byte === quote) {
          if (quoted) {
            quoted = false;
            closed = true;
          } else if (
            previous === delimiter ||
            (previous === LF && start === offset + i) ||
            (previous === quote && closed)
          ) {
            quoted = true;
            quotedLine = line;
            closed = false;
          }
        }
        previous = byte;
      }
      offset += block.length;
    },
    end() {
      if (start < offset) finish(offset - (previous === CR ? 1 : 0));
    },
  };
}

/** Lines of a block that ends with one; undefined where some are blank. Most blocks have neither quotes nor blank lines. */
function linesIn(block: Uint8Array): number | undefined {
  let count = 0;
  for (let begin = 0; begin < block.length; begin = block.indexOf(LF, begin) + 1) {
    if (block[begin] === LF || block[begin] === CR) return undefined;
    count++;
  }
  return count;
}

/** A record as it stands in its file. */
export interface FoundRecord {
  readonly line: number;
  readonly text: string;
}

/** How much of a record is kept in its reject, in bytes. */
const KEPT_BYTES = 2_000;

/** What to look for in a file. */
export interface Wanted {
  /** Records by their place among those that do not begin at an offset of `faults`, from 0; where a record is one field, lines from 0. */
  readonly places: ReadonlySet<number>;
  /** Offsets of records, in bytes. */
  readonly faults: ReadonlySet<number>;
  /** No record behind this offset is looked for. */
  readonly limit?: number;
}

/** Finds records of a file by one pass over its bytes, up to the last one that is wanted. */
export async function findRecords(
  path: string,
  shape: RecordShape,
  { places, faults, limit = Infinity }: Wanted,
): Promise<{ readonly places: ReadonlyMap<number, FoundRecord>; readonly faults: ReadonlyMap<number, FoundRecord> }> {
  const spans: { readonly key: number; readonly isFault: boolean; start: number; end: number; line: number }[] = [];
  let place = 0;
  let isOver = false;
  const scan = scanRecords(shape, (start, end, line) => {
    const isFault = faults.has(start);
    const nth = isFault ? 0 : place++;
    const key = isFault ? start : shape.delimiter === undefined ? line - 1 : nth;
    if (start > limit) isOver = true;
    else if (isFault || places.has(key)) spans.push({ key, isFault, start, end, line });
  });
  const found = { places: new Map<number, FoundRecord>(), faults: new Map<number, FoundRecord>() };
  const file = await open(path);
  try {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    while (!isOver && spans.length < places.size + faults.size) {
      const { bytesRead } = await file.read(block, 0, BLOCK_BYTES);
      if (bytesRead === 0) {
        scan.end();
        break;
      }
      scan.scan(block.subarray(0, bytesRead));
    }
    for (const { key, isFault, start, end, line } of spans) {
      const kept = Buffer.alloc(Math.min(end - start, KEPT_BYTES));
      await file.read(kept, 0, kept.length, start);
      found[isFault ? 'faults' : 'places'].set(key, { line, text: kept.toString('utf8') });
    }
  } finally {
    await file.close();
  }
  return found;
}
