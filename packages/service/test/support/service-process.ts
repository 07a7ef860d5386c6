import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** The built service as a process of its own. */
export interface ServiceProcess {
  readonly url: string;
  /** As it is seen from here. */
  readonly pid: number;
  /** Sends a signal to the service itself. */
  kill(signal: NodeJS.Signals): void;
  /** Sends it, and settles when the process has ended. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<unknown>;
}

/**
 * Starts the built service on the feeds in a folder, on a free port.
 * @param isolation what {@link isolation} gives, for a PID namespace in which the service is process 1, as in a container
 */
export async function startProcess(
  folder: string,
  settings: Readonly<Record<string, string>>,
  isolation: readonly string[] = [],
): Promise<ServiceProcess> {
  const env = { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'warn', FEEDS_ROOT: folder, PORT: '0', ...settings };
  const [program = '', ...args] = [...isolation, process.execPath, cli, '--json'];
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const line = await Promise.race([once(child.stdout, 'data').then(String), closed.then(() => undefined)]);
  if (line === undefined) throw new Error('The service ended before it listened; its log is above.');
  const { url } = JSON.parse(line) as { url: string };
  const pid = isolation.length === 0 ? Number(child.pid) : childOf(Number(child.pid));
  const kill = (signal: NodeJS.Signals) => void process.kill(pid, signal);
  return { url, pid, kill, end: (signal) => (kill(signal), closed) };
}

const NAMESPACE = ['--pid', '--fork', '--mount-proc', '--kill-child'];

/** A command that runs another in a PID namespace of its own: as root, or else as root of a user namespace; undefined where the system allows neither. */
export function isolation(): readonly string[] | undefined {
  return [NAMESPACE, ['--user', '--map-root-user', ...NAMESPACE]].map((flags) => ['unshare', ...flags]).find(works);
}

function works([program = '', ...args]: readonly string[]): boolean {
  try {
    return execFileSync(program, [...args, 'sh', '-c', 'echo $$'], { encoding: 'utf8', stdio: 'pipe' }) === '1\n';
  } catch {
    return false;
  }
}

/** `unshare` stays outside; the service is its only child. */
function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
}
