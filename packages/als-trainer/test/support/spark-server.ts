import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe } from '@jest/globals';

const run = promisify(execFile);
const script = (server: ServerName, name: string): string =>
  fileURLToPath(new URL(`../../../../tools/${server}/${name}.sh`, import.meta.url));

/** Sail is one process that starts in a second; `spark` is Apache Spark. */
export type ServerName = 'sail' | 'spark';

/** A real server of its own that speaks Spark Connect. */
export interface SparkServer {
  readonly remote: string;
  stop(): Promise<void>;
}

/** Whether there is such a server, or can be; where not, prints why. */
async function hasServer(server: ServerName): Promise<boolean> {
  if (server === 'spark' && process.env['WITH_SPARK'] !== 'true') {
    process.stderr.write(
      'Training is not tested on Apache Spark: set WITH_SPARK=true (it takes minutes, and 456 MB once).\n',
    );
    return false;
  }
  try {
    await run(script(server, 'start'), ['--install']);
    return true;
  } catch (error) {
    const reason = (error as { stderr?: string }).stderr ?? String(error);
    process.stderr.write(`Training is not tested on ${server}. ${reason}\n`);
    return false;
  }
}

const there = { sail: await hasServer('sail'), spark: await hasServer('spark') };

/** Declares a suite for each of these servers that can be had; skipped for others. */
export function describeOn(servers: readonly ServerName[], name: string, suite: (server: ServerName) => void): void {
  for (const server of servers) (there[server] ? describe : describe.skip)(`${name}, ${server}`, () => suite(server));
}

/** Starts a server on a free port. To be stopped by the hook of the test that has started it. */
export async function startServer(server: ServerName): Promise<SparkServer> {
  const port = String(await freePort());
  const { stdout } = await run(script(server, 'start'), [port]);
  return {
    remote: stdout.trim().replace('SPARK_REMOTE=', ''),
    stop: async () => void (await run(script(server, 'stop'), [port])),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
