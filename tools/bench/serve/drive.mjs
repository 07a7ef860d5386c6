/**
 * Drives a server over kept-alive connections, each with one request at a time. The bytes of the requests are made in advance: where client and server share
 * the processors, work of the client for each request would hide the work of the server. The end of an answer is found by its `content-length`.
 */
import { once } from 'node:events';
import { connect } from 'node:net';

/** The bytes of a request. */
export function requestOf({ method = 'GET', path, body }) {
  const about =
    body === undefined ? '' : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(`${method} ${path} HTTP/1.1\r\nhost: localhost\r\n${about}\r\n${body ?? ''}`);
}

/**
 * Sends requests for a number of seconds.
 *
 * @param next gives the bytes of the next request
 * @returns how many answers a second, how long they took in milliseconds, ascending, and how many were not 200
 */
export async function drive(url, { seconds, connections, next }) {
  const { hostname, port } = new URL(url);
  const tookMs = [];
  let failed = 0;
  const beganMs = performance.now();
  const endMs = beganMs + 1_000 * seconds;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      await once(socket, 'connect');
      await asking(socket);
      socket.destroy();
    }),
  );
  const wallSeconds = (performance.now() - beganMs) / 1_000;
  return { perSecond: tookMs.length / wallSeconds, tookMs: Float64Array.from(tookMs).sort(), failed };

  function asking(socket) {
    return new Promise((resolve, reject) => {
      let sentMs;
      let left = 0;
      const ask = () => {
        sentMs = performance.now();
        socket.write(next());
      };
      socket.on('data', (bytes) => {
        if (left === 0) {
          const head = bytes.toString('latin1', 0, 1_024);
          const end = head.indexOf('\r\n\r\n');
          const at = head.indexOf('content-length: ');
          if (end < 0 || at < 0) return reject(new Error(`An answer without its head in one piece: ${head}`));
          if (head.slice(9, 12) !== '200') failed++;
          left = end + 4 + Number.parseInt(head.slice(at + 16, at + 32), 10);
        }
        left -= bytes.length;
        if (left > 0) return;
        const nowMs = performance.now();
        tookMs.push(nowMs - sentMs);
        if (nowMs >= endMs) resolve();
        else ask();
      });
      socket.once('close', () => reject(new Error('The server closed a connection.')));
      ask();
    });
  }
}
