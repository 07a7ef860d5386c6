import type { Setting, Settings } from './setting.js';

/**
 * The settings as a section of a `.env.example`: for each its description, range and default as comments, then the
 * variable itself, commented out unless it is required. Ends with a newline.
 */
export function describeSettings(settings: Settings): string {
  return Object.values(settings).map(describeOne).join('\n');
}

function describeOne(setting: Setting<unknown>): string {
  const { variable, description, range, required, secret } = setting;
  const preset = setting.default === undefined || secret ? '' : asEnvValue(String(setting.default));
  const line = `${required ? '' : '# '}${variable}=${preset}`;
  return `# ${description}\n# ${range.charAt(0).toUpperCase()}${range.slice(1)}. ${presence(setting, preset)}\n${line}\n`;
}

function presence(setting: Setting<unknown>, preset: string): string {
  if (setting.required) return 'Required.';
  if (setting.default === undefined) return 'Optional.';
  return `Default: ${setting.secret ? 'not shown' : preset}.`;
}

/** Quotes a value that a `.env` reader would otherwise cut at a blank or a `#`. */
function asEnvValue(value: string): string {
  return /[\s#"'`]/.test(value) ? (value.includes("'") ? `"${value}"` : `'${value}'`) : value;
}

/** The sentence for a value outside its range. The value of a secret is not repeated. */
export function refusedValue(setting: Setting<unknown>, value: unknown): string {
  const shown = setting.secret ? 'set to a value that is not shown' : quote(value);
  const fault = setting.secret || typeof value !== 'string' ? undefined : setting.fault?.(value);
  const why = fault === undefined ? '' : ` (${fault})`;
  return `${setting.variable} is ${shown}${why}, but must be ${setting.range}; ${fixFor(setting)}.`;
}

/** The sentence for a required variable that is unset or empty. */
export function missingValue(setting: Setting<unknown>): string {
  return `${setting.variable} is not set; set it to ${setting.range}.`;
}

function quote(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function fixFor(setting: Setting<unknown>): string {
  if (setting.required) return 'correct it';
  if (setting.default === undefined) return 'correct it, or unset it to do without';
  return setting.secret
    ? 'correct it, or unset it for its default'
    : `correct it, or unset it for its default, ${setting.default}`;
}
