import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe } from '@jest/globals';

const run = promisify(execFile);
const script = (engine: EngineName, name: string): string =>
  fileURLToPath(new URL(`../../../../tools/${engine}/${name}.sh`, import.meta.url));

/** Sail is one process that starts in a second; `spark` is Apache Spark. */
export type EngineName = 'sail' | 'spark';

/** A real server of its own that speaks Spark Connect. */
export interface ConnectServer {
  readonly remote: string;
  readonly port: number;
  /** Kills it, as a crash does. */
  crash(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Whether there is such a server, or can be; where not, prints why. */
async function hasServer(engine: EngineName): Promise<boolean> {
  if (engine === 'spark' && process.env['WITH_SPARK'] !== 'true') {
    process.stderr.write('Apache Spark is not tested: set WITH_SPARK=true (it takes a minute, and 456 MB once).\n');
    return false;
  }
  try {
    await run(script(engine, 'start'), ['--install']);
    return true;
  } catch (error) {
    const reason = (error as { stderr?: string }).stderr ?? String(error);
    process.stderr.write(`Spark Connect is not tested on ${engine}. ${reason}\n`);
    return false;
  }
}

const there = { sail: await hasServer('sail'), spark: await hasServer('spark') };

/** Declares a suite for each server; skipped where the server cannot be had. */
export function describeOn(engines: readonly EngineName[], name: string, suite: (engine: EngineName) => void): void {
  for (const engine of engines) (there[engine] ? describe : describe.skip)(`${name}, ${engine}`, () => suite(engine));
}

/** Starts a server on a free port. To be stopped by the hook of the test that has started it. */
export async function startServer(engine: EngineName): Promise<ConnectServer> {
  const port = await freePort();
  const start = async () => (await run(script(engine, 'start'), [String(port)])).stdout.trim();
  const remote = (await start()).replace('SPARK_REMOTE=', '');
  return {
    remote,
    port,
    crash: async () => void (await run(script(engine, 'stop'), [String(port), '--crash'])),
    restart: async () => void (await start()),
    stop: async () => void (await run(script(engine, 'stop'), [String(port)])),
  };
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
