/** A proxy in front of a service that loses requests and answers, is slow, or says that it is overloaded; and a page on the origin of the service. */
import { createServer } from 'node:http';
import { once } from 'node:events';

/**
 * @param fault gives what becomes of the n-th request to the service: `undefined`, it is passed on; `before`, the connection ends without passing it on;
 * `after`, it ends once the service has answered; `busy`, 503 with Retry-After; `slow`, the answer comes 300 ms later
 * @param files texts by path, served in place of the service
 */
export async function faultyProxy(service, fault = () => undefined, files = {}) {
  const requests = [];
  const server = createServer(async (request, response) => {
    const file = files[request.url.split('?', 1)[0]];
    if (file !== undefined) {
      response.writeHead(200, { 'content-type': request.url.endsWith('.js') ? 'text/javascript' : 'text/html' });
      return response.end(file);
    }
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const n = requests.push({ method: request.method, url: request.url, headers: request.headers, body: String(body) });
    const kind = fault(n - 1);
    if (kind === 'before') return request.socket.destroy();
    if (kind === 'busy') return response.writeHead(503, { 'retry-after': '1' }).end();
    const { method } = request;
    const headers = withoutThoseOfTheConnection(request.headers);
    const answer = await fetch(service + request.url, { method, headers, ...(body.length > 0 && { body }) });
    const text = await answer.text();
    if (kind === 'after') return request.socket.destroy();
    if (kind === 'slow') await new Promise((resolve) => setTimeout(resolve, 300));
    const given = withoutThoseOfTheConnection(Object.fromEntries(answer.headers));
    response.writeHead(answer.status, given).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Headers about one connection, or about how a body came over it. */
const OF_THE_CONNECTION = /^(host|connection|expect|content-length|content-encoding|transfer-encoding)$/;

const withoutThoseOfTheConnection = (headers) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.test(name)));
