import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { PipelineErrorCode } from '../errors.js';
import { residentMb } from './size.js';
import type { FleetBase, FromWorker, ToWorker, Turn, TurnResult } from './turn.js';

/** A place for one process at a time, which is started at its first turn, and again whenever it was ended. */
export interface FleetWorker {
  /** The id of its process, which is started if it does not run. */
  start(): Promise<number>;
  /** Runs a tenant; never throws. */
  run(turn: Turn): Promise<TurnResult>;
  /** Lets the running turn end early. */
  stop(reason: string): void;
  close(): Promise<void>;
}

/** What a worker may take. */
export interface WorkerLimits {
  readonly workerMb: number;
  readonly deadlineSeconds: number;
}

/** Memory is looked at so often. */
const LOOK_MS = 100;

/** So long a turn has to end by itself when it is told to. */
const GRACE_MS = 3_000;

/** A process that holds more than this share of its memory after a turn makes room for a new one: what one tenant left behind must not end the next one. */
const FULL_SHARE = 0.75;

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));

/**
 * Opens a place for a worker. The process is ended, and the turn fails, where it takes more memory or time than it may.
 *
 * @param onMemory told what the process holds, in MB; 0 when it has ended
 */
export function openWorker(base: FleetBase, limits: WorkerLimits, onMemory: (mb: number) => void): FleetWorker {
  const { workerMb, deadlineSeconds } = limits;
  let child: ChildProcess | undefined;
  let ready: Promise<number> | undefined;
  /** Why the process is being ended. */
  let ended: { readonly code: PipelineErrorCode; readonly message: string } | undefined;

  const send = (message: ToWorker): void => void (child?.connected && child.send(message, () => undefined));

  function begin(): Promise<number> {
    ended = undefined;
    const started = fork(WORKER, {
      // The rest is for what is not on V8's heap: the engine, factors, files.
      execArgv: [...process.execArgv, `--max-old-space-size=${Math.floor(0.6 * workerMb)}`],
      // With an arena for each thread, the allocator of glibc holds a third more.
      env: { MALLOC_ARENA_MAX: '2', ...process.env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child = started;
    const looking = setInterval(() => look(started), LOOK_MS);
    started.once('exit', () => {
      clearInterval(looking);
      onMemory(0);
      if (child === started) [child, ready] = [undefined, undefined];
    });
    send({ base });
    return new Promise((resolve, reject) => {
      started.once('message', () => resolve(started.pid as number));
      started.once('error', (error) => {
        [child, ready] = [undefined, undefined];
        reject(error);
      });
      started.once('exit', (code, signal) =>
        reject(new Error(`A worker did not start; it ended with ${signal ?? code}.`)),
      );
    });
  }

  function look(looked: ChildProcess): void {
    const mb = residentMb(looked.pid as number);
    if (mb === undefined) return;
    onMemory(mb);
    if (mb <= workerMb || ended) return;
    const message = `It took ${Math.round(mb)} MB, and a worker has ${workerMb} MB; give the fleet more with --memory, or fewer --workers.`;
    ended = { code: 'PIPELINE_TENANT_MEMORY', message };
    looked.kill('SIGKILL');
  }

  async function end(): Promise<void> {
    if (child === undefined) return;
    const leaving = child;
    const gone = once(leaving, 'exit');
    // It ends itself when the channel is closed.
    leaving.disconnect();
    const late = setTimeout(() => leaving.kill('SIGKILL'), GRACE_MS);
    await gone;
    clearTimeout(late);
  }

  const start = (): Promise<number> => (ready ??= begin());

  return {
    start,
    run: async (turn) => {
      const began = performance.now();
      const failed = (code: string, message: string): TurnResult => ({
        outcome: 'failed',
        exitCode: 1,
        code,
        message,
        stages: {},
        seconds: (performance.now() - began) / 1_000,
      });
      try {
        await start();
      } catch (error) {
        return failed('PIPELINE_TENANT_LOST', String(error));
      }
      const running = child as ChildProcess;
      const late = `It did not end within ${deadlineSeconds} s, FLEET_DEADLINE_SECONDS.`;
      let killing: NodeJS.Timeout | undefined;
      const deadline = setTimeout(() => {
        ended = { code: 'PIPELINE_TENANT_DEADLINE', message: late };
        send({ stop: ended });
        killing = setTimeout(() => running.kill('SIGKILL'), GRACE_MS);
      }, deadlineSeconds * 1_000);
      const result = await new Promise<TurnResult>((resolve) => {
        const onMessage = (message: FromWorker): void => {
          if ('result' in message) settle(message.result);
        };
        const onExit = (code: number | null, signal: string | null): void =>
          settle(
            ended
              ? failed(ended.code, ended.message)
              : failed(
                  'PIPELINE_TENANT_LOST',
                  `Its worker ended with ${signal ?? `exit code ${code}`}${hintOf(code, signal)}.`,
                ),
          );
        const settle = (found: TurnResult): void => {
          running.off('message', onMessage).off('exit', onExit);
          resolve(found);
        };
        running.on('message', onMessage).on('exit', onExit);
        send({ turn });
      });
      clearTimeout(deadline);
      clearTimeout(killing);
      ended = undefined;
      if (child === running && (residentMb(running.pid as number) ?? 0) > FULL_SHARE * workerMb) await end();
      return result;
    },
    stop: (message) => send({ stop: { code: 'PIPELINE_STOPPED', message } }),
    close: end,
  };
}

/** V8 aborts where its heap is full, and Linux kills where the machine or the container is. */
function hintOf(code: number | null, signal: string | null): string {
  if (code === 134 || signal === 'SIGABRT')
    return ', as it does where its memory is full; give the fleet more with --memory';
  return signal === 'SIGKILL' ? ', which Linux sends where memory is short' : '';
}
