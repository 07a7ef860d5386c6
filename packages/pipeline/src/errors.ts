/**
 * Every way this package itself fails: a stable code, when it is thrown, and the exit code (1 failed, 2 wrong usage or configuration). The packages below
 * have tables of their own. A test compares the table in the README with this one.
 */
export const PIPELINE_ERRORS = {
  PIPELINE_USAGE: { when: 'Options of a command contradict each other.', exitCode: 2 },
  PIPELINE_OTHER_VISITS: {
    when: '`--sample` is given, but the feeds hold visits of other data.',
    exitCode: 2,
  },
  PIPELINE_CONFIG_EXISTS: {
    when: 'There is a configuration file already, and `init` would hide or replace it.',
    exitCode: 2,
  },
  PIPELINE_FORGET_UNFINISHED: {
    when: 'Other runs put visitors back while they were being forgotten.',
    exitCode: 1,
  },
  PIPELINE_EXPERIMENTS_CHANGED: {
    when: 'Somebody else changed the experiments at the same time; nothing was changed by this command.',
    exitCode: 1,
  },
  PIPELINE_TENANT_DATA: {
    when: 'The raw data of a tenant are an address, and its configuration file names sources.',
    exitCode: 2,
  },
  PIPELINE_TENANT_DEADLINE: { when: 'A tenant of a fleet did not end within FLEET_DEADLINE_SECONDS.', exitCode: 1 },
  PIPELINE_TENANT_MEMORY: { when: 'A tenant of a fleet took more than the memory of one worker.', exitCode: 1 },
  PIPELINE_TENANT_LOST: { when: 'The worker of a tenant of a fleet ended while it ran.', exitCode: 1 },
  PIPELINE_NO_SUCH_FEED: {
    when: 'No feed of that name has an update; the message names those that have.',
    exitCode: 2,
  },
} as const;

/** A stable code of this package, safe to test for. */
export type PipelineErrorCode = keyof typeof PIPELINE_ERRORS;

/** The one error this package throws; `message` is a sentence with the offending value and the fix. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  readonly code: PipelineErrorCode;
  readonly exitCode: 1 | 2 | 3;

  constructor(code: PipelineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = PIPELINE_ERRORS[code].exitCode;
  }
}
