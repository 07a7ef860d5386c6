/**
 * Hostile bytes over raw sockets: paths, headers and bodies that no client library would send, seeded, so that a run can be repeated. Every answer is HTTP with a
 * status other than 500; every error is a problem document (RFC 9457) whose status is the answer's; nothing holds a stack trace; and the service goes on
 * answering. A request that never ends is dropped in time. Needs the built packages (`npx nx run-many -t build`); takes about half a minute.
 *
 *     node tools/stress/hostile.mjs [--cases 3000] [--seed 1] [--url http://127.0.0.1:3000]
 */
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { answerIn, clientOf, requestOf } from './client.mjs';
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

let state = seed;
/** mulberry32: 32 bits of state are enough to repeat a run. */
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const one = (list) => list[Math.floor(random() * list.length)];
const upTo = (n) => Math.floor(random() * (n + 1));

const pieces = () =>
  one([
    '%',
    '%0',
    '%00',
    '%ZZ',
    '%F0%9F',
    '%ED%A0%80',
    '%FF%FE',
    '%2F',
    '%2e%2e',
    '..',
    '//',
    '\\',
    ';',
    '#',
    '?',
    '&',
    '=',
    '[]',
    '[__proto__]',
    '__proto__',
    'constructor',
    '\u0000',
    '\u0001',
    '\t',
    ' ',
    '\u00ff',
    'é',
    '🎢',
    '\ud800',
    "'",
    '"',
    '<script>',
    '${7*7}',
    '{{7*7}}',
    '-1',
    '1e999',
    'NaN',
    'null',
    '9'.repeat(upTo(400)),
    'x'.repeat(upTo(3_000)),
    '%F0%9F%8E%A2'.repeat(upTo(200)),
  ]);
const some = () => Array.from({ length: upTo(4) }, pieces).join('');
const path = () => {
  const query = () =>
    `${one(['limit', 'park', 'theme', 'exclude', 'explain', 'include_visited', 'after', '__proto__', 'limit[]', some()])}=${one(['1', '10', 'true', 'park1', some()])}`;
  const base = one([
    `/v1/users/${some()}/recommendations`,
    `/v1/users/${some()}/visits`,
    `/v1/users/${some()}/panels`,
    `/v1/attractions/${some()}/similar`,
    '/v1/attractions',
    '/v1/parks',
    '/v1/recommendations',
    '/v1/version',
    '/openapi.json',
    '/docs',
    '/metrics',
    '/',
    '/admin/rollback',
    `/${some()}`,
    some(),
    '*',
    `http://${some()}/`,
    '/v1/users/user-1%40N01/recommendations',
  ]);
  return random() < 0.5 ? base : `${base}?${Array.from({ length: 1 + upTo(upTo(40)) }, query).join('&')}`;
};
const nested = (depth, [open, close]) => open.repeat(depth) + close.repeat(depth);
const json = () =>
  one([
    '',
    '{',
    'null',
    '[]',
    '0',
    '""',
    '{}',
    '\ufeff{}',
    '{"limit":1e400}',
    '{"limit":-0}',
    '{"limit":"5"}',
    '{"limit":5,"limit":6}',
    '{"__proto__":{"x":1}}',
    '{"constructor":{"prototype":{}}}',
    '{"visits":["\\ud800"]}',
    '{"users":["\\u0000"]}',
    '{"users":["\\udc00","__proto__","constructor"]}',
    '{"visits":["__proto__","park1:1","park1:1"],"explain":true}',
    JSON.stringify({ users: Array.from({ length: upTo(150) }, some) }),
    JSON.stringify({ visits: Array.from({ length: upTo(1_500) }, (_, n) => `park${n % 5}:${n % 50}`) }),
    JSON.stringify({ park: some(), themes: [some()], allow: [some()], deny: [some()] }),
    `{"visits":${nested(upTo(20_000), '[]')}}`,
    nested(upTo(9_000), ['{"a":', '}']),
    `{"limit":${'9'.repeat(upTo(500))}}`,
    `{"users":["${'x'.repeat(upTo(70_000))}"]}`,
    some(),
    Buffer.from(Array.from({ length: upTo(200) }, () => upTo(255))).toString('latin1'),
  ]);
const header = () =>
  one([
    `x-request-id: ${some()}`,
    `authorization: Bearer ${some()}`,
    `authorization: ${some()}`,
    'x-api-key: a\r\nx-api-key: b',
    `accept: ${some()}`,
    `cookie: ${'a=b;'.repeat(upTo(3_000))}`,
    `x-${'y'.repeat(upTo(20_000))}: z`,
    'transfer-encoding: chunked',
    'content-length: 5',
    'content-length: -1',
    'content-length: 99999999',
    'expect: 100-continue',
    'upgrade: websocket\r\nconnection: upgrade',
    'connection: close',
    'host: a\r\nhost: b',
    ' folded',
    'no-colon',
    ': no-name',
    `${some()}: ${some()}`,
    'accept-encoding: gzip, br',
    `if-none-match: ${some()}`,
    'range: bytes=0-1',
  ]);
const headers = () => Array.from({ length: upTo(upTo(6)) }, header);
const chunked = (body) =>
  one([
    `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    `zz\r\n${body}`,
    `5\r\n${body}\r\n`,
    'ffffffffffffffff\r\n',
    '0\r\n\r\n',
    '1;ext=\u0000\r\nx\r\n0\r\n\r\n',
  ]);

function hostileRequest() {
  const method = one([
    'GET',
    'GET',
    'GET',
    'POST',
    'POST',
    'POST',
    'HEAD',
    'PUT',
    'DELETE',
    'OPTIONS',
    'PATCH',
    'TRACE',
    'CONNECT',
    'PROPFIND',
    'get',
    some(),
  ]);
  const start = `${method} ${path()} ${random() < 0.95 ? 'HTTP/1.1' : one(['HTTP/1.0', 'HTTP/2.0', 'HTTP/9', 'FTP/1.1', ''])}\r\n`;
  const head = [...(random() < 0.97 ? ['host: localhost'] : []), ...headers()];
  if (method !== 'POST') return `${start}${[...head, '', ''].join('\r\n')}`;
  const body = json();
  const type = one([
    'application/json',
    'application/json',
    'application/json',
    'application/json; charset=utf-16',
    'text/plain',
    'application/xml',
    'multipart/form-data',
    some(),
    '',
  ]);
  const target = random() < 0.7 ? start.replace(/^POST .* (?=HTTP)/s, 'POST /v1/recommendations ') : start;
  const lengthOrChunks =
    random() < 0.85 ? [`content-length: ${Buffer.byteLength(body)}`] : ['transfer-encoding: chunked'];
  const sent = lengthOrChunks[0].startsWith('t') ? chunked(body) : body;
  return `${target}${[...head, ...(random() < 0.95 ? [`content-type: ${type}`] : []), ...lengthOrChunks, '', ''].join('\r\n')}${sent}`;
}

/** Sends bytes and no more, and gives all that comes back until the service has answered once or the connection ends. */
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
    // Half closed, so that a body shorter than its length is at its end.
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
    return fault('an error that is no problem document');
  try {
    const { type, title, status: told, detail, code } = JSON.parse(answer.text);
    if (
      told !== status ||
      type !== 'about:blank' ||
      ![title, detail, code].every((one) => typeof one === 'string' && one !== '')
    )
      fault('an odd problem document');
  } catch {
    fault('a problem document that is no JSON');
  }
}

// One that never ends, alongside.
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
        // A byte now and then keeps it alive, but not for longer than a request may take.
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
      const request = hostileRequest();
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
