import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = (name: string): string => fileURLToPath(new URL(`../../../../tools/spark/${name}.sh`, import.meta.url));

/** A real Apache Spark of this test file. */
export interface SparkServer {
  readonly remote: string;
  /** Kills it, as a crash does. */
  crash(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Whether Apache Spark is to be tested and can be had; where not, prints why. */
export async function hasSpark(what: string): Promise<boolean> {
  if (process.env['WITH_SPARK'] !== 'true') {
    process.stderr.write(`${what} is not tested: set WITH_SPARK=true (it takes minutes, and 456 MB once).\n`);
    return false;
  }
  try {
    await run(script('start'), ['--install']);
    return true;
  } catch (error) {
    process.stderr.write(`${what} is not tested. ${(error as { stderr?: string }).stderr ?? String(error)}\n`);
    return false;
  }
}

/** Starts it on a free port. To be stopped by the hook of the test that has started it. */
export async function startSpark(): Promise<SparkServer> {
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
  const port = String((free.address() as AddressInfo).port);
  await new Promise((resolve) => free.close(resolve));
  const start = async () => (await run(script('start'), [port])).stdout.trim();
  const remote = (await start()).replace('SPARK_REMOTE=', '');
  return {
    remote,
    crash: async () => void (await run(script('stop'), [port, '--crash'])),
    restart: async () => void (await start()),
    stop: async () => void (await run(script('stop'), [port])),
  };
}
