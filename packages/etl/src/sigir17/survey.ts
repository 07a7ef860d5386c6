import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Reject } from '@attractions/contracts';
import { EtlError } from '../errors.js';
import type { RawFile } from './find.js';
import { describeFault, judgeLine, MAX_LINE_BYTES, splitLine } from './line.js';
import type { LineFault, LineVerdict } from './line.js';
import { eachLine, readBlocks } from './lines.js';

/** How much of a line that is too long is kept in its reject. */
const KEPT_BYTES_OF_A_LONG_LINE = 1_000;

/** What one pass over the bytes of a raw file finds: everything but the values. */
export interface Survey {
  readonly file: RawFile;
  readonly bytes: number;
  /** Of the unchanged file; 64 hex digits. */
  readonly sha256: string;
  /** The fields of line 1. */
  readonly header: readonly string[];
  /** Lines that are neither the header nor blank. */
  readonly rows: number;
  readonly blank: number;
  /** The rows whose structure is broken, in order. Their values are never looked at. */
  readonly faults: readonly Reject[];
  /** The lines that a CSV reader must not see: those of `faults`, and the blank ones, which it would not count. */
  readonly hidden: ReadonlySet<number>;
  /** Whether there may be spaces around values. */
  readonly padded: boolean;
  /** False where lines are hidden or the line endings are mixed: a CSV reader needs a copy of the file. */
  readonly regular: boolean;
}

/**
 * Reads a raw file once.
 * @throws EtlError ETL_FILE_UNREADABLE, or ETL_HEADER_UNKNOWN where line 1 is not a header at all.
 */
export async function surveyFile(file: RawFile): Promise<Survey> {
  const hash = createHash('sha256');
  const faults: Reject[] = [];
  const hidden = new Set<number>();
  const endings = new Set<string>();
  let header: readonly string[] = [];
  let bytes = 0;
  let rows = 0;
  let padded = false;
  let lineNumber = 0;

  const count = (chunk: Buffer): void => {
    hash.update(chunk);
    bytes += chunk.length;
  };
  for await (const block of readBlocks(file.path, count)) {
    const wellEncoded = isUtf8(block);
    eachLine(block, lineNumber === 0, (start, end, ending) => {
      lineNumber++;
      endings.add(ending);
      if (lineNumber === 1) {
        header = readHeader(file, block.subarray(start, end));
        return;
      }
      let verdict: LineVerdict = judgeLine(block, start, end, header.length);
      if (!wellEncoded && verdict !== 'too-long' && !isUtf8(block.subarray(start, end))) verdict = 'encoding';
      if (verdict !== 'blank') rows++;
      if (verdict === 'padded') padded = true;
      if (verdict === 'regular' || verdict === 'padded') return;
      hidden.add(lineNumber);
      if (verdict !== 'blank') faults.push(fault(file, lineNumber, verdict, block.subarray(start, end), header.length));
    });
  }
  if (lineNumber === 0) throw noHeader(file, 'is empty');
  // The last line may have no ending; a CR alone at the very end is an ending that only this package takes.
  endings.delete('');
  const regular = hidden.size === 0 && endings.size <= 1 && !endings.has('\r');
  const blank = lineNumber - 1 - rows;
  return { file, bytes, sha256: hash.digest('hex'), header, rows, blank, faults, hidden, padded, regular };
}

/**
 * The names in line 1.
 * @throws EtlError ETL_HEADER_UNKNOWN where it is not a header.
 */
export function readHeader(file: RawFile, line: Buffer): readonly string[] {
  const text = line.toString('utf8');
  const header = line.length > MAX_LINE_BYTES ? [] : splitLine(text);
  const verdict = isUtf8(line) ? judgeLine(line, 0, line.length, header.length) : 'encoding';
  if (verdict === 'regular' || verdict === 'padded') return header;
  throw noHeader(file, verdict === 'blank' ? 'begins with a blank line' : 'begins with a line that is not a header');
}

function noHeader(file: RawFile, state: string): EtlError {
  return new EtlError(
    'ETL_HEADER_UNKNOWN',
    `'${file.name}' ${state}; line 1 must name the columns, separated by semicolons.`,
  );
}

function fault(file: RawFile, line: number, verdict: LineFault, bytes: Buffer, width: number): Reject {
  const text = (verdict === 'too-long' ? bytes.subarray(0, KEPT_BYTES_OF_A_LONG_LINE) : bytes).toString('utf8');
  return { file: file.name, line, column: '', reason: describeFault(verdict, text, width), text };
}

/**
 * Marks the first field of a hidden line: SUB, the control character for "substitute". No regular line can hold it,
 * since {@link judgeLine} refuses control characters.
 */
export const HIDDEN_LINE_MARK = '\x1a';

const LF = Buffer.from('\n');

/**
 * Writes a copy of a raw file that any CSV reader takes and that has its line numbers: every ending is LF, and each
 * hidden line is a row of empty fields behind {@link HIDDEN_LINE_MARK}. The header is hidden too.
 */
export async function writeRegularCopy(survey: Survey, path: string): Promise<void> {
  const substitute = Buffer.from(`${HIDDEN_LINE_MARK}${';'.repeat(survey.header.length - 1)}`);
  const copy = await open(path, 'wx');
  try {
    let lineNumber = 0;
    for await (const block of readBlocks(survey.file.path)) {
      const pieces: Buffer[] = [];
      eachLine(block, lineNumber === 0, (start, end) => {
        lineNumber++;
        const isHidden = lineNumber === 1 || survey.hidden.has(lineNumber);
        pieces.push(isHidden ? substitute : block.subarray(start, end), LF);
      });
      await copy.writeFile(Buffer.concat(pieces));
    }
  } finally {
    await copy.close();
  }
}
