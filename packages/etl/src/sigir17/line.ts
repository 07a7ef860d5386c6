/**
 * The longest line taken, in bytes and without its ending. The real lines have about 70; a line a thousand times as long
 * is not a record but a file of another kind, and 64 KiB keeps every buffer small.
 */
export const MAX_LINE_BYTES = 65_536;

/** What is wrong with the structure of a line, whatever its values. */
export type LineFault = 'too-long' | 'encoding' | 'control' | 'quotes' | 'fields' | 'all-empty';

/** Blank: nothing but spaces and tabs. Padded: regular, and maybe with spaces around a value, which a reader has to trim. */
export type LineVerdict = 'regular' | 'padded' | 'blank' | LineFault;

const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const SEMICOLON = 0x3b;
const DELETE = 0x7f;

/** Where the scan is within a field. */
const START = 0;
const PLAIN = 1;
const QUOTED = 2;
const CLOSED = 3;

/**
 * Judges the structure of the line in `bytes[start, end)`, its ending excluded: `width` fields separated by `;`, a field
 * either without quotes or wholly in them with inner quotes doubled (RFC 4180), no control character but the tab.
 * A quoted field cannot span lines: one line is one record, so every line can be accounted for.
 * Whether the bytes are UTF-8 is judged by the caller, a block at a time.
 */
export function judgeLine(bytes: Uint8Array, start: number, end: number, width: number): LineVerdict {
  if (end - start > MAX_LINE_BYTES) return 'too-long';
  let fields = 1;
  let state = START;
  let blank = true;
  let hasValue = false;
  let padded = false;
  let previous = SEMICOLON;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === SPACE || byte === TAB) {
      if (state === CLOSED) return 'quotes';
      if (state === START) state = PLAIN;
      if (previous === SEMICOLON || previous === QUOTE) padded = true;
    } else if (byte === SEMICOLON || byte === QUOTE) {
      if (previous === SPACE) padded = true;
      blank = false;
      if (state === QUOTED) {
        if (byte === QUOTE) state = CLOSED;
        else hasValue = true;
      } else if (byte === SEMICOLON) {
        fields++;
        state = START;
      } else {
        if (state === PLAIN) return 'quotes';
        if (state === CLOSED) hasValue = true;
        state = QUOTED;
      }
    } else if (byte < SPACE || byte === DELETE) {
      return 'control';
    } else {
      if (state === CLOSED) return 'quotes';
      if (state === START) state = PLAIN;
      blank = false;
      hasValue = true;
    }
    previous = byte;
  }
  if (blank) return 'blank';
  if (state === QUOTED) return 'quotes';
  if (fields !== width) return 'fields';
  if (!hasValue) return 'all-empty';
  return padded || previous === SPACE ? 'padded' : 'regular';
}

/** The values of a line that {@link judgeLine} found regular: unquoted, and without spaces around them. */
export function splitLine(line: string): string[] {
  return [...`;${line}`.matchAll(/;(?:"((?:[^"]|"")*)"|([^;]*))/g)].map(([, quoted, plain]) =>
    (quoted?.replaceAll('""', '"') ?? plain ?? '').trim(),
  );
}

/** The sentence of a fault; `text` is the line. */
export function describeFault(fault: LineFault, text: string, width: number): string {
  switch (fault) {
    case 'too-long':
      return `The line is longer than ${MAX_LINE_BYTES} bytes; only its beginning is kept here.`;
    case 'encoding':
      return 'The line is not UTF-8; its broken bytes are shown as U+FFFD.';
    case 'control':
      return `The line holds the control character ${controlCharacter(text)}.`;
    case 'quotes':
      return 'A quote is never closed, or stands beside other text in its field.';
    case 'fields':
      return `The line has ${fieldCount(text)} fields, but the header has ${width}.`;
    case 'all-empty':
      return 'Every field is empty.';
  }
}

function controlCharacter(text: string): string {
  const found = [...text].find((char) => (char < ' ' && char !== '\t') || char === '\x7f') ?? '';
  return `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function fieldCount(text: string): number {
  return [...`;${text}`.matchAll(/;(?:"(?:[^"]|"")*"|[^;]*)/g)].length;
}
