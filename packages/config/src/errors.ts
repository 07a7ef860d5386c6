/**
 * Every way this package fails: a stable code, when it is thrown, and what a command line exits with (2 wrong usage or configuration). A test compares the
 * table in the README with this one.
 */
export const CONFIG_ERRORS = {
  CONFIG_INVALID: {
    when: 'One or more variables are missing or hold a value outside their range; all of them are named at once.',
    exitCode: 2,
  },
  CONFIG_SETTING_INVALID: {
    when: 'A setting is declared wrongly in code: a bad variable name, or a default outside the range.',
    exitCode: 2,
  },
  CONFIG_FILE_UNREADABLE: { when: 'The .env file exists but cannot be read.', exitCode: 2 },
  CONFIG_FILE_MISSING: { when: 'The file of `--config`, or the file of tenants, does not exist.', exitCode: 2 },
  CONFIG_FILE_BROKEN: {
    when: 'The configuration file, or the file of tenants, cannot be loaded: its syntax is wrong, an import fails, or it exports no object.',
    exitCode: 2,
  },
  CONFIG_FILE_INVALID: {
    when: 'The configuration file, or the file of tenants, has unknown keys or wrong values; all of them are named at once.',
    exitCode: 2,
  },
} as const;

/** A stable code of this package, safe to test for. */
export type ConfigErrorCode = keyof typeof CONFIG_ERRORS;

/**
 * The one error this package throws. `problems` has a sentence for each thing that is wrong, with the offending value and the fix; `message` is the text of
 * all of them.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code: ConfigErrorCode;
  readonly exitCode: 1 | 2 | 3;
  readonly problems: readonly string[];

  constructor(code: ConfigErrorCode, problems: readonly string[], options?: ErrorOptions) {
    super(problems.length === 1 ? problems[0] : `${problems.length} problems:\n- ${problems.join('\n- ')}`, options);
    this.code = code;
    this.exitCode = CONFIG_ERRORS[code].exitCode;
    this.problems = Object.freeze([...problems]);
  }
}
