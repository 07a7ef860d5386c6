import type { Setting, Settings } from './setting.js';

/**
 * The settings as a section of a `.env.example`: for each its description, range and default as comments, then the
 * variable itself, commented out unless it is required. Ends with a newline.
 */
export function describeSettings(settings: Settings): string {
  return Object.values(settings).map(describeOne).join('\n');
}

function describeOne(setting: Setting<unknown>): string {
  const { variable, description, range, required } = setting;
  const value = setting.default === undefined || setting.secret ? '' : asEnvValue(String(setting.default));
  const presence = required ? 'Required.' : value === '' ? 'Optional.' : `Default: ${value}.`;
  const line = `${required ? '' : '# '}${variable}=${value}`;
  return `# ${description}\n# ${range[0]?.toUpperCase()}${range.slice(1)}. ${presence}\n${line}\n`;
}

/** Quotes what a `.env` reader would otherwise cut at a blank or a `#`. */
function asEnvValue(value: string): string {
  return /[\s#"'`]/.test(value) ? (value.includes("'") ? `"${value}"` : `'${value}'`) : value;
}
