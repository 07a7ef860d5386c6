/**
 * Every way this package itself fails; the packages below have tables of their own.
 * The README's table is held to this one by a test.
 */
export const PIPELINE_ERRORS = {
  PIPELINE_USAGE: 'Options of a command contradict each other.',
  PIPELINE_OTHER_VISITS: 'The sample data are asked for, and the feeds hold visits of other data.',
  PIPELINE_CONFIG_EXISTS: 'A configuration file is there already, and `init` would hide or replace it.',
  PIPELINE_FORGET_UNFINISHED: 'Other runs put visitors back while they were being forgotten.',
  PIPELINE_NO_SUCH_FEED: 'No feed of that name has an update; the message names those that have.',
} as const;

/** A stable code of this package, safe to test for. */
export type PipelineErrorCode = keyof typeof PIPELINE_ERRORS;

/** The one error this package throws. The message is a sentence with the offending value and the mend. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  readonly code: PipelineErrorCode;
  readonly exitCode: 1 | 2;

  constructor(code: PipelineErrorCode, message: string) {
    super(message);
    this.code = code;
    this.exitCode = code === 'PIPELINE_FORGET_UNFINISHED' ? 1 : 2;
  }
}
