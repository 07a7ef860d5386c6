import { createServer, request } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What happens to one request. `drop` and `late` let the server carry it out and keep the answer back, by a reset or by
 * silence; `reset`, `silence`, and a status happen before the server hears of it.
 */
export type Fault = 'drop' | 'late' | 'reset' | 'silence' | number | undefined;

/** A proxy before a real S3 server that does to each request what a plan says. */
export interface FaultProxy {
  /** Its address, for `AWS_ENDPOINT_URL_S3`. */
  readonly url: string;
  /** Requests seen, as `PUT key`, in order. */
  readonly seen: readonly string[];
  /** Decides over requests from now on. */
  plan(decide: (request: { method: string; key: string; nth: number }) => Fault): void;
  /** From now on every PUT seems to succeed, as with servers that do not know conditions. */
  ignoreConditions(): void;
  close(): Promise<void>;
}

/** Starts a proxy before the server at `upstream` on any free port. */
export async function faultProxy(upstream: string): Promise<FaultProxy> {
  const seen: string[] = [];
  const counts = new Map<string, number>();
  let decide: Parameters<FaultProxy['plan']>[0] = () => undefined;
  let conditions = true;
  const server: Server = createServer((incoming, outgoing) => {
    const method = incoming.method ?? '';
    const key = new URL(incoming.url ?? '', upstream).pathname.replace(/^\/[^/]*\/\d+\//, '');
    const nth = (counts.get(`${method} ${key}`) ?? 0) + 1;
    counts.set(`${method} ${key}`, nth);
    seen.push(`${method} ${key}`);
    suffer(decide({ method, key, nth }), incoming, outgoing);
  });

  function suffer(fault: Fault, incoming: IncomingMessage, outgoing: ServerResponse): void {
    if (fault === 'reset') return void incoming.socket.resetAndDestroy();
    if (fault === 'silence') return void incoming.resume();
    if (typeof fault === 'number') {
      incoming.resume().once('end', () => outgoing.writeHead(fault).end());
      return;
    }
    const { method, url, headers } = incoming;
    const forwarded = request(new URL(url ?? '', upstream), { method, headers }, (answer) => {
      if (fault === 'drop') return void answer.resume().once('end', () => incoming.socket.resetAndDestroy());
      if (fault === 'late') return void answer.resume();
      if (!conditions && answer.statusCode === 412) return void answer.resume().once('end', () => outgoing.end());
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    plan: (next) => {
      counts.clear();
      decide = next;
    },
    ignoreConditions: () => void (conditions = false),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
