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

/** Quotes what a `.env` reader would otherwise cut at a blank or a `#`. */
function asEnvValue(value: string): string {
  return /[\s#"'`]/.test(value) ? (value.includes("'") ? `"${value}"` : `'${value}'`) : value;
}
