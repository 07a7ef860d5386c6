import type { Setting } from './setting.js';

/** The sentence for a value outside its range. The value of a secret is not repeated. */
export function refusedValue(setting: Setting<unknown>, value: unknown): string {
  const shown = setting.secret ? 'set to a value that is not shown' : quote(value);
  const fault = setting.secret || typeof value !== 'string' ? undefined : setting.fault?.(value);
  const why = fault === undefined ? '' : ` (${fault})`;
  return `${setting.variable} is ${shown}${why}, but must be ${setting.range}; ${mend(setting)}.`;
}

/** The sentence for a required variable that is unset or empty. */
export function missingValue(setting: Setting<unknown>): string {
  return `${setting.variable} is not set; set it to ${setting.range}.`;
}

function quote(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function mend(setting: Setting<unknown>): string {
  if (setting.required) return 'correct it';
  if (setting.default === undefined) return 'correct it, or unset it to do without';
  return setting.secret
    ? 'correct it, or unset it for its default'
    : `correct it, or unset it for its default, ${setting.default}`;
}
