import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forceConfig, readConfig } from '@attractions/config';
import { openFeeds } from '@attractions/feeds';
import { putGeneration, sampleGeneration } from '@attractions/models/testing';
import { afterEach } from '@jest/globals';
import { runServe } from '../../src/driver.js';
import type { ServeContext } from '../../src/driver.js';
import { serveSettings } from '../../src/settings.js';
import type { ServeConfig } from '../../src/settings.js';
import { silent } from './service.js';

/** SHA-256 of a key, as a variable of keys holds it. */
export const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

/** A folder with the feeds of some tenants. The name of an attraction ends with the tenant. */
export interface FleetFolder {
  readonly folder: string;
  readonly file: string;
  /** Writes the file of tenants. */
  write(tenants: readonly object[]): Promise<void>;
  /** Puts another model of a tenant; a generation of its own, since the attractions are new. */
  put(tenant: string, edition?: string): Promise<void>;
  /** The feeds of a tenant. */
  store(tenant: string): ReturnType<typeof openFeeds>;
}

const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const clean of cleanUps.splice(0).reverse()) await clean();
});

export async function fleetFolder(...tenants: readonly string[]): Promise<FleetFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'service-fleet-'));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'tenants.json');
  const store = (tenant: string) => openFeeds(join(folder, tenant));
  const put = async (tenant: string, edition = tenant) => {
    const { attractions } = sampleGeneration();
    const named = attractions.map((attraction) => ({ ...attraction, name: `${attraction.name} of ${edition}` }));
    await putGeneration(store(tenant), { attractions: named });
  };
  const write = (entries: readonly object[]) => writeFile(file, JSON.stringify({ tenants: entries }));
  for (const tenant of tenants) await put(tenant);
  await write(tenants.map((tenant) => ({ tenant })));
  return { folder, file, store, put, write };
}

/** A service for many tenants that listens until the test ends. */
export async function servingFleet(
  { folder, file }: Pick<FleetFolder, 'folder' | 'file'>,
  settings: Partial<ServeConfig> = {},
  context: Partial<ServeContext> = {},
) {
  return servingWith({ feedsRoot: folder, tenantsFile: file, ...settings }, context);
}

/** A service that listens until the test ends. */
export async function servingWith(settings: Partial<ServeConfig>, context: Partial<ServeContext> = {}) {
  const usual = { port: 0, modelPollSeconds: 0.05, drainMs: 0, ...settings };
  const config = forceConfig(serveSettings, usual, () => readConfig(serveSettings));
  const service = await runServe(config, { logger: silent, ...context });
  const close = async () => {
    await service.close();
    await service.closed;
  };
  cleanUps.push(close);
  return { ...service, close };
}

/** Asks until an answer satisfies, at most ten seconds. */
export async function until<T>(ask: () => Promise<T>, satisfies: (answer: T) => boolean): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer) || Date.now() > end) return answer;
  }
}
