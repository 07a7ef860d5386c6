import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../bin/attractions.js', import.meta.url));

/** Settings that train quickly. */
const QUICK = { ALS_RANK: '4', ALS_ITERATIONS: '3', TRAIN_THREADS: '1', LOG_LEVEL: 'warn', FORCE_COLOR: '0' };

/** Runs the built command line as a process of its own, as a user does. Never throws. */
export function attractionsIn(
  cwd: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const all = { PATH: process.env['PATH'] ?? '', ...QUICK, ...env };
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...argv], { cwd, env: all, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}
