/** Every way this package refuses: a stable code and what it means. The README's table is held to this one by a test. */
export const ALS_ERRORS = {
  ALS_OPTIONS_INVALID: 'One or more options are out of range or unknown; the message lists all of them.',
  ALS_INTERACTIONS_EMPTY: 'There is no interaction to learn from.',
  ALS_INTERACTIONS_INVALID: 'The interactions contradict themselves: lengths, counts, or an index out of range.',
  ALS_VISITS_INVALID: 'The visits table lacks a column that is needed, or has a null in it.',
  ALS_WEIGHT_INVALID: 'A weight is not a finite number.',
  ALS_WARM_START_INVALID:
    'The model to start from does not fit: another rank, more rows, or a factor that is not finite.',
  ALS_TOO_LARGE: 'The training would not fit into the memory that a kernel can address.',
  ALS_DIVERGED: 'The factors are no longer finite numbers.',
  ALS_ITEM_OUT_OF_RANGE: 'An item to fold in is not one of the model.',
} as const;

/** A stable code of this package, safe to test for. */
export type AlsErrorCode = keyof typeof ALS_ERRORS;

/** An input or a setting that the trainer refuses. `problems` has one sentence for each thing found wrong. */
export class AlsError extends Error {
  override readonly name = 'AlsError';
  readonly code: AlsErrorCode;
  readonly problems: readonly string[];
  /** For a command line: 2 for wrong options, 3 for data that is refused. */
  readonly exitCode: number;

  constructor(code: AlsErrorCode, problems: readonly string[]) {
    super(problems.join('\n'));
    this.code = code;
    this.problems = problems;
    this.exitCode = code === 'ALS_OPTIONS_INVALID' ? 2 : 3;
  }
}
