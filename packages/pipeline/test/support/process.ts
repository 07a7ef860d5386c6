import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';

import { PROGRAM } from './paths.js';

/** Settings that train quickly. */
const QUICK = { ALS_RANK: '4', ALS_ITERATIONS: '3', TRAIN_THREADS: '1', LOG_LEVEL: 'warn', FORCE_COLOR: '0' };

type Variables = Readonly<Record<string, string>>;

const environment = (env: Variables) => ({ PATH: process.env['PATH'] ?? '', ...QUICK, ...env });

/** Runs the built command line as a process of its own, as a user does. Never throws. */
export function attractionsIn(
  cwd: string,
  argv: readonly string[],
  env: Variables = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const options = { cwd, env: environment(env), maxBuffer: 1 << 26 };
    execFile(process.execPath, [PROGRAM, ...argv], options, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** The document that a command prints with `--json`. Throws where it does not end with 0. */
export async function documentOf(
  cwd: string,
  argv: readonly string[],
  env: Variables,
): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await attractionsIn(cwd, [...argv, '--json'], env);
  if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${exitCode}: ${stderr}${stdout}`);
  return JSON.parse(stdout);
}

/** Starts the built service, asks it, and ends it by a signal: SIGKILL ends it at once. */
export async function servedIn<T>(
  cwd: string,
  env: Variables,
  ask: (url: string) => Promise<T>,
  signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM',
): Promise<T> {
  const all = { ...environment(env), PORT: '0', MAX_DELAY_MS: '60000' };
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
  const service = spawn(process.execPath, [PROGRAM, 'serve', '--json'], { cwd, env: all, stdio });
  const ended = once(service, 'close');
  try {
    const [line] = await once(service.stdout, 'data');
    return await ask(JSON.parse(String(line)).url);
  } finally {
    service.kill(signal);
    await ended;
  }
}
