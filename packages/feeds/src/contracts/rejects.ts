/** One refused input line. */
export interface Reject {
  /** Path relative to the raw data folder. */
  readonly file: string;
  /** 1-based; the header is line 1. */
  readonly line: number;
  /** The raw header's name of the offending column; empty where the whole line is at fault. */
  readonly column: string;
  /** A sentence with the offending value. */
  readonly reason: string;
  /** The line as read, without its line ending. */
  readonly text: string;
}
