/**
 * A client that needs little processor time compared with the service: one request at a time on a kept-alive socket, timed from its first byte to the last
 * byte of the answer.
 */
import { once } from 'node:events';
import { connect } from 'node:net';

/** The bytes of a request. */
export function requestOf({ method = 'GET', path, headers = {}, body }) {
  const lines = Object.entries({
    host: 'localhost',
    ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`;
}

/** The answer at the start of some bytes; undefined while it is incomplete. */
export function answerIn(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first, ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => line.split(/: ?(.*)/s, 2)).map(([k, v]) => [k.toLowerCase(), v]),
  );
  const length = Number(headers['content-length'] ?? 0);
  if (bytes.length < end + 4 + length) return undefined;
  return { status: Number(first.slice(9, 12)), headers, text: bytes.toString('utf8', end + 4, end + 4 + length) };
}

/**
 * A client with one connection, which it opens again if the service closed it after an answer. `ask` returns the answer with its `ms`, or `{ failed,
 * connected }` without an answer: `connected` says whether the request was sent on an open connection.
 */
export function clientOf(url) {
  const { hostname, port } = new URL(url);
  let socket;
  const open = async () => {
    socket = connect({ host: hostname, port: Number(port), noDelay: true });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
  };
  return {
    async ask(request) {
      const startMs = performance.now();
      try {
        if (socket === undefined || socket.destroyed || socket.readableEnded) await open();
      } catch (error) {
        return { failed: error.code ?? String(error), connected: false };
      }
      const answer = await exchange(socket, request);
      if (answer.failed !== undefined || answer.headers.connection === 'close') {
        socket.destroy();
        socket = undefined;
      }
      return Object.assign(answer, { ms: performance.now() - startMs, connected: true });
    },
    close: () => socket?.destroy(),
  };
}

function exchange(socket, request) {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const settle = (answer) => {
      socket.off('data', take).off('close', lost).off('end', lost);
      resolve(answer);
    };
    const take = (chunk) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      const answer = answerIn(bytes);
      if (answer !== undefined) settle(answer);
    };
    const lost = () => settle({ failed: 'the connection ended before the answer', headers: {} });
    socket.on('data', take).once('close', lost).once('end', lost);
    socket.write(request);
  });
}

/** Keeps some connections busy until `done()`; tells of every answer. */
export async function keepBusy({ url, connections, request, done, told, pauseMs = 0 }) {
  await Promise.all(
    Array.from({ length: connections }, async (_, connection) => {
      const client = clientOf(url);
      for (let n = 0; !done(); n++) {
        const asked = request(connection, n);
        told(await client.ask(asked), asked);
        // Spread, so that the connections do not march in step.
        if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, 2 * pauseMs * Math.random()));
      }
      client.close();
    }),
  );
}

/** A quantile of some numbers, by nearest rank. */
export function quantile(numbers, q) {
  const sorted = Float64Array.from(numbers).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? NaN;
}

/** `p50 1.20, p99 3.40 ms of 5000`. */
export function latencies(ms) {
  return `p50 ${quantile(ms, 0.5).toFixed(2)}, p99 ${quantile(ms, 0.99).toFixed(2)} ms of ${ms.length} answers`;
}
