import type { FastifyBaseLogger } from 'fastify';
import { ServiceError } from '../errors.js';
import { codeOf } from '../generations/generations.js';
import type { Generations } from '../generations/generations.js';
import type { Served } from '../served.js';
import type { Metrics, UnloadReason } from '../telemetry/metrics.js';
import { bytesOf } from './size.js';

/** The models of one tenant, which are in memory or not. */
export interface Resident {
  readonly name: string;
  /** Loads them; undefined where they are loaded already. @throws ServiceError RECOMMENDER_TENANT_UNAVAILABLE */
  ready(): Promise<void> | undefined;
  /** Undefined where they are not loaded. */
  generations(): Generations | undefined;
  /** The code of the error while they cannot be loaded. */
  fault(): string | undefined;
  /** Takes them out of the count and of the rounds, since another entry has taken over. Requests in flight are still answered from them. */
  retire(): void;
}

/** How a tenant is loaded. */
interface Loadable {
  readonly name: string;
  readonly logger: FastifyBaseLogger;
  load(): Promise<Generations>;
}

/** The models in memory of many tenants. */
interface Residents {
  of(loadable: Loadable): Resident;
  /** Those that are loaded, the one that was asked longest ago first. */
  loaded(): readonly Resident[];
  bytes(): number;
  /** Reads the feeds of a tenant, and swaps to what they want. */
  check(resident: Resident): Promise<void>;
}

/** What bounds them. */
interface ResidenceParts {
  /** What all models together may take, with their cached lists. A single one may take more. */
  readonly memoryBytes: number;
  /** Most lists that one tenant caches. */
  readonly cachedLists: number;
  readonly metrics: Pick<Metrics, 'loaded' | 'unloaded'>;
  /** Requests of a tenant that are not completely answered. */
  inFlight(name: string): number;
}

/** How long a tenant that cannot be loaded is refused before it is tried again. */
const FAULT_MS = 10_000;

/** How long a request waits for a load, which goes on after it. */
const WAIT_MS = 8_000;

/** A cached list with its texts. */
export const LIST_BYTES = 6_000;

/** What is known of one of them. */
interface Residence {
  readonly resident: Resident;
  generations?: Generations | undefined;
  loading?: Promise<void> | undefined;
  fault?: { readonly untilMs: number; readonly code: string } | undefined;
  retired?: true;
  /** Memory of what is served, with the lists that may be cached. */
  bytes: number;
  lists: number;
  measured?: Served | undefined;
}

/**
 * Each tenant is loaded at its first request, and all that wait for it share the load. Where the loaded ones take more memory than they may, those whose last
 * request is longest ago are unloaded, but never one that has a request in flight.
 */
export function residents({ memoryBytes, cachedLists, metrics, inFlight }: ResidenceParts): Residents {
  /** In the order of their last requests. */
  const loaded = new Set<Residence>();
  const known = new WeakMap<Resident, Residence>();
  let bytes = 0;

  const count = (one: Residence, more: number): void => {
    one.bytes += more;
    bytes += more;
  };

  const measure = (one: Residence): void => {
    const served = one.generations?.served();
    if (served === undefined || served === one.measured || !loaded.has(one)) return;
    [one.measured, one.lists] = [served, 0];
    count(one, bytesOf(served.generation) - one.bytes);
  };

  const leave = (one: Residence, reason: UnloadReason): void => {
    if (!loaded.delete(one)) return;
    count(one, -one.bytes);
    one.measured = undefined;
    metrics.unloaded(reason);
  };

  /** @param present is about to answer */
  const makeRoom = (present?: Residence): void => {
    if (bytes <= memoryBytes) return;
    for (const one of loaded) {
      if (bytes <= memoryBytes || loaded.size === 1) return;
      if (one === present || inFlight(one.resident.name) > 0) continue;
      leave(one, 'space');
      one.generations = undefined;
    }
  };

  const load = async (one: Residence, loadable: Loadable): Promise<void> => {
    const beganMs = performance.now();
    const seconds = () => (performance.now() - beganMs) / 1_000;
    try {
      one.generations = await loadable.load();
      one.fault = undefined;
      if (!one.retired) loaded.add(one);
      measure(one);
      metrics.loaded('loaded', seconds());
      makeRoom(one);
    } catch (error) {
      one.fault = { untilMs: performance.now() + FAULT_MS, code: codeOf(error) };
      metrics.loaded('failed', seconds());
      loadable.logger.error({ err: error }, 'the tenant cannot be loaded; it is tried again in some seconds');
    } finally {
      one.loading = undefined;
    }
  };

  const faultOf = (one: Residence): ServiceError | undefined => {
    const leftMs = (one.fault?.untilMs ?? 0) - performance.now();
    if (one.fault === undefined || leftMs <= 0) return undefined;
    return unavailable(one.resident.name, one.fault.code, Math.ceil(leftMs / 1_000));
  };

  const waitFor = async (one: Residence, loadable: Loadable): Promise<void> => {
    const fault = faultOf(one);
    if (fault !== undefined) throw fault;
    one.loading ??= load(one, loadable);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, WAIT_MS)));
    await Promise.race([one.loading, late]);
    clearTimeout(timer);
    if (one.generations === undefined) throw faultOf(one) ?? unavailable(one.resident.name, 'it is being loaded', 2);
  };

  const touch = (one: Residence): undefined => {
    if (!loaded.delete(one)) return;
    loaded.add(one);
    if (one.lists >= cachedLists) return;
    one.lists++;
    count(one, LIST_BYTES);
    makeRoom(one);
  };

  return {
    of(loadable) {
      const resident: Resident = {
        name: loadable.name,
        ready: () => (one.generations === undefined ? waitFor(one, loadable) : touch(one)),
        generations: () => one.generations,
        fault: () => one.fault?.code,
        retire: () => {
          one.retired = true;
          leave(one, 'file');
        },
      };
      const one: Residence = { resident, bytes: 0, lists: 0 };
      known.set(resident, one);
      return resident;
    },
    loaded: () => Array.from(loaded, ({ resident }) => resident),
    bytes: () => bytes,
    async check(resident) {
      await resident.generations()?.check();
      const one = known.get(resident);
      if (one) measure(one);
      makeRoom();
    },
  };
}

function unavailable(name: string, fault: string, seconds: number): ServiceError {
  return new ServiceError(
    'RECOMMENDER_TENANT_UNAVAILABLE',
    `The tenant '${name}' cannot be answered now (${fault}); ask again in ${seconds} s.`,
    { retryAfterSeconds: seconds },
  );
}
