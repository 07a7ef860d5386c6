/** Hostile requests: paths, headers and bodies that no client library would send, drawn at random from a seed. */

let state = 1;
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

/** The next hostile request. */
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

/** Requests as text, the same sequence for the same seed. */
export function* hostileRequests(seed) {
  state = seed;
  for (;;) yield hostileRequest();
}
