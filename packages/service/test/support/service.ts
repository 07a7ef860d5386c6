import { sampleGeneration } from '@attractions/models/testing';
import type { Composition } from '@attractions/recommender';
import { afterEach } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import type { Logger } from 'pino';
import type { Access } from '../../src/admission/gate.js';
import { pressureOf } from '../../src/admission/pressure.js';
import { serving } from '../../src/served.js';
import type { Served } from '../../src/served.js';
import { createServer } from '../../src/server.js';
import type { ServerParts } from '../../src/server.js';
import { onlyTenant } from '../../src/tenants/tenant.js';
import type { Tenant } from '../../src/tenants/tenant.js';
import { createMetrics } from '../../src/telemetry/metrics.js';

/** A logger that says nothing. */
export const silent: Logger = pino({ level: 'silent' });

/** An answer over a real socket. */
export interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  // The tests say what they expect of a body.
  readonly body: unknown;
}

const started: FastifyInstance[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
});

/** What a service for one tenant may have. */
export interface More extends Partial<ServerParts>, Pick<Tenant, 'shown'> {
  readonly access?: Access;
  readonly takeEvents?: Tenant['take'];
  readonly administration?: Pick<Tenant, 'rollBack'>;
}

/** Listens on a free port until the test ends. */
export async function listening(
  served: Served,
  logger: Logger = silent,
  { access = {}, shown, takeEvents, administration, ...more }: More = {},
): Promise<string> {
  const pressure = more.pressure ?? pressureOf({ maxInFlight: 1_000, maxDelayMs: 60_000 });
  const rollBack = async () => undefined;
  const tenant = { served: () => served, state: () => ({}), rollBack, ...administration, shown, take: takeEvents };
  const server = createServer({
    tenants: onlyTenant(tenant, access),
    logger,
    version: '1.2.3',
    metrics: createMetrics(pressure, () => served),
    pressure,
    administered: administration !== undefined,
    takesEvents: takeEvents !== undefined,
    closing: () => false,
    closed: () => false,
    ...more,
  });
  server.addHook('onClose', async () => pressure.close());
  started.push(server);
  return server.listen({ host: '127.0.0.1', port: 0 });
}

/** Asks a server over a small generation. */
export async function ask(path: string, composition: Composition = {}): Promise<Answer> {
  return askAt(await listening(serving(sampleGeneration(), composition)), path);
}

/** Asks a server that listens. */
export async function askAt(url: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${url}${path}`, init);
  const type = response.headers.get('content-type');
  const text = await response.text();
  const body: unknown = type?.includes('json') ? JSON.parse(text) : text;
  return { status: response.status, type, headers: response.headers, body };
}
