import { execFile } from 'node:child_process';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';

const run = promisify(execFile);
const script = (name: string): string =>
  fileURLToPath(new URL(`../../../../tools/postgres/${name}.sh`, import.meta.url));

/** A real PostgreSQL of its own. */
export interface PostgresServer {
  readonly url: string;
  /** Runs statements. */
  query(...statements: readonly string[]): Promise<void>;
  /** Kills it, as a crash does. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** Whether there is PostgreSQL, or can be; where not, prints why. */
export async function hasPostgres(): Promise<boolean> {
  try {
    await run(script('start'), ['--install']);
    return true;
  } catch (error) {
    const reason = (error as { stderr?: string }).stderr ?? String(error);
    process.stderr.write(`PostgreSQL is not tested. ${reason}\n`);
    return false;
  }
}

/** Starts a server on a free port. To be stopped by the hook of the test that has started it. */
export async function startPostgres(): Promise<PostgresServer> {
  const port = String(await freePort());
  const { stdout: address } = await run(script('start'), [port]);
  const url = address.trim().replace('DATABASE_URL=', '');
  return {
    url,
    query: async (...statements) => {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        for (const statement of statements) await client.query(statement);
      } finally {
        await client.end();
      }
    },
    crash: async () => void (await run(script('stop'), [port, '--crash'])),
    stop: async () => void (await run(script('stop'), [port])),
  };
}

/**
 * A way to a server that stops once, when it has passed on so many bytes of the server's answers, until `act` is done.
 */
export async function slowedBy(address: string, after: number, act: () => Promise<void>) {
  const target = new URL(address);
  const open = new Set<Socket>();
  let bytes = 0;
  let isDone = false;
  const proxy = createServer((client) => {
    const backend = connect(Number(target.port), target.hostname);
    for (const socket of [client, backend]) {
      open.add(socket);
      socket.on('error', () => undefined).on('close', () => [client, backend].forEach((each) => each.destroy()));
    }
    client.pipe(backend);
    backend.on('data', (chunk) => {
      bytes += chunk.length;
      if (!client.write(chunk)) {
        backend.pause();
        client.once('drain', () => backend.resume());
      }
      if (isDone || bytes < after) return;
      isDone = true;
      backend.pause();
      client.removeAllListeners('drain');
      void act().then(() => backend.resume());
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const url = Object.assign(new URL(address), { port: String((proxy.address() as AddressInfo).port) });
  return {
    url: url.href,
    /** Of the server's answers so far. */
    bytes: () => bytes,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
