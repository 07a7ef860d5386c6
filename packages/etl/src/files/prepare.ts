import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Reject } from '@attractions/contracts';
import type { FoundFile } from './found.js';
import { broken, openText, unchanged } from './open.js';
import { scanRecords } from './records.js';
import type { RecordShape } from './records.js';

/** A longer line is refused: it is not a record but a file of another kind, and engines lose such lines without a word. */
export const MAX_LINE_BYTES = 1 << 20;

/** How much of a line that is too long is kept. */
const KEPT_BYTES = 1_000;

/** What a pass over the bytes of a text file finds. No value is looked at, and nothing is kept of a row. */
interface Survey {
  /** Of the unchanged file. */
  readonly bytes: number;
  /** Of the unchanged file; 64 hex digits. */
  readonly sha256: string;
  /** Records by RFC 4180, the header included. Counted apart from the engine: what it reads is held to it. */
  readonly records: number;
  /** Whether every byte is UTF-8. */
  readonly isUtf8: boolean;
  readonly hasNul: boolean;
  /** Whether there may be spaces around values. */
  readonly isPadded: boolean;
  /** Whether a record goes over several lines. */
  readonly hasBreaks: boolean;
  /** Lines that are too long; they are blank in a copy. */
  readonly faults: readonly Reject[];
}

/** A text file that an engine may read. */
export interface PreparedFile extends FoundFile, Survey {
  /** What an engine reads: the file itself, or a copy in UTF-8 with LF that has the same lines. Bytes that are not UTF-8 are U+FFFD there. */
  readonly readable: string;
  /** Throws ETL_FILE_CHANGED where the file is not what it was when it was prepared. */
  confirm(): Promise<void>;
}

/** How a text file is prepared. */
export interface PrepareOptions {
  /** A label of the WHATWG Encoding Standard; default: `utf-8`. A byte order mark is believed first. */
  readonly encoding?: string | undefined;
  readonly shape: RecordShape;
  /** Where a copy is written. */
  copyPath(): Promise<string>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a text file once: its hash, encoding and structure. One that an engine would read wrongly is copied: compressed files, other
 * encodings, a byte order mark, broken UTF-8, mixed line endings, lines that are too long.
 * @throws EtlError ETL_FILE_UNREADABLE, ETL_FILE_BROKEN or ETL_FILE_CHANGED.
 */
export async function prepareFile(file: FoundFile, options: PrepareOptions): Promise<PreparedFile> {
  const confirm = await unchanged(file);
  const { isMade } = await openText(file, options.encoding);
  let copy = isMade ? await options.copyPath() : undefined;
  let found = await survey(file, options, copy);
  if (copy === undefined && found.isIrregular) {
    copy = await options.copyPath();
    found = await survey(file, options, copy);
  }
  await confirm();
  if (found.openSince !== undefined)
    throw broken(
      file,
      `has a quote in line ${found.openSince} that is never closed, so all that follows is lost; fix it, or set \`quote\` to '' where quotes mean nothing`,
    );
  return { ...file, ...found, readable: copy ?? file.path, confirm };
}

async function survey(file: FoundFile, { encoding, shape, signal }: PrepareOptions, copyPath: string | undefined) {
  const hash = createHash('sha256');
  const scan = scanRecords(shape);
  const endings = new Set<string>();
  const padding = paddings(shape);
  const faults: Reject[] = [];
  const found = { bytes: 0, isUtf8: true, hasNul: false, isPadded: false };
  const { text } = await openText(file, encoding, (chunk) => {
    hash.update(chunk);
    found.bytes += chunk.length;
  });
  const refuse = (begin: Buffer): void => {
    const reason = `The line is longer than ${MAX_LINE_BYTES} bytes; only its beginning is kept here.`;
    faults.push({ file: file.name, line: scan.line, column: '', reason, text: begin.toString('utf8', 0, KEPT_BYTES) });
  };
  const copy = copyPath === undefined ? undefined : await open(copyPath, 'w');
  try {
    for await (const given of wholeLines(text, refuse)) {
      signal?.throwIfAborted();
      const lines = copy && !isUtf8(given) ? Buffer.from(given.toString('utf8')) : given;
      found.hasNul ||= lines.includes(0);
      found.isUtf8 &&= isUtf8(given);
      found.isPadded ||=
        (lines.includes(' ') || lines.includes('\t')) && padding.some((pattern) => lines.includes(pattern));
      const regular = copy ? withLineFeeds(lines) : lines;
      for (const ending of copy ? [] : endingsIn(lines)) endings.add(ending);
      scan.scan(regular);
      await copy?.writeFile(regular);
    }
  } finally {
    await copy?.close();
  }
  scan.end();
  const isIrregular = endings.size > 1 || endings.has('cr') || faults.length > 0 || !found.isUtf8;
  const { records, openSince, hasBreaks } = scan;
  return { ...found, sha256: hash.digest('hex'), records, openSince, hasBreaks, faults, isIrregular };
}

/** The text in blocks of whole lines. A line that is too long is given to `refuse` as its beginning, and left out but for its ending. */
async function* wholeLines(text: AsyncIterable<Buffer>, refuse: (begin: Buffer) => void): AsyncGenerator<Buffer> {
  let tail: readonly Buffer[] = [];
  let length = 0;
  for await (const chunk of text) {
    const last = chunk.lastIndexOf(0x0a) + 1;
    if (last === 0) {
      if (length <= MAX_LINE_BYTES) tail = [...tail, chunk];
      length += chunk.length;
      continue;
    }
    const first = chunk.indexOf(0x0a);
    if (length + first > MAX_LINE_BYTES) {
      refuse(Buffer.concat([...tail, chunk.subarray(0, first)]));
      yield chunk.subarray(first, last);
    } else {
      yield length === 0 ? chunk.subarray(0, last) : Buffer.concat([...tail, chunk.subarray(0, last)]);
    }
    tail = [chunk.subarray(last)];
    length = chunk.length - last;
  }
  if (length > MAX_LINE_BYTES) refuse(Buffer.concat(tail));
  else if (length > 0) yield Buffer.concat(tail);
}

/** Looked for in a whole block at a time. */
function endingsIn(block: Buffer): readonly ('lf' | 'crlf' | 'cr')[] {
  if (!block.includes(0x0d)) return block.includes(0x0a) ? ['lf'] : [];
  const text = block.toString('latin1');
  const kinds = [
    ['cr', /\r(?!\n)/],
    ['crlf', /\r\n/],
    ['lf', /(?<!\r)\n/],
  ] as const;
  return kinds.flatMap(([kind, pattern]) => (pattern.test(text) ? [kind] : []));
}

function withLineFeeds(block: Buffer): Buffer {
  return block.includes(0x0d) ? Buffer.from(block.toString('latin1').replace(/\r\n?/g, '\n'), 'latin1') : block;
}

/** What is in a file where a value has spaces around it. */
function paddings({ delimiter }: RecordShape): readonly string[] {
  if (delimiter === undefined) return [];
  const sign = String.fromCharCode(delimiter);
  return [`${sign} `, ` ${sign}`, '\n ', ' \n', ' \r', ...(sign === '\t' ? [] : [`${sign}\t`, `\t${sign}`])];
}
