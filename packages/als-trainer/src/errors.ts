/**
 * All errors of this package: a stable code, when it is thrown, and the exit code of a command line (2 wrong usage or configuration,
 * 3 the data was refused). A test compares the README's table with this one.
 */
export const ALS_ERRORS = {
  ALS_OPTIONS_INVALID: {
    when: 'One or more options are out of range or unknown; the message lists all of them.',
    exitCode: 2,
  },
  ALS_INTERACTIONS_EMPTY: { when: 'There is no interaction to learn from.', exitCode: 3 },
  ALS_INTERACTIONS_INVALID: {
    when: 'The interactions contradict themselves: lengths, counts, or an index out of range.',
    exitCode: 3,
  },
  ALS_VISITS_INVALID: { when: 'The visits table lacks a column that is needed, or has a null in it.', exitCode: 3 },
  ALS_WEIGHT_INVALID: { when: 'A weight is not a finite number.', exitCode: 3 },
  ALS_WARM_START_INVALID: {
    when: 'The model to start from does not fit: another rank, more rows, or a factor that is not finite.',
    exitCode: 3,
  },
  ALS_TOO_LARGE: {
    when: 'The training would not fit into the memory that a kernel can address, or the model not into what Spark keeps.',
    exitCode: 3,
  },
  ALS_DIVERGED: { when: 'The factors are no longer finite numbers.', exitCode: 3 },
  ALS_SPARK_UNFIT: { when: 'The server has no ML: it is Sail, or an Apache Spark before 4.1.', exitCode: 2 },
  ALS_SPARK_BLIND: {
    when: 'The server cannot read the files of the visits, and there are too many pairs to send them.',
    exitCode: 2,
  },
  ALS_ITEM_OUT_OF_RANGE: { when: 'An item to fold in is not one of the model.', exitCode: 3 },
} as const;

/** A stable code of this package, safe to test for. */
export type AlsErrorCode = keyof typeof ALS_ERRORS;

/** The one error this package throws. `problems` has a sentence for each thing that is wrong; `message` is all of them, one a line. */
export class AlsError extends Error {
  override readonly name = 'AlsError';
  readonly code: AlsErrorCode;
  readonly exitCode: 1 | 2 | 3;
  readonly problems: readonly string[];

  constructor(code: AlsErrorCode, problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.code = code;
    this.exitCode = ALS_ERRORS[code].exitCode;
    this.problems = problems;
  }
}
