import { csv } from '@attractions/feeds';
import { int32, schemaOf, text } from '@attractions/feeds';
import type { Columns } from '@attractions/feeds';
import type { FeedContract } from '@attractions/feeds';

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

const columns: Columns<Reject> = {
  file: text('file', 'Path relative to the raw data folder.'),
  line: int32('line', '1-based; the header is line 1.', [1, 2 ** 31 - 1]),
  column: text('column', "The raw header's name of the offending column; empty where the whole line is at fault."),
  reason: text('reason', 'A sentence with the offending value.'),
  text: text('text', 'The line as read, without its line ending.'),
};

/** The input lines that were refused, so that none is lost silently. One row is one line. CSV with a header. */
export const rejects: FeedContract<readonly Reject[]> = {
  path: 'etl/rejects/v1.0',
  description: 'Refused input lines, each with its reason.',
  schema: schemaOf(columns),
  codec: csv(columns),
};
