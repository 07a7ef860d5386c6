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
    const code = systemErrorCode(cause);
    if (code === 'ENOENT') return '';
    const problem = `'${path}' cannot be read (${code}); make it a readable file or remove it.`;
    throw new ConfigError('CONFIG_FILE_UNREADABLE', [problem], { cause });
  }
}

/** By shape, not `instanceof`: under Jest the file system's errors come from another realm. */
function systemErrorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : error;
}
