import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { sampleGeneration } from '@attractions/models/testing';
import { describe, expect, test } from '@jest/globals';
import { visibilityOf, keyOf, keysIn, originsIn, proxiesIn } from '../../src/admission/access.js';
import { serving } from '../../src/served.js';
import { askAt, listening, silent } from '../support/service.js';

const KEYS = [keyOf('reader', 'read'), keyOf('historian', 'read', 'history'), keyOf('admin-token-of-16', 'admin')];
const ADMIN = { rollBack: () => Promise.resolve(undefined) };

const guarded = () => listening(serving(sampleGeneration()), silent, { access: { keys: KEYS }, administration: ADMIN });

/** Sends a request line unchanged, and returns the status of the answer; `none` if the connection ends without one. */
async function statusOf(url: string, requestLine: string, key?: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const authorization = key === undefined ? '' : `authorization: Bearer ${key}\r\n`;
  // Some forms are not HTTP, and a server may wait for the rest.
  socket.setTimeout(2_000, () => socket.destroy());
  socket.write(`${requestLine}\r\nhost: a\r\n${authorization}connection: close\r\n\r\n`, 'latin1');
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 'none';
}

/** Ways to write a path; for each there is some router that takes it for the plain path. */
function formsOf(path: string): string[] {
  const encoded = (text: string, at: number) =>
    `${text.slice(0, at)}%${text.charCodeAt(at).toString(16)}${text.slice(at + 1)}`;
  const everywhere = Array.from(path.slice(1), (_, n) => encoded(path, n + 1)).filter((form) => form !== path);
  return [
    path,
    ...everywhere,
    encoded(path, 0),
    path.replace('v1', '%76%31'),
    path.replace('v1', '%2576%31'),
    path.replace('/v1', '/V1'),
    path.toUpperCase(),
    path.replace('/v1/', '//v1/'),
    path.replace('/v1/', '/v1//'),
    path.replace('/v1/', '/v1/./'),
    path.replace('/v1/', '/v1/x/../'),
    path.replace('/v1/', '/x/../v1/'),
    path.replace('/v1/', '/livez/../v1/'),
    path.replace('/v1/', '/livez/%2e%2e/v1/'),
    path.replace('/v1/', '/docs/static/../../v1/'),
    path.replace('/v1/', '/docs/static/..%2f..%2fv1/'),
    path.replace('/v1/', '/v1%2f'),
    path.replace('/v1/', '/v1%5c'),
    path.replace('/v1/', '\\v1\\'),
    path.replace('/v1/', '/v1;a=b/'),
    path.replace('/v1/', '/v1./'),
    path.replace('/v1/', '/%EF%BC%8Fv1/'),
    `${path}/`,
    `${path}//`,
    `${path}.`,
    `${path}/.`,
    `${path};`,
    `${path};x=/livez`,
    `${path}?`,
    `${path}?x=/livez`,
    `${path}#`,
    `${path}#/livez`,
    `${path}%00`,
    `${path}%20`,
    `${path}%0d%0a`,
    `${path}%2e`,
    `${path}%3f`,
    `${path}%zz`,
    `http://a${path}`,
    `http://a:80${path}`,
    `https://a${path}`,
    `HTTP://A${path}`,
    `http://livez${path}`,
    `http://a//${path.slice(1)}`,
    `//a${path}`,
    `a${path}`,
    path.slice(1),
  ];
}

describe('a path written in another way gives no access that the plain one does not give', () => {
  const PLAIN = ['/v1/parks', '/v1/users/ana/visits', '/v1/users/ana/panels', '/v1/users/ana/recommendations'];
  /** What a key may do at a path: see it, or be refused. */
  const isAnswer = (status: string) => status.startsWith('2');

  test('over a raw socket, with every kind of key and with none', async () => {
    const url = await guarded();
    const keys = { none: undefined, wrong: 'guess', reader: 'reader', historian: 'historian' };
    const rows: string[] = [];
    const opened: string[] = [];
    for (const path of PLAIN) {
      const plain = await Promise.all(Object.values(keys).map((key) => statusOf(url, `GET ${path} HTTP/1.1`, key)));
      expect(plain).toEqual(['401', '401', /history|visits|panels/.test(path) ? '403' : '200', '200']);
      for (const form of formsOf(path)) {
        const found = await Promise.all(Object.values(keys).map((key) => statusOf(url, `GET ${form} HTTP/1.1`, key)));
        rows.push(`| \`${form.replaceAll('|', '\\|')}\` | ${found.join(' | ')} |`);
        if (found.some((status, n) => isAnswer(status) && !isAnswer(plain[n] ?? ''))) opened.push(`${form}: ${found}`);
      }
    }
    mkdirSync('reports', { recursive: true });
    writeFileSync(
      'reports/access-forms.md',
      `| form | ${Object.keys(keys).join(' | ')} |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`,
    );
    expect(rows.length).toBeGreaterThan(200);
    expect(opened).toEqual([]);
  });

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'])(
    '%s without a key is refused before the answer shows whether the path exists',
    async (method) => {
      const url = await guarded();
      for (const path of ['/v1/parks', '/v1/users/ana/visits', '/admin/rollback', '/nowhere', '/v1/nowhere', '/'])
        expect({ path, status: await statusOf(url, `${method} ${path} HTTP/1.1`) }).toEqual({
          path,
          status: path === '/' ? (/GET|HEAD/.test(method) ? '200' : '405') : '401',
        });
    },
  );

  test('HTTP/1.0, which needs no host, does not avoid the check', async () => {
    const url = await guarded();
    expect(await statusOf(url, 'GET /v1/parks HTTP/1.0')).toBe('401');
    expect(await statusOf(url, 'GET http://a/v1/parks HTTP/1.0', 'reader')).toBe('200');
  });
});

describe('a key', () => {
  const ask = async (path: string, key: string, method = 'GET') =>
    askAt(await guarded(), path, { method, headers: { authorization: `Bearer ${key}` } });

  test('gives access by its scopes, and the error names the missing one', async () => {
    expect((await ask('/v1/users/ana/recommendations', 'reader')).status).toBe(200);
    const refused = await ask('/v1/users/ana/visits', 'reader');
    expect(refused).toMatchObject({ status: 403, body: { code: 'RECOMMENDER_FORBIDDEN' } });
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="history"');
    expect((await ask('/v1/users/ana/visits', 'historian')).status).toBe(200);
    expect((await ask('/admin/rollback', 'historian', 'POST')).status).toBe(403);
    expect((await ask('/admin/rollback', 'admin-token-of-16', 'POST')).status).toBe(409);
    expect((await ask('/v1/parks', 'admin-token-of-16')).status).toBe(403);
  });

  test('learns that a path does not exist; a client without a key does not', async () => {
    expect((await ask('/v1/nowhere', 'reader')).status).toBe(404);
    expect((await ask('/v1/nowhere', 'guess')).status).toBe(401);
  });

  test('is not needed where no key has the scope read; the admin token does not have it', async () => {
    const url = await listening(serving(sampleGeneration()), silent, {
      access: { keys: [keyOf('admin-token-of-16', 'admin')] },
      administration: ADMIN,
    });
    expect((await askAt(url, '/v1/users/ana/visits')).status).toBe(200);
    expect((await askAt(url, '/nowhere')).status).toBe(404);
    expect((await askAt(url, '/admin/rollback', { method: 'POST' })).status).toBe(401);
  });
});

describe('the page, the description and the metrics', () => {
  test('are open unless a setting closes them; then they need a key', async () => {
    const closed = visibilityOf('none', KEYS);
    const url = await listening(serving(sampleGeneration()), silent, { access: { keys: KEYS }, visible: closed });
    for (const path of ['/', '/page.js', '/docs', '/docs/static/index.html', '/openapi.json', '/metrics']) {
      expect({ path, status: (await askAt(url, path)).status }).toEqual({ path, status: 401 });
      const { status } = await askAt(url, path, { headers: { 'x-api-key': 'reader' } });
      expect({ path, status }).toEqual({ path, status: 200 });
    }
    expect((await askAt(url, '/livez')).status).toBe(200);
  });

  test('do not exist if they are closed and no key may read', async () => {
    const url = await listening(serving(sampleGeneration()), silent, { visible: visibilityOf('metrics', []) });
    expect((await askAt(url, '/metrics')).status).toBe(200);
    for (const path of ['/', '/docs', '/openapi.json']) expect((await askAt(url, path)).status).toBe(404);
  });

  test('the description names the key that each operation needs', async () => {
    const { body } = await askAt(await guarded(), '/openapi.json');
    expect(body).toMatchObject({
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, apiKey: { in: 'header' } } },
      paths: {
        '/v1/parks': { get: { security: [{ bearer: ['read'] }, { apiKey: ['read'] }] } },
        '/v1/users/{userId}/visits': { get: { security: [{ bearer: ['history'] }, { apiKey: ['history'] }] } },
        '/admin/rollback': { post: { security: [{ bearer: ['admin'] }, { apiKey: ['admin'] }] } },
      },
    });
  });
});

describe('pages of other origins', () => {
  const preflight = (url: string, origin: string) =>
    askAt(url, '/v1/recommendations', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });

  test('may send requests if the setting names them; the preflight needs no key', async () => {
    const url = await listening(serving(sampleGeneration()), silent, {
      access: { keys: KEYS },
      corsOrigins: ['https://park.example'],
    });
    const allowed = await preflight(url, 'https://park.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://park.example');
    const other = await preflight(url, 'https://elsewhere.example');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    const asked = await askAt(url, '/v1/parks', {
      headers: { origin: 'https://park.example', authorization: 'Bearer reader' },
    });
    expect(asked.headers.get('access-control-allow-origin')).toBe('https://park.example');
    expect(asked.status).toBe(200);
  });

  test('get the same answer as others to a method that a path does not take', async () => {
    const access = { keys: KEYS };
    const url = await listening(serving(sampleGeneration()), silent, { access, corsOrigins: ['https://park.example'] });
    const options = (path: string, headers: Record<string, string>) => askAt(url, path, { method: 'OPTIONS', headers });
    const origin = 'https://park.example';
    for (const headers of [{}, { origin }] as readonly Record<string, string>[]) {
      expect(await options('/livez', headers)).toMatchObject({ status: 405, type: 'application/problem+json' });
      expect(await options('/v1/parks', headers)).toMatchObject({ status: 401, type: 'application/problem+json' });
      const known = { ...headers, 'x-api-key': 'reader' };
      expect(await options('/nowhere', known)).toMatchObject({ status: 404, type: 'application/problem+json' });
    }
  });

  test('may not without the setting', async () => {
    const url = await listening(serving(sampleGeneration()));
    const { headers } = await askAt(url, '/v1/parks', { headers: { origin: 'https://park.example' } });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('behind a proxy', () => {
  const ask = (url: string, address: string) => askAt(url, '/v1/parks', { headers: { 'x-forwarded-for': address } });
  const limited = (trustProxy: ReturnType<typeof proxiesIn>) =>
    listening(serving(sampleGeneration()), silent, { access: { ratePerSecond: 0.001 }, trustProxy });

  test('clients are distinguished by the address that a trusted proxy gives', async () => {
    const url = await limited(proxiesIn('loopback'));
    expect((await ask(url, '192.0.2.1')).status).toBe(200);
    expect((await ask(url, '192.0.2.2')).status).toBe(200);
    expect((await ask(url, '192.0.2.1')).status).toBe(429);
  });

  test('an address that a client makes up is ignored', async () => {
    const untrusting = await limited(proxiesIn(undefined));
    expect((await ask(untrusting, '192.0.2.1')).status).toBe(200);
    expect((await ask(untrusting, '192.0.2.2')).status).toBe(429);
    // One proxy: only what that one added, the last address, counts.
    const one = await limited(proxiesIn('1'));
    expect((await ask(one, '198.51.100.1, 192.0.2.1')).status).toBe(200);
    expect((await ask(one, '198.51.100.2, 192.0.2.1')).status).toBe(429);
  });
});

describe('the settings', () => {
  test('say what is wrong with them', () => {
    const hash = 'a'.repeat(64);
    expect(keysIn(`${hash}, ${hash}:read+history`).map(({ scopes }) => [...scopes])).toEqual([
      ['read'],
      ['read', 'history'],
    ]);
    for (const list of ['', ',', ' ', `${hash},`, `${hash}:read:history`])
      expect(() => keysIn(list)).toThrow(/API_KEY_HASHES holds/);
    expect(keysIn(undefined)).toEqual([]);
    expect(() => keysIn('secret')).toThrow(/API_KEY_HASHES holds a hash that is not a SHA-256/);
    expect(() => keysIn(`${hash}:everything`)).toThrow(
      /the scope 'everything'; give some of read\+events\+history\+admin/,
    );
    expect(() => visibilityOf('page,stats', [])).toThrow(/OPEN_PATHS holds 'stats'; give some of page,docs,metrics/);
    expect(() => originsIn('https://park.example/lists')).toThrow(/CORS_ORIGINS holds 'https:\/\/park.example\/lists'/);
    for (const text of ['0', 'nginx', '10.0.0.0/40', '::1/200', '1.2.3', '10.0.0.0/8/8', '0.0.0.0/0', '::/0', 'true'])
      expect(() => proxiesIn(text)).toThrow(/TRUST_PROXY holds/);
    expect(proxiesIn('10.0.0.0/8, ::1/128,loopback')).toEqual(['10.0.0.0/8', '::1/128', 'loopback']);
  });
});
