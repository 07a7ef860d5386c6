import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError } from './errors.js';

/**
 * Fills `env` (default: the process environment) from a `.env` file; what is set already stays. An absent file is no
 * problem. For the edge of an app, before `readConfig`. Throws CONFIG_FILE_UNREADABLE where the file is there but
 * cannot be read.
 */
export function loadDotEnv(path = '.env', env: Record<string, string | undefined> = process.env): void {
  for (const [variable, value] of Object.entries(parseEnv(readIfPresent(path)))) {
    env[variable] ??= value;
  }
}

function readIfPresent(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(
      'CONFIG_FILE_UNREADABLE',
      [`'${path}' cannot be read (${why}); make it a readable file or remove it.`],
      { cause },
    );
  }
}
