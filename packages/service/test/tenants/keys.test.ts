import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fleetFolder, hashOf, servingFleet, until } from '../support/fleet.js';
import { askAt } from '../support/service.js';

const VARIABLES = {
  NORTH_KEYS_OF_TEST: `${hashOf('north-reader')},${hashOf('north-historian')}:read+history,${hashOf('north-admin')}:admin`,
  SOUTH_KEYS_OF_TEST: hashOf('south-reader'),
};
const OPERATORS = `${hashOf('operator')}:read+history+events+admin,${hashOf('fleet-reader')}`;

beforeAll(() => void Object.assign(process.env, VARIABLES));
afterAll(() => {
  for (const name of Object.keys(VARIABLES)) Reflect.deleteProperty(process.env, name);
});

async function guarded(settings = {}) {
  const fleet = await fleetFolder('north', 'south', 'open');
  await fleet.write([
    { tenant: 'north', keys: 'NORTH_KEYS_OF_TEST' },
    { tenant: 'south', keys: 'SOUTH_KEYS_OF_TEST' },
    { tenant: 'open' },
  ]);
  const { url } = await servingFleet(fleet, settings);
  const ask = (path: string, key?: string, init: RequestInit = {}) =>
    askAt(url, path, { ...init, headers: key === undefined ? {} : { authorization: `Bearer ${key}` } });
  const status = async (path: string, key?: string, init?: RequestInit) => (await ask(path, key, init)).status;
  return { fleet, url, ask, status };
}

/** Sends bytes as a request, and returns the answer as text. */
async function rawAnswer(url: string, target: string, key: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.setTimeout(2_000, () => socket.destroy());
  socket.write(
    `GET ${target} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${key}\r\nconnection: close\r\n\r\n`,
    'latin1',
  );
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

describe('keys of tenants', () => {
  test('open only their own tenant, with their scopes; those of operators open all', async () => {
    const { status } = await guarded({ apiKeys: OPERATORS });
    const keys = [undefined, 'north-reader', 'north-historian', 'south-reader', 'fleet-reader', 'operator'];
    const row = (path: string) => Promise.all(keys.map((key) => status(path, key)));
    expect(await row('/v1/t/north/parks')).toEqual([401, 200, 200, 401, 200, 200]);
    expect(await row('/v1/t/south/parks')).toEqual([401, 401, 401, 200, 200, 200]);
    expect(await row('/v1/t/open/parks')).toEqual([401, 401, 401, 401, 200, 200]);
    expect(await row('/v1/t/north/users/ana/visits')).toEqual([401, 403, 200, 401, 403, 200]);
    expect(await row('/v1/t/north/nowhere')).toEqual([401, 404, 404, 401, 404, 404]);
    expect(await row('/v1/t/north/readyz')).toEqual([401, 200, 200, 401, 200, 200]);
    expect(await row('/v1/parks')).toEqual([401, 401, 401, 401, 404, 404]);
    const post = { method: 'POST' };
    expect(await status('/v1/t/north/admin/rollback', 'north-admin', post)).toBe(409);
    expect(await status('/v1/t/south/admin/rollback', 'north-admin', post)).toBe(401);
    expect(await status('/v1/t/south/admin/rollback', 'south-reader', post)).toBe(403);
    expect(await status('/v1/t/south/admin/rollback', 'operator', post)).toBe(409);
  });

  test('without one of operators, a tenant that names no keys is open, and the others are not', async () => {
    const { status } = await guarded();
    expect(await status('/v1/t/open/parks')).toBe(200);
    expect(await status('/v1/t/north/parks')).toBe(401);
    expect(await status('/v1/t/open/admin/rollback', undefined, { method: 'POST' })).toBe(401);
  });

  test('without a key of it, a tenant that exists answers as one that does not', async () => {
    const { ask } = await guarded();
    const fixed = async (path: string, key?: string, init?: RequestInit) => {
      const { status, body, headers } = await ask(path, key, init);
      const kept = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
      return { status, body, kept };
    };
    for (const rest of ['parks', 'nowhere', 'users/ana/visits', 'readyz', '', 'page.js', 'admin/rollback'])
      for (const key of [undefined, 'south-reader', 'wrong'])
        for (const method of ['GET', 'POST', 'PATCH'])
          expect([rest, key, method, await fixed(`/v1/t/north/${rest}`, key, { method })]).toEqual([
            rest,
            key,
            method,
            await fixed(`/v1/t/nobody/${rest}`, key, { method }),
          ]);
    const { ask: asOperator } = await guarded({ apiKeys: OPERATORS });
    expect(await asOperator('/v1/t/nobody/parks', 'fleet-reader')).toMatchObject({
      status: 404,
      body: { code: 'RECOMMENDER_NO_SUCH_TENANT' },
    });
  });

  test('only operators see how the tenants are', async () => {
    const { ask } = await guarded({ apiKeys: OPERATORS });
    for (const key of [undefined, 'north-admin', 'fleet-reader'])
      expect((await ask('/readyz', key)).body).toEqual({ status: 'ready' });
    expect((await ask('/readyz', 'operator')).body).toEqual({
      status: 'ready',
      tenants: { known: 3, loaded: 0, unavailable: 0 },
      detail: [],
    });
  });

  test('no form of a path leads to another tenant than that of the key', async () => {
    // Without the page, which is the same for every name.
    const { url } = await guarded({ openPaths: 'none' });
    const forms = [
      ...[
        'north/../south',
        'north/..%2fsouth',
        'north%2f..%2fsouth',
        'north%2f..%2f..%2ft%2fsouth',
        'north/%2e%2e/south',
      ],
      ...[
        'north/./../south',
        'north\\..\\south',
        'north;/south',
        'north%00/../south',
        'north%5c..%5csouth',
        '/south',
        '%2fsouth',
      ],
      ...[
        'sout%68',
        '%73outh',
        '%2573outh',
        'SOUTH',
        'south%20',
        'south.',
        'south%00',
        'sou\x00th',
        'south%2f',
        'south?x=',
        'south#',
      ],
      ...[
        '../t/south',
        '..%2ft%2fsouth',
        'north/v1/t/south',
        'north//v1/t/south',
        'north/?tenant=south',
        '__proto__',
        'constructor',
        '',
      ],
    ].flatMap((name) => [
      `/v1/t/${name}/parks`,
      `//v1/t/${name}/parks`,
      `/v1/t//${name}/parks`,
      `http://a/v1/t/${name}/parks`,
      `/V1/T/${name}/parks`,
    ]);
    for (const form of forms) {
      const answer = await rawAnswer(url, form, 'north-reader');
      const [, status = 'none'] = /^HTTP\/1\.1 (\d{3})/.exec(answer) ?? [];
      expect([form, ['none', '400', '401', '404', '414'].includes(status) ? 'refused' : answer]).toEqual([
        form,
        'refused',
      ]);
    }
    expect(forms.length).toBeGreaterThan(100);
    expect(await rawAnswer(url, '/v1/t/n%6Frth/parks', 'north-reader')).toMatch(/^HTTP\/1\.1 200/);
    expect(await rawAnswer(url, '/v1/t/sout%68/parks', 'south-reader')).toMatch(/^HTTP\/1\.1 200/);
  });

  test('rates are counted for each tenant apart', async () => {
    const { status } = await guarded({ apiKeys: OPERATORS, ratePerSecond: 0.001 });
    const twice = async (path: string, key: string) => [await status(path, key), await status(path, key)];
    expect(await twice('/v1/t/north/parks', 'operator')).toEqual([200, 429]);
    expect(await twice('/v1/t/south/parks', 'operator')).toEqual([200, 429]);
    expect(await twice('/v1/t/south/parks', 'south-reader')).toEqual([200, 429]);
  });

  test('new keys of the file are taken up, and those that it names no more open nothing', async () => {
    const { fleet, status } = await guarded();
    expect(await status('/v1/t/north/parks', 'north-reader')).toBe(200);
    await fleet.write([{ tenant: 'north', keys: 'SOUTH_KEYS_OF_TEST' }]);
    expect(
      await until(
        () => status('/v1/t/north/parks', 'south-reader'),
        (now) => now === 200,
      ),
    ).toBe(200);
    expect(await status('/v1/t/north/parks', 'north-reader')).toBe(401);
    // A variable that is not set never opens a tenant: the file is refused, and the keys before stay.
    await writeFile(
      join(fleet.folder, 'tenants.json'),
      '{ "tenants": [{ "tenant": "north", "keys": "NOT_SET_IN_TEST" }] }',
    );
    expect(await status('/v1/t/north/parks')).toBe(401);
  });
});
