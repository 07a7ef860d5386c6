/** A Node command that is killed (SIGKILL) at a random moment, or at one of its system calls. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** Kills the command so many milliseconds after its start; whether that hit it before it ended. */
export async function killedAfter(ms, argv, env) {
  const child = spawn(process.execPath, argv, { env, stdio: 'ignore' });
  const exit = once(child, 'exit');
  await Promise.race([delay(ms), exit]);
  child.kill('SIGKILL');
  return (await exit)[1] === 'SIGKILL';
}

// Not `write`: most of these only wake a thread. A file is written between the call that makes it and its fsync, which random moments hit.
const CALLS = 'fsync,link,linkat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat';

/**
 * Kills the command at its `n`-th call that syncs, links, renames, removes or makes a folder; whether it made so many. Needs Linux and strace.
 * @throws where the command fails by itself
 */
export function killedAtCall(n, argv, env) {
  const inject = `inject=${CALLS}:signal=SIGKILL:when=${n}`;
  const options = ['-f', '-o', '/dev/null', '-e', `trace=${CALLS}`, '-e', inject];
  const traced = spawnSync('strace', [...options, process.execPath, ...argv], { env, encoding: 'utf8' });
  if (traced.signal === 'SIGKILL') return true;
  if (traced.status === 0) return false;
  const { error, status, stderr } = traced;
  throw error ?? new Error(`${argv.join(' ')}: exit ${status}: ${stderr}`);
}
