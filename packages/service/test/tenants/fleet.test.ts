import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { experiments, exposures } from '@attractions/contracts';
import { demoExperiment } from '@attractions/experiments';
import type { FeedStore } from '@attractions/feeds';
import { producer } from '@attractions/models/testing';
import { describe, expect, test } from '@jest/globals';
import { fleetFolder, servingFleet, servingWith, until } from '../support/fleet.js';
import { askAt } from '../support/service.js';

const AT = 'at=2014-08-05T14:30:00';
const json = (body: unknown) => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

/** Paths of a service for one tenant, and requests to them: what it answers, what it refuses and what it does not know. */
const REQUESTS: readonly (readonly [path: string, init?: RequestInit])[] = [
  [`/v1/users/ana/recommendations?${AT}&explain=true`],
  [`/v1/users/nobody/recommendations?${AT}&park=bay&limit=3`],
  [`/v1/users/a%2Fb/recommendations?${AT}`],
  ['/v1/users/ana/recommendations?limt=3'],
  ['/v1/users/ana/recommendations?park=Atlantis'],
  ['/v1/users//recommendations'],
  ['/v1/recommendations', json({ userId: 'ana', at: '2014-08-05T14:30:00', visits: ['bay:pool'] })],
  ['/v1/recommendations', json({ users: ['ana', 'bob@x'], at: '2014-08-05T14:30:00' })],
  ['/v1/recommendations', json({ users: ['ana'], userId: 'ana' })],
  ['/v1/recommendations', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }],
  ['/v1/recommendations', { method: 'DELETE' }],
  ['/v1/attractions/bay:slide/similar'],
  ['/v1/attractions/nothing/similar'],
  ['/v1/attractions?limit=2'],
  ['/v1/parks'],
  ['/v1/users/ana/visits'],
  [`/v1/users/ana/panels?${AT}`],
  ['/v1/events', json({ events: [{ eventId: 'e-1', userId: 'ana', type: 'click' }] })],
  ['/v1/events', json({ events: [] })],
  ['/ofrep/v1/evaluate/flags/demo', json({ context: { targetingKey: 'ana' } })],
  ['/ofrep/v1/evaluate/flags/none', json({ context: { targetingKey: 'ana' } })],
  ['/ofrep/v1/evaluate/flags', json({ context: { targetingKey: 'ana' } })],
  ['/readyz'],
  ['/'],
  ['/page.js'],
];

/** The path of one tenant of many for a path of a service for it alone. */
const ofTenant = (tenant: string, path: string) => `/v1/t/${tenant}${path.replace(/^\/v1(?=\/)/, '')}`;

/** Status, headers and bytes of an answer, without what differs from answer to answer. */
async function bytesOf(url: string, path: string, init: RequestInit = {}) {
  const headers = { ...(init.headers as Record<string, string>), 'x-request-id': 'the-same' };
  const response = await fetch(`${url}${path}`, { ...init, headers });
  const kept = [...response.headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name));
  return { status: response.status, headers: kept, body: await response.text() };
}

const namesIn = (body: unknown) =>
  (body as { recommendations: { name: string }[] }).recommendations.map(({ name }) => name);
const rowsIn = async (store: FeedStore) => {
  const feed = store.feed(exposures);
  const rows = [];
  for await (const { seq } of feed.since(0)) rows.push(...(await (await feed.at(seq)).read()));
  return rows;
};

describe('a service for many tenants', () => {
  test('answers every path of a tenant byte for byte as a service for it alone, with its own experiments', async () => {
    const fleet = await fleetFolder('north', 'south');
    await fleet.store('north').feed(experiments).put(demoExperiment, { producer });
    const { url, tenants } = await servingFleet(fleet);
    expect(tenants).toBe(2);
    for (const tenant of ['north', 'south']) {
      const alone = await servingWith({
        feedsRoot: join(fleet.folder, tenant),
        eventSpool: join(fleet.folder, `other-${tenant}`),
      });
      for (const [path, init] of REQUESTS)
        expect([path, await bytesOf(url, ofTenant(tenant, path), init)]).toEqual([
          path,
          await bytesOf(alone.url, path, init),
        ]);
    }
    const [north, south] = await Promise.all(
      ['north', 'south'].map((tenant) => askAt(url, `/v1/t/${tenant}/users/ana/recommendations`)),
    );
    expect(north?.body).toMatchObject({ panel: { experiment: 'demo' } });
    expect(south?.body).not.toHaveProperty('panel');
    expect(namesIn(south?.body).every((name) => name.endsWith('of south'))).toBe(true);
  });

  test('loads a tenant at its first request, once for all that wait, and no other', async () => {
    const fleet = await fleetFolder('north', 'south');
    const { url } = await servingFleet(fleet);
    const figures = async () => {
      const { body } = await askAt(url, '/metrics');
      const of = (name: string) => Number(new RegExp(`^attractions_${name} (.*)$`, 'm').exec(String(body))?.[1]);
      return [of('tenants_known'), of('tenants_loaded'), of('tenant_loads_total{result="loaded"}')];
    };
    expect(await figures()).toEqual([2, 0, 0]);
    // Refused before anything is loaded for it.
    expect(await askAt(url, '/v1/t/south/users/ana/recommendations?limit=0')).toMatchObject({ status: 400 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => askAt(url, '/v1/t/north/parks')));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(await figures()).toEqual([2, 1, 1]);
  });

  test('answers 503 with Retry-After for a tenant without a model, remembers it, and answers the others', async () => {
    const fleet = await fleetFolder('north');
    await fleet.write([{ tenant: 'north' }, { tenant: 'empty' }, { tenant: 'broken', config: 'missing.json' }]);
    const { url } = await servingFleet(fleet, {}, { partsOf: () => Promise.reject(new Error('no such file')) });
    for (const [tenant, fault] of [
      ['empty', 'CONTRACTS_NO_MODEL'],
      ['broken', 'UNEXPECTED'],
    ] as const)
      for (let n = 0; n < 2; n++) {
        const { status, headers, body } = await askAt(url, `/v1/t/${tenant}/parks`);
        expect([status, body]).toEqual([
          503,
          expect.objectContaining({
            code: 'RECOMMENDER_TENANT_UNAVAILABLE',
            detail: expect.stringContaining(`(${fault})`),
          }),
        ]);
        expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
        expect(JSON.stringify(body)).not.toContain(fleet.folder);
      }
    expect(await askAt(url, '/v1/t/north/parks')).toMatchObject({ status: 200 });
    const { body } = await askAt(url, '/metrics');
    expect(String(body)).toContain('attractions_tenant_loads_total{result="failed"} 2');
    expect(await askAt(url, '/readyz')).toMatchObject({
      status: 200,
      body: {
        tenants: { known: 3, loaded: 1, unavailable: 2 },
        detail: expect.arrayContaining([expect.stringContaining("'empty'")]),
      },
    });
    // Events need no model.
    const events = json({ events: [{ eventId: 'e-1', userId: 'ana', type: 'click' }] });
    expect(await askAt(url, '/v1/t/empty/events', events)).toMatchObject({ status: 202 });
  });

  test('swaps the model of one tenant, and leaves the others', async () => {
    const fleet = await fleetFolder('north', 'south');
    const { url } = await servingFleet(fleet);
    const generation = async (tenant: string) =>
      (await askAt(url, `/v1/t/${tenant}/version`)).body as { generation: { model: number }; servedSince: string };
    const before = [await generation('north'), await generation('south')];
    await fleet.put('north', 'the second north');
    const after = await until(
      () => generation('north'),
      (answer) => answer.generation.model > 1,
    );
    expect(after.generation.model).toBeGreaterThan(before[0]?.generation.model ?? 0);
    const { body } = await askAt(url, '/v1/t/north/users/ana/recommendations');
    expect(namesIn(body).every((name) => name.endsWith('the second north'))).toBe(true);
    expect(await generation('south')).toEqual(before[1]);
  });

  test('unloads those that were asked longest ago, and never answers wrongly under load', async () => {
    const names = Array.from({ length: 30 }, (_, n) => `t${n}`);
    const fleet = await fleetFolder(...names);
    // A tenant takes some 60 kB with its cached lists, so that some 17 of them fit.
    const { url } = await servingFleet(fleet, { tenantsMemory: 1, cachedLists: 10_000 });
    let wrong = 0;
    const client = async (from: number) => {
      for (let n = 0; n < 300; n++) {
        const tenant = names[(from * 7 + n * 5) % names.length] as string;
        const { status, body } = await askAt(url, `/v1/t/${tenant}/users/user-${from}-${n}/recommendations?limit=5`);
        if (status !== 200 || !namesIn(body).every((name) => name.endsWith(`of ${tenant}`))) wrong++;
      }
    };
    await Promise.all([1, 2, 3, 4, 5, 6].map(client));
    const { body } = await askAt(url, '/metrics');
    const bytes = Number(/^attractions_tenants_loaded_bytes (.*)$/m.exec(String(body))?.[1]);
    const unloads = Number(/^attractions_tenant_unloads_total\{result="space"\} (.*)$/m.exec(String(body))?.[1]);
    expect({ wrong, fits: bytes <= 2 ** 20, unloaded: unloads > 0 }).toEqual({ wrong: 0, fits: true, unloaded: true });
  });

  test('records what was shown in the feed of its tenant, and commits all at the end', async () => {
    const fleet = await fleetFolder('north', 'south', 'idle');
    const { url, close } = await servingFleet(fleet);
    const shown: Record<string, string[]> = { north: [], south: [], idle: [] };
    for (let n = 0; n < 20; n++) {
      const tenant = n % 3 === 0 ? 'north' : 'south';
      const { headers } = await askAt(url, `/v1/t/${tenant}/users/ana/recommendations`);
      shown[tenant]?.push(headers.get('x-request-id') ?? '');
    }
    await close();
    for (const [tenant, ids] of Object.entries(shown))
      expect([tenant, (await rowsIn(fleet.store(tenant))).map(({ requestId }) => requestId)]).toEqual([tenant, ids]);
  });

  test('commits what a process that ended left behind, of tenants that nobody asks for', async () => {
    const fleet = await fleetFolder('north', 'south');
    const batch = '00000000-0000-4000-8000-000000000000-1';
    for (const tenant of ['north', 'south']) {
      await mkdir(join(fleet.folder, tenant, '_spool', batch), { recursive: true });
      const line = {
        shownAt: '2026-11-28T12:00:00.000Z',
        requestId: `left-${tenant}`,
        userId: 'ana',
        source: 'als',
        modelSeq: 1,
        items: ['bay:pool'],
      };
      await writeFile(join(fleet.folder, tenant, '_spool', batch, '00000001.ndjson'), `${JSON.stringify(line)}\n`);
    }
    await servingFleet(fleet);
    for (const tenant of ['north', 'south'])
      expect(
        await until(
          () => rowsIn(fleet.store(tenant)),
          (rows) => rows.length > 0,
        ),
      ).toMatchObject([{ requestId: `left-${tenant}` }]);
  });

  test('takes up a new tenant and lets one go while it runs; a broken file changes nothing', async () => {
    const fleet = await fleetFolder('north', 'south');
    await fleet.write([{ tenant: 'north' }]);
    const { url } = await servingFleet(fleet);
    const status = async (tenant: string) => (await askAt(url, `/v1/t/${tenant}/parks`)).status;
    expect([await status('north'), await status('south')]).toEqual([200, 404]);
    await fleet.write([{ tenant: 'north' }, { tenant: 'south' }]);
    expect(
      await until(
        () => status('south'),
        (now) => now === 200,
      ),
    ).toBe(200);
    await writeFile(fleet.file, '{ "tenants": [{ "tenant": "NORTH" }] }');
    const { body } = await until(
      () => askAt(url, '/readyz'),
      ({ body }) => (body as { detail: string[] }).detail.length > 0,
    );
    expect(body).toMatchObject({ detail: [expect.stringContaining('file of tenants')], tenants: { known: 2 } });
    expect([await status('north'), await status('south')]).toEqual([200, 200]);
    await fleet.write([{ tenant: 'south' }]);
    expect(
      await until(
        () => status('north'),
        (now) => now === 404,
      ),
    ).toBe(404);
    expect(await status('south')).toBe(200);
  });

  test('describes the paths of tenants', async () => {
    const { url } = await servingFleet(await fleetFolder('north'));
    const { paths } = (await askAt(url, '/openapi.json')).body as {
      paths: Record<string, Record<string, { parameters?: { name: string }[] }>>;
    };
    const ofTenants = Object.entries(paths).filter(([path]) => path.startsWith('/v1/t/{tenant}/'));
    expect(ofTenants.length).toBeGreaterThan(10);
    for (const [, methods] of ofTenants)
      for (const { parameters = [] } of Object.values(methods))
        expect(parameters.map(({ name }) => name)).toContain('tenant');
  });

  test('refuses feeds in memory, and a variable of keys that is not set', async () => {
    const fleet = await fleetFolder('north');
    await expect(servingFleet(fleet, { feedsRoot: 'memory:' })).rejects.toMatchObject({
      code: 'SERVICE_SETTING_INVALID',
    });
    await fleet.write([{ tenant: 'north', keys: 'KEYS_THAT_NOBODY_SET' }]);
    await expect(servingFleet(fleet)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      exitCode: 2,
      message: expect.stringContaining('KEYS_THAT_NOBODY_SET is not set'),
    });
  });
});
