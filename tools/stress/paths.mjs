/**
 * Which forms of a path give access: raw requests in many forms (percent-encoded, absolute, dotted, doubled, other methods and versions …), each with a key
 * of all scopes, a key of the scope `read`, a wrong key and no key. A form that reaches a route must get the same answer as the plain path with the same key;
 * a form that reaches no route must get 404 with a key and 401 without one. Needs the built packages (`npx nx run-many -t build`); takes a few seconds.
 *
 *     node tools/stress/paths.mjs [--markdown]     # --markdown: only the table, as in docs/paths.md
 */
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { putEdition, scratchFeeds, startService, userIdOf, verdict } from './service.mjs';

const { values } = parseArgs({ options: { markdown: { type: 'boolean', default: false } } });

const KEYS = { all: 'key-of-every-scope', read: 'key-that-reads', wrong: 'key-of-nobody', none: undefined };
const hashOf = (key) => createHash('sha256').update(key).digest('hex');
const { folder, store } = scratchFeeds();
await putEdition(store, 1, { users: 20, items: 20 });
const service = await startService(folder, {
  API_KEY_HASHES: `${hashOf(KEYS.all)}:read+history,${hashOf(KEYS.read)}`,
  LOG_EXPOSURES: 'false',
});

/** What everybody may see: a form that leads there is answered to everybody, and with nothing else. */
const publicTexts = [];
for (const target of ['/livez', '/']) publicTexts.push((await exchange(bytesOf({ target }))).text);
const PLAIN = ['/v1/parks', `/v1/users/${userIdOf(0)}/visits`];
const rows = [];
for (const plain of PLAIN) {
  const expected = await answersTo({ target: plain });
  rows.push({
    plain,
    form: `GET ${plain} HTTP/1.1`,
    answers: expected,
    holds: expected.all.status === 200 && expected.none.status === 401,
  });
  for (const { form, ...request } of formsOf(plain)) {
    const answers = await answersTo(request);
    rows.push({ plain, form, answers, holds: isAnsweredAs(expected, answers) });
  }
}
service.kill('SIGTERM');
await service.ended;

const different = rows.filter(({ holds }) => !holds);
if (values.markdown) {
  console.log('| form | every scope | `read` alone | wrong key | no key |\n| --- | --- | --- | --- | --- |');
  for (const { form, answers } of rows) console.log(`| ${codeOf(form)} | ${statusesOf(answers).join(' | ')} |`);
  if (different.length > 0) process.exitCode = 1;
} else {
  for (const { form, answers, holds } of rows)
    console.log(`${holds ? '     ' : 'DIFFERS'} ${statusesOf(answers).join(' ')}  ${JSON.stringify(form)}`);
  verdict(
    `${different.length} of ${rows.length} forms of ${PLAIN.length} paths differ from the plain one`,
    different.length === 0,
  );
}

/**
 * A form of the plain path, perhaps with another method: each key gets the same answer as there, or 405 if it has access. One that leads nowhere: 404 to
 * every key that was given out, 401 to anybody else. One that is no request, or leads to what is public: the same to all.
 */
function isAnsweredAs(expected, answers) {
  const { all, read, wrong, none } = answers;
  if ([read, wrong, none].every(({ status }) => status === all.status))
    return (
      all.status >= 400 || all.status === 0 || Object.values(answers).every(({ text }) => publicTexts.includes(text))
    );
  const nowhere = all.status === 404 && read.status === 404 && wrong.status === 401 && none.status === 401;
  if (nowhere) return true;
  const letIn = [200, 204, 405].includes(all.status);
  const readAlike = expected.read.status === 403 ? read.status === 403 : read.status === all.status;
  return letIn && readAlike && wrong.status === 401 && none.status === 401;
}

function statusesOf(answers) {
  return Object.values(answers).map(({ status }) => status);
}

/** What each key gets. */
async function answersTo(request) {
  const answers = {};
  for (const [name, key] of Object.entries(KEYS)) answers[name] = await exchange(bytesOf(request, key));
  return answers;
}

function bytesOf({ method = 'GET', target, version = 'HTTP/1.1', headers = ['host: localhost'] }, key) {
  const authorization = key === undefined ? [] : [`authorization: Bearer ${key}`];
  return [`${method} ${target} ${version}`, ...headers, ...authorization, 'connection: close', '', ''].join('\r\n');
}

/** Sends bytes and gives what comes back; status 0 where the connection is closed without an answer. */
function exchange(bytes) {
  const { hostname, port } = new URL(service.url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let got = '';
    socket.on('error', () => undefined).on('data', (chunk) => (got += chunk.toString('latin1')));
    socket.on('close', () => {
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(got)?.[1] ?? 0);
      resolve({ status, text: got.slice(got.indexOf('\r\n\r\n') + 4) });
    });
    socket.end(Buffer.from(bytes, 'latin1'));
  });
}

/** A path in many forms, as the first line of a request and its headers. */
function formsOf(plain) {
  const letters = (text, upper) =>
    text.replace(/[a-z]/gi, (letter) => {
      const hex = letter.charCodeAt(0).toString(16);
      return `%${upper ? hex.toUpperCase() : hex}`;
    });
  const [, version, ...rest] = plain.split('/');
  const tail = rest.join('/');
  const last = plain.slice(0, -1);
  const lastHex = plain.charCodeAt(plain.length - 1).toString(16);
  const targets = {
    'one letter encoded': [
      `/%76${version.slice(1)}/${tail}`,
      `/v%31/${tail}`,
      `${last}%${lastHex}`,
      `/%761/%${tail.charCodeAt(0).toString(16)}${tail.slice(1)}`,
    ],
    'every letter encoded': [letters(plain), letters(plain, true)],
    'encoded twice, too long or wrongly': [
      `/%25761/${tail}`,
      `/%c1%b61/${tail}`,
      `/%u00761/${tail}`,
      `/%7/${tail}`,
      `/%ZZ${plain}`,
      `/%EF%BD%961/${tail}`,
    ],
    'encoded slashes': [
      `/v1%2F${tail}`,
      `/v1%2f${tail}`,
      `/%2Fv1/${tail}`,
      `%2Fv1/${tail}`,
      `/v1%5C${tail}`,
      `/livez%2f..${plain}`,
    ],
    'double slashes and backslashes': [
      `/${plain}`,
      `//${plain}`,
      `/v1//${tail}`,
      `${plain}//`,
      `\\v1\\${tail}`,
      `/v1\\${tail}`,
    ],
    'a slash, a dot or a space behind': [
      `${plain}/`,
      `${plain}.`,
      `${plain}..`,
      `${plain}/.`,
      `${plain}/..`,
      `${plain}%2e`,
      `${plain}%20`,
      `${plain}.json`,
    ],
    dots: [
      `/.${plain}`,
      `/v1/./${tail}`,
      `/v1/../v1/${tail}`,
      `/x/..${plain}`,
      `/livez/..${plain}`,
      `/..${plain}`,
      `/%2e${plain}`,
      `/livez/%2e%2e${plain}`,
      `/livez/%2E%2E%2f${plain.slice(1)}`,
    ],
    'other letter cases': [plain.toUpperCase(), `/V1/${tail}`, `/v1/${tail[0].toUpperCase()}${tail.slice(1)}`],
    parameters: [`/v1;x=1/${tail}`, `${plain};x=1`, `/;${plain}`, `/livez;${plain}`],
    'null and control bytes': [
      `${plain}%00`,
      `/v1%00/${tail}`,
      `%00${plain}`,
      `${plain}\0`,
      `${plain}%0d%0a`,
      `${plain}%09`,
      `/v\t1/${tail}`,
      `/\xef\xbd\x961/${tail}`,
    ],
    'queries and fragments': [
      `${plain}?`,
      `${plain}?x=1`,
      `${plain}?/livez`,
      `${plain}??`,
      `${plain}#x`,
      `${plain}#?x`,
      `${plain}%3Fx`,
      `${plain}%23x`,
      `/livez?${plain}`,
      `/livez#${plain}`,
      `/?${plain}`,
    ],
    'absolute and other forms': [
      `http://a${plain}`,
      `HTTP://A${plain}`,
      `https://a${plain}`,
      `http://a:80${plain}`,
      `http://u:p@a${plain}`,
      `http://a/${plain}`,
      `http://a/%761/${tail}`,
      `http://a/livez?${plain}`,
      `http://${plain}`,
      `http:${plain}`,
      `ftp://a${plain}`,
      `a${plain}`,
      plain.slice(1),
      '*',
      '',
    ],
  };
  const forms = Object.entries(targets).flatMap(([, some]) => some.map((target) => ({ target })));
  const methods = [
    'HEAD',
    'OPTIONS',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'TRACE',
    'PROPFIND',
    'QUERY',
    'CONNECT',
    'PURGE',
    'FOO',
    'get',
  ];
  const others = [
    ...methods.map((method) => ({ method, target: plain })),
    { method: 'HEAD', target: `/%761/${tail}` },
    { method: 'OPTIONS', target: `http://a${plain}` },
    { method: 'OPTIONS', target: '*' },
    {
      method: 'OPTIONS',
      target: plain,
      headers: ['host: a', 'origin: http://b', 'access-control-request-method: GET'],
    },
    { target: plain, version: 'HTTP/1.0' },
    { target: plain, version: 'HTTP/1.0', headers: [] },
    { target: `/%761/${tail}`, version: 'HTTP/1.0', headers: [] },
    { target: plain, version: 'HTTP/2.0' },
    { target: plain, version: '' },
    { target: plain, headers: [] },
    { target: plain, headers: ['host:'] },
    { target: plain, headers: ['host: a', 'host: b'] },
    { target: plain, headers: ['host: a', 'x-original-url: /livez'] },
    { target: plain, headers: ['host: a', 'x-rewrite-url: /livez'] },
    { target: '/livez', headers: ['host: a', `x-original-url: ${plain}`] },
    { target: plain, headers: ['host: a', 'x-forwarded-for: 127.0.0.1', 'x-forwarded-host: localhost'] },
    { method: 'POST', target: plain, headers: ['host: a', 'x-http-method-override: GET'] },
    { target: `/v1/nowhere/${tail}` },
    { target: '/nowhere' },
    { target: '/' },
  ];
  return [...forms, ...others].map((request) => ({ ...request, form: nameOf(request) }));
}

function nameOf({ method = 'GET', target, version = 'HTTP/1.1', headers = ['host: localhost'] }) {
  const more =
    headers.length === 0 ? ' (no Host)' : headers.join() === 'host: localhost' ? '' : ` (${headers.join(', ')})`;
  return `${method} ${target} ${version}${more}`;
}

/** As code in a table of Markdown; what cannot be seen is written as in a string of JSON. */
function codeOf(form) {
  return `\`${JSON.stringify(form).slice(1, -1).replaceAll('\\\\', '\\').replaceAll('|', '\\|')}\``;
}
