import type { FeedStore } from '@attractions/feeds';
import type { Composition } from '@attractions/recommender';
import type { FastifyBaseLogger } from 'fastify';
import type { ApiKey } from '../admission/access.js';
import { gateOf } from '../admission/gate.js';
import type { Gate } from '../admission/gate.js';
import { every, roundAndRound } from '../every.js';
import { followFeeds } from '../generations/follow.js';
import type { Generations } from '../generations/generations.js';
import type { Loaders } from '../generations/loader.js';
import type { Committer } from '../recording/committer.js';
import { recordsOf, watchRecords } from '../recording/records.js';
import type { Recorded, Records } from '../recording/records.js';
import type { FleetFigures, Metrics } from '../telemetry/metrics.js';
import { residents } from './residents.js';
import type { Resident } from './residents.js';
import type { Fleet, Tenant } from './tenant.js';

/** One tenant as the file of tenants says. */
export interface TenantPlan extends Recorded {
  readonly name: string;
  /** Its own keys; undefined where it has none. */
  readonly keys: readonly ApiKey[] | undefined;
  /** What its answers depend on in the file; where that changes, it is loaded anew. */
  readonly made: string;
  /** Opens its feeds. */
  open(): FeedStore;
  /** What its recommender uses; may read its configuration file. */
  composed(): Promise<{ readonly composition: Composition; readonly configFile?: string | undefined }>;
}

/** What a service for many tenants is made of. */
export interface FleetParts {
  /** The tenants that the file names now; undefined where it is as at the last call. @throws an error where it cannot be used */
  plans(): Promise<readonly TenantPlan[] | undefined>;
  /** Keys of the operators: they open every tenant, with their scopes. */
  readonly keys: readonly ApiKey[];
  /** Whether tenants without keys of their own are open to everybody. */
  readonly open: boolean;
  /** Requests a second of one client of one tenant; 0: no limit. */
  readonly ratePerSecond: number;
  /** What the models of all tenants may take, with their cached lists. */
  readonly memoryBytes: number;
  /** Most lists that one tenant caches. */
  readonly cachedLists: number;
  readonly pollMs: number;
  readonly logger: FastifyBaseLogger;
}

/** What the tenants share with each other and with the service. */
interface FleetShared {
  readonly loaders: Loaders;
  readonly committer: Committer;
  readonly metrics: Metrics;
  /** Requests of a tenant that are not completely answered. */
  inFlight(name: string): number;
}

interface Entry {
  readonly plan: TenantPlan;
  readonly tenant: Tenant;
  readonly gate: Gate;
  readonly resident: Resident;
  readonly recording: Recording;
}

/** What a tenant records. Made at the first request and kept: without lines it needs no timer and next to no memory. */
interface Recording {
  records(): Promise<Records>;
  /** Undefined before the first request. */
  made(): Records | undefined;
  /** Looks for what processes that have ended left behind. */
  look(): Promise<number>;
}

/** How often spools are looked at in which others have left something, and the time in which all are looked at. */
const LOOK_MS = 1_000;
const ALL_LOOKED_MS = 30_000;

/** How often it is looked whether the last requests of a tenant that has left the file are answered. */
const LEAVING_MS = 100;

/**
 * Many tenants. Those that are loaded follow their feeds in rounds; the others cost nothing.
 * @throws an error where the file of tenants cannot be used
 */
export async function fleetOf(
  parts: FleetParts,
  shared: FleetShared,
): Promise<Fleet & { stop(): Promise<void>; figures(): FleetFigures }> {
  const { logger, keys: operators, ratePerSecond } = parts;
  const { loaders, metrics, inFlight } = shared;
  const inMemory = residents({ ...parts, ...shared });
  let entries: ReadonlyMap<string, Entry> = new Map();
  let outside = gateOf({ keys: operators });
  let fileFault: string | undefined;

  const gateFor = ({ keys }: TenantPlan): Gate =>
    gateOf({
      keys: [...(keys ?? []), ...operators],
      open: parts.open && keys === undefined,
      ratePerSecond,
    });

  const recordingOf = (plan: TenantPlan, store: FeedStore): Recording => {
    const ours = { ...plan, ...shared, store, logger: logger.child({ tenant: plan.name }), watched: false };
    let made: Records | undefined;
    let making: Promise<Records> | undefined;
    return {
      made: () => made,
      records: () =>
        (making ??= recordsOf(ours).then(
          (records) => (made = records),
          (error: unknown) => {
            making = undefined;
            throw error;
          },
        )),
      look: watchRecords(ours, () => made),
    };
  };

  const entryOf = (plan: TenantPlan, before?: Entry): Entry => {
    const { name } = plan;
    const store = plan.open();
    const recording = before?.recording ?? recordingOf(plan, store);
    const ours = logger.child({ tenant: name });
    const resident = inMemory.of({
      name,
      logger: ours,
      async load() {
        const [composed] = await Promise.all([plan.composed(), recording.records()]);
        return followFeeds({ ...composed, store, loaders, logger: ours, onSwap: metrics.swapped });
      },
    });
    return { plan, gate: gateFor(plan), resident, recording, tenant: tenantOf(plan, resident, recording) };
  };

  /** Takes up what the file says. A tenant of which it says nothing new stays as it is. */
  const takeUp = (plans: readonly TenantPlan[]): void => {
    const next = new Map(
      plans.map((plan): [string, Entry] => {
        const present = entries.get(plan.name);
        if (present?.plan.made !== plan.made) return [plan.name, entryOf(plan, present)];
        return [plan.name, sameKeys(present.plan, plan) ? present : { ...present, plan, gate: gateFor(plan) }];
      }),
    );
    for (const [name, { resident, recording }] of entries) {
      if (next.get(name)?.resident !== resident) resident.retire();
      if (!next.has(name)) void finish(name, recording);
    }
    entries = next;
    const open = parts.open && plans.every(({ keys }) => keys === undefined);
    outside = gateOf({ keys: operators, open, ratePerSecond });
  };

  const finish = async (name: string, recording: Recording): Promise<void> => {
    while (inFlight(name) > 0) await new Promise((resolve) => setTimeout(resolve, LEAVING_MS).unref());
    if (!entries.has(name)) await recording.made()?.stop();
  };

  const readFile = async (): Promise<void> => {
    try {
      const plans = await parts.plans();
      fileFault = undefined;
      if (plans === undefined) return;
      const [before, after] = [entries.size, plans.length];
      takeUp(plans);
      logger.info({ before, after }, 'the file of tenants has changed');
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      if (fault !== fileFault) logger.error({ err: error }, 'the file of tenants cannot be used; the one before stays');
      fileFault = fault;
    }
  };

  takeUp((await parts.plans()) ?? []);
  const rounds = [
    every(parts.pollMs, readFile),
    roundAndRound(inMemory.loaded, inMemory.check, parts.pollMs),
    every(
      LOOK_MS,
      lookAround(() => [...entries.values()].map(({ recording }) => recording)),
    ),
  ];

  return {
    find: (name) => (name === undefined ? undefined : entries.get(name)?.tenant),
    gate: (name) => (name === undefined ? outside : (entries.get(name)?.gate ?? outside)),
    report() {
      const all = [...entries.values()];
      const faults = all.flatMap(({ plan, resident }) => {
        const fault = resident.fault();
        return fault === undefined ? [] : [`The tenant '${plan.name}' cannot be loaded (${fault}). The log says why.`];
      });
      const loaded = inMemory.loaded();
      const ofFile =
        fileFault === undefined ? [] : ['The file of tenants cannot be used; the one before stays. The log says why.'];
      return {
        tenants: { known: all.length, loaded: loaded.length, unavailable: faults.length },
        detail: [...ofFile, ...faults],
        answering: loaded.flatMap(({ name }) => entries.get(name)?.tenant ?? []),
      };
    },
    figures: () => ({
      known: entries.size,
      loaded: inMemory.loaded().length,
      unavailable: [...entries.values()].filter(({ resident }) => resident.fault() !== undefined).length,
      bytes: inMemory.bytes(),
    }),
    async stop() {
      await Promise.all(rounds.map((round) => round.stop()));
      await Promise.all([loaders.inFront.close(), loaders.behind.close()]);
      await Promise.all([...entries.values()].map(({ recording }) => recording.made()?.stop()));
    },
  };
}

function tenantOf({ name, exposures, events }: TenantPlan, resident: Resident, recording: Recording): Tenant {
  const loaded = (): Generations => {
    const generations = resident.generations();
    if (generations === undefined) throw new Error(`The tenant '${name}' is not loaded.`);
    return generations;
  };
  return {
    name,
    ready: resident.ready,
    served: () => loaded().served(),
    state: () => loaded().state(),
    rollBack: () => loaded().rollBack(),
    ...(exposures && { shown: (one) => recording.made()?.exposures?.shown(one) }),
    ...(events && {
      take: async (reported) => {
        const { events: taking } = await recording.records();
        if (taking === undefined) throw new Error('Events are not recorded.');
        return taking.take(reported);
      },
    }),
  };
}

/** Looks at all spools at the first call, then at those in which others had left something, and at a share of the others. */
function lookAround(all: () => readonly Recording[]): () => Promise<void> {
  let occupied: ReadonlySet<Recording> | undefined;
  let place = 0;
  return async () => {
    const recordings = all();
    const share = Math.ceil((recordings.length * LOOK_MS) / ALL_LOOKED_MS);
    const next = occupied === undefined ? recordings : [...occupied, ...recordings.slice(place, place + share)];
    place = place + share >= recordings.length ? 0 : place + share;
    const found = new Set<Recording>();
    for (const recording of new Set(next)) if ((await recording.look()) > 0) found.add(recording);
    occupied = found;
  };
}

function sameKeys({ keys: a }: TenantPlan, { keys: b }: TenantPlan): boolean {
  const text = (keys: TenantPlan['keys']) =>
    keys && JSON.stringify(keys.map(({ digest, scopes }) => [digest.toString('hex'), [...scopes]]));
  return text(a) === text(b);
}
