/**
 * Every way this package fails: a stable code, and when it is thrown in one sentence.
 * The README's table is held to this one by a test.
 */
export const CONFIG_ERRORS = {
  CONFIG_INVALID:
    'One or more variables are missing or hold a value outside their range; all of them are named at once.',
  CONFIG_SETTING_INVALID: 'A setting is declared wrongly in code: a bad variable name, or a default outside the range.',
  CONFIG_FILE_UNREADABLE: 'The .env file exists but cannot be read.',
} as const;

/** A stable code of this package, safe to test for. */
export type ConfigErrorCode = keyof typeof CONFIG_ERRORS;

/**
 * The one error this package throws. `problems` holds a sentence for each thing that is wrong, with the offending
 * value and the mend; `message` is the same for a person to read. A command line exits with `exitCode`.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code: ConfigErrorCode;
  readonly exitCode = 2;
  readonly problems: readonly string[];

  constructor(code: ConfigErrorCode, problems: readonly string[], options?: ErrorOptions) {
    super(problems.length === 1 ? problems[0] : `${problems.length} problems:\n- ${problems.join('\n- ')}`, options);
    this.code = code;
    this.problems = Object.freeze([...problems]);
  }
}
