import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from '@jest/globals';

/** A request as it arrived. */
export interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
  readonly atMs: number;
}

/** What becomes of a request: an answer; `drop`, the connection ends without one; or silence. */
export type Outcome =
  | {
      readonly status: number;
      readonly body?: unknown;
      readonly text?: string;
      readonly headers?: Record<string, string>;
    }
  | 'drop'
  | 'silence';

const started: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
});

/** A server on a free port that does with each request what `outcome` says, until the test ends. */
export async function faultyService(outcome: (request: Arrived, n: number) => Outcome | Promise<Outcome>) {
  const requests: Arrived[] = [];
  const listeners = new Set<() => void>();
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    let text = '';
    for await (const piece of request) text += String(piece);
    const { method = '', url = '', headers } = request;
    const arrived = { method, url, headers, body: text === '' ? undefined : JSON.parse(text), atMs: Date.now() };
    const n = requests.push(arrived) - 1;
    for (const tell of listeners) tell();
    const made = await outcome(arrived, n);
    if (made === 'drop') return void request.socket.destroy();
    if (made === 'silence') return;
    const { status, body, text: plain, headers: more } = made;
    response.writeHead(status, { 'content-type': plain === undefined ? 'application/json' : 'text/html', ...more });
    response.end(plain ?? JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  started.push({
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    /** Settles once `count` requests have arrived. */
    arrived: (count: number) =>
      new Promise<void>((resolve) => {
        const look = () => requests.length >= count && resolve();
        listeners.add(look);
        look();
      }),
  };
}

/** A problem document of the service. */
export const problem = (status: number, code: string, headers: Record<string, string> = {}): Outcome => ({
  status,
  headers: { 'content-type': 'application/problem+json', ...headers },
  body: { type: 'about:blank', title: 'x', status, detail: `A sentence about ${code}.`, code },
});
