import { readFileSync } from 'node:fs';

/**
 * The name of this process's folder in the spool: its id and when it started, so that a later process of the same id is another one. Only
 * processes that see each other may share a spool: those of one machine, or of one container.
 */
export function ownFolder(): string {
  return `${process.pid}-${startOf(process.pid) ?? 'unknown'}`;
}

/** Whether the process that a folder belongs to has ended; never for a name that no process gave. */
export function isAbandoned(folder: string): boolean {
  const [, pid, start] = /^(\d+)-(\d+|unknown)$/.exec(folder) ?? [];
  if (pid === undefined) return false;
  return isAlive(Number(pid)) ? start !== (startOf(Number(pid)) ?? 'unknown') : true;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be signalled, but lives.
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM';
  }
}

/** When a process started, in ticks since the machine did; known on Linux only. */
function startOf(pid: number): string | undefined {
  try {
    // The name of the program stands in brackets and may hold anything; the 20th field after it is the start.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
