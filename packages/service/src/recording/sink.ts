import type { FeedStore, Producer } from '@attractions/feeds';

/** A feed that rows reach through a spool: what its lines mean, and how they are put. */
export interface Sink<R> {
  /** The row of a line, which may still break the contract of the feed; or a text that says why the line is not a row. */
  rowOf(line: string): R | string;
  /** Why the feed refuses a row; undefined where it takes it. */
  problem(row: R): string | undefined;
  /**
   * Puts the rows of a batch as one update, unless there are none. Putting a batch again adds nothing.
   * @param chunks reads the rows of the batch from the spool; may be called again
   */
  put(store: FeedStore, chunks: () => AsyncGenerator<readonly R[]>, run: BatchRun): Promise<Added>;
}

/** Who puts a batch, and its name. */
interface BatchRun {
  readonly producer: Producer;
  readonly runId: string;
}

/** What became of the rows of a batch. */
export interface Added {
  /** Rows that this put has added. */
  readonly committed: number;
  /** Rows that the feed has already. */
  readonly known: number;
}
