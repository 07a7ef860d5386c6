import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';

import { PipelineError } from '../errors.js';

/** What there is to share. */
export interface Machine {
  readonly cores: number;
  readonly memoryMb: number;
}

/** How large a fleet is. */
export interface FleetSize {
  readonly workers: number;
  /** Of all processes together. */
  readonly memoryMb: number;
  /** Of one worker; above it, the worker is ended. */
  readonly workerMb: number;
}

/** Left to the process that keeps the workers. */
const FLEET_MB = 150;

/** A worker needs about 300 MB before it has read a row: two engines and their libraries. */
const LEAST_WORKER_MB = 350;

/** What a worker is given at least where nobody says how many there are to be. */
const GOOD_WORKER_MB = 500;

/**
 * Divides the machine among workers.
 *
 * @throws PipelineError PIPELINE_USAGE where the workers asked for do not fit
 */
export function sizeOf(
  asked: { readonly workers?: number | undefined; readonly memoryMb?: number | undefined },
  { cores, memoryMb: there }: Machine,
): FleetSize {
  const memoryMb = asked.memoryMb ?? Math.floor(0.75 * there);
  const fitting = Math.floor((memoryMb - FLEET_MB) / GOOD_WORKER_MB);
  const workers = asked.workers ?? Math.max(1, Math.min(cores, fitting));
  const workerMb = Math.floor((memoryMb - FLEET_MB) / workers);
  if (workerMb >= LEAST_WORKER_MB) return { workers, memoryMb, workerMb };
  const [count, needed] = [`${workers} ${workers === 1 ? 'worker' : 'workers'}`, workers * LEAST_WORKER_MB + FLEET_MB];
  throw new PipelineError(
    'PIPELINE_USAGE',
    `A fleet with ${count} needs ${needed} MB, and has ${memoryMb} MB; give it more with --memory, or fewer --workers.`,
  );
}

/** The cores and the memory that this process may use: those of its container, where it is in one. */
export function thisMachine(): Machine {
  const bytes = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return {
    cores: Math.max(1, Math.min(availableParallelism(), coresOfContainer())),
    memoryMb: Math.floor(bytes / 2 ** 20),
  };
}

/** Node 20 does not know the share of the processors that a control group may use. */
function coresOfContainer(): number {
  try {
    const [quota = 'max', period] = readFileSync('/sys/fs/cgroup/cpu.max', 'utf8').trim().split(' ');
    return quota === 'max' ? Infinity : Math.floor(Number(quota) / Number(period)) || 1;
  } catch {
    return Infinity;
  }
}

/** What a process holds in memory, in MB; undefined where the system does not tell it of other processes. */
export function residentMb(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1_024;
  } catch {
    return undefined;
  }
}
