/**
 * Hostile bytes over raw sockets: paths, headers and bodies that no client library would send, seeded, so that a run can be repeated. Checks that every
 * answer is HTTP with a status other than 500; that every error is a problem document (RFC 9457) with the status of the answer; that no answer has a stack
 * trace; and that the service still answers afterwards. A request that never ends must be dropped in time. Needs the built packages (`npx nx run-many -t build`); takes about half a minute.
 *
 *     node tools/stress/hostile.mjs [--cases 3000] [--seed 1] [--url http://127.0.0.1:3000]
 */
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { answerIn, clientOf, requestOf } from './client.mjs';
import { hostileRequests } from './hostile-requests.mjs';
import { machine, putEdition, scratchFeeds, startService, verdict } from './service.mjs';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '3000' },
    seed: { type: 'string', default: '1' },
    url: { type: 'string' },
  },
});
const [cases, seed] = [Number(values.cases), Number(values.seed)];
const { folder, store } = scratchFeeds();
let service;
if (values.url === undefined) {
  await putEdition(store, 1, { users: 50, items: 50 });
  service = await startService(folder, { ADMIN_TOKEN: 'a-token-of-the-fuzz' });
}
const url = values.url ?? service.url;
const { hostname, port } = new URL(url);
console.log(`${machine}; ${cases} cases of seed ${seed} at ${url}`);

const requests = hostileRequests(seed);

/** Sends bytes and nothing else; returns everything that comes back until the first complete answer or the end of the connection. */
function send(bytes, waitMs = 15_000) {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    const chunks = [];
    const end = (how) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ how, got: Buffer.concat(chunks) });
    };
    const timer = setTimeout(() => end('waited in vain'), waitMs);
    socket.on('error', () => undefined).on('close', () => end('closed'));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const got = Buffer.concat(chunks);
      if (!got.toString('latin1', 0, 13).startsWith('HTTP/1.1 100') && answerIn(got) !== undefined) end('answered');
    });
    // Closes the sending half, so that a body that is too short has an end.
    socket.end(bytes);
  });
}

const statuses = {};
const faults = [];
function judge(request, { how, got }) {
  const answer = answerIn(got);
  // A response to HEAD has a length and no body.
  const head = got.toString('latin1').split('\r\n\r\n', 1)[0] ?? '';
  const status = answer?.status ?? Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
  statuses[status === 0 ? `none (${how})` : status] = (statuses[status === 0 ? `none (${how})` : status] ?? 0) + 1;
  const text = answer?.text ?? got.toString();
  const fault = (what) => faults.push({ what, request: request.slice(0, 300), answer: got.toString().slice(0, 600) });
  if (how === 'waited in vain') fault('no answer in time, and the connection is open');
  if (status >= 500 && status !== 503) fault('a status of a defect');
  if (/\n\s+at |node_modules|node:internal|\.js:\d+/.test(text) && !/^<!doctype/i.test(text) && status >= 400)
    fault('a stack trace');
  if (status < 400 || request.startsWith('HEAD ') || answer === undefined) return;
  if (!answer.headers['content-type']?.startsWith('application/problem+json'))
    return fault('an error that is not a problem document');
  try {
    const { type, title, status: told, detail, code } = JSON.parse(answer.text);
    if (
      told !== status ||
      type !== 'about:blank' ||
      ![title, detail, code].every((one) => typeof one === 'string' && one !== '')
    )
      fault('an odd problem document');
  } catch {
    fault('a problem document that is not JSON');
  }
}

// Requests that never end, at the same time.
const startMs = performance.now();
const dropped = Promise.all(
  [
    'GET /livez HTTP/1.1\r\nhost: x\r\n',
    'POST /v1/recommendations HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
  ].map(
    (start) =>
      new Promise((resolve) => {
        const socket = connect({ host: hostname, port: Number(port) });
        socket.write(start);
        // Single bytes keep the connection alive, but not longer than a request may take.
        const drip = setInterval(() => socket.writable && socket.write(start.startsWith('GET') ? 'x' : ' '), 1_000);
        let got = '';
        const giveUp = setTimeout(() => socket.destroy(), 60_000);
        socket.on('error', () => undefined).on('data', (chunk) => (got += chunk));
        socket.on('close', () => {
          clearInterval(drip);
          clearTimeout(giveUp);
          resolve({ ms: performance.now() - startMs, got });
        });
      }),
  ),
);
for (let n = 0; n < cases; n += 20)
  await Promise.all(
    Array.from({ length: Math.min(20, cases - n) }, async () => {
      const request = requests.next().value;
      judge(request, await send(request));
    }),
  );
console.log(`answers by status: ${JSON.stringify(statuses)}`);
for (const { what, request, answer } of faults.slice(0, 10)) console.log({ what, request, answer });
verdict(`${faults.length} of ${cases} cases at fault`, faults.length === 0);
const slow = await dropped;
verdict(
  `requests that never end were dropped after ${slow.map(({ ms, got }) => `${(ms / 1_000).toFixed(0)} s (${got.slice(9, 12) || 'no answer'})`).join(' and ')}`,
  slow.every(({ ms }) => ms < 45_000),
);
const client = clientOf(url);
verdict(
  'the service still answers',
  (await client.ask(requestOf({ path: '/v1/users/user-1%40N01/recommendations' }))).status === 200,
);
client.close();
if (service !== undefined) {
  const said = service.said();
  verdict(
    `the log of the service has ${said === '' ? 'no warning' : `warnings: ${said.slice(0, 1_000)}`}`,
    said === '',
  );
  service.kill('SIGTERM');
  await service.ended;
}
