import type { Recommendations } from '@attractions/recommender';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Pressure } from '../admission/pressure.js';
import type { SwapResult } from '../generations/generations.js';
import type { Served } from '../served.js';

/** Gauges that prom-client names like counters, which promtool rejects. The gauges without `_total` have the same figures, by type. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Why a request was refused by admission control. */
type ShedReason = 'overload' | 'rate';

/** What happened to the record of a list that was shown. */
export type ExposureResult = 'spooled' | 'committed' | 'dropped' | 'rejected';

/** What happened to an event: `known` ones came before, in the same process or when their batch is committed; `refused` ones their client has to send again. */
export type EventResult = 'spooled' | 'committed' | 'known' | 'refused' | 'rejected';

/** Why the model of a tenant is no longer in memory: others need the space, or the file of tenants has it no more or says something else of it. */
export type UnloadReason = 'space' | 'file';

/** What the service counts, for Prometheus. No label names a user. */
export interface Metrics {
  /** `route` is the pattern (`/v1/users/:userId/visits`) and not the path. */
  requested(method: string, route: string, status: number, seconds: number): void;
  answered(answer: Pick<Recommendations, 'source' | 'panel'>, degraded: boolean): void;
  swapped(result: SwapResult): void;
  shed(reason: ShedReason): void;
  exposed(result: ExposureResult, lists: number): void;
  reported(result: EventResult, events: number): void;
  /** A tenant of a service for many was loaded, or could not be. */
  loaded(result: 'loaded' | 'failed', seconds: number): void;
  unloaded(reason: UnloadReason): void;
  readonly contentType: string;
  /** The text format 0.0.4. */
  text(): Promise<string>;
}

/** Upper ends of the latency buckets, in seconds: an answer takes tens of microseconds, and longer in a queue. */
const LATENCY_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Upper ends of the buckets of loads, in seconds: a small model takes some milliseconds, one of millions of visits seconds. */
const LOAD_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Figures of the tenants of a service for many, for gauges. */
export interface FleetFigures {
  readonly known: number;
  readonly loaded: number;
  readonly unavailable: number;
  readonly bytes: number;
}

/**
 * Creates a separate registry, so that two services in one process count separately.
 * @param served what a service for one tenant answers from. A service for many has figures of all of them together, by `fleet`: no label names a tenant
 */
export function createMetrics(pressure: Pressure, served?: () => Served, fleet?: () => FleetFigures): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) => {
    const buffer = countBuffer(labelNames);
    new Counter<L>({
      name: `attractions_${name}_total`,
      help,
      labelNames: [...labelNames],
      registers,
      collect() {
        buffer.flushTo(this);
      },
    });
    return buffer;
  };
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name: `attractions_${name}`,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });

  const latency = new Histogram({
    name: 'attractions_http_request_duration_seconds',
    help: 'From the headers of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: LATENCY_BUCKETS,
    registers,
  });
  const answers = counter('answers', 'Lists given, by their source and panel.', ['source', 'panel', 'degraded']);
  const swaps = counter('generation_swaps', 'Changes of generation, by result.', ['result']);
  const shed = counter('requests_shed', 'Requests refused, by reason.', ['reason']);
  const exposures = counter('exposures', 'Lists shown, by what happened to their record.', ['result']);
  const events = counter('events', 'Events received, by what happened to them.', ['result']);
  for (const result of ['swapped', 'refused', 'rolled-back'] as const) swaps.add({ result }, 0);
  for (const reason of ['overload', 'rate'] as const) shed.add({ reason }, 0);
  for (const result of ['spooled', 'committed', 'dropped', 'rejected'] as const) exposures.add({ result }, 0);
  for (const result of ['spooled', 'committed', 'known', 'refused', 'rejected'] as const) events.add({ result }, 0);
  if (served) {
    gauge('generation_model_seq', 'Update of the model feed in use.', () => served().generation.seqs.model);
    gauge('generation_age_seconds', 'Time since the generation in use took over.', () => {
      return (Date.now() - served().servedSince.getTime()) / 1_000;
    });
    gauge('experiment_invalid', '1 while a wanted experiment cannot run, else 0.', () =>
      served().experimentFaults.length === 0 ? 0 : 1,
    );
  }
  const loads = fleet && fleetMetrics(fleet, gauge, counter, registers);
  gauge('requests_in_flight', 'Requests received and not completely answered.', () => pressure.inFlight());
  gauge('event_loop_delay_seconds', 'Recent delay of the event loop.', () => pressure.delayMs() / 1_000);
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);

  return {
    requested: (method, route, status, seconds) => latency.observe({ method, route, status }, seconds),
    answered: ({ source, panel }, degraded) =>
      answers.add({ source, panel: panel?.panel ?? '', degraded: degraded ? 'true' : 'false' }),
    swapped: (result) => swaps.add({ result }),
    shed: (reason) => shed.add({ reason }),
    exposed: (result, lists) => exposures.add({ result }, lists),
    reported: (result, count) => events.add({ result }, count),
    loaded: (result, seconds) => loads?.loaded(result, seconds),
    unloaded: (reason) => loads?.unloaded(reason),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

/** What a service for many tenants has in addition. */
function fleetMetrics(
  figures: () => FleetFigures,
  gauge: (name: string, help: string, value: () => number) => unknown,
  counter: (name: string, help: string, labelNames: readonly ['result']) => CountBuffer<'result'>,
  registers: Registry[],
): Pick<Metrics, 'loaded' | 'unloaded'> {
  gauge('tenants_known', 'Tenants in the file of tenants.', () => figures().known);
  gauge('tenants_loaded', 'Tenants whose models are in memory.', () => figures().loaded);
  gauge('tenants_unavailable', 'Tenants whose models could not be loaded.', () => figures().unavailable);
  gauge('tenants_loaded_bytes', 'Memory of the models of tenants.', () => figures().bytes);
  const loads = counter('tenant_loads', 'Models of tenants loaded, by result.', ['result']);
  const unloads = counter('tenant_unloads', 'Models of tenants unloaded, by reason.', ['result']);
  const duration = new Histogram({
    name: 'attractions_tenant_load_duration_seconds',
    help: 'From the first request of a tenant to its model in memory.',
    buckets: LOAD_BUCKETS,
    registers,
  });
  for (const result of ['loaded', 'failed']) loads.add({ result }, 0);
  for (const result of ['space', 'file']) unloads.add({ result }, 0);
  return {
    loaded: (result, seconds) => {
      loads.add({ result });
      duration.observe(seconds);
    },
    unloaded: (result) => unloads.add({ result }),
  };
}

/** Collects counts for a Prometheus counter until it is scraped. Counting only updates a map; prom-client checks and joins labels at each scrape, not at each count. */
interface CountBuffer<L extends string> {
  add(labels: Readonly<Record<L, string>>, count?: number): void;
  /** Adds to the counter what was counted since the last time. */
  flushTo(counter: Counter<L>): void;
}

/** @param names of the labels; each count has all of them */
function countBuffer<L extends string>(names: readonly L[]): CountBuffer<L> {
  const counts = new Map<string, { labels: Readonly<Record<L, string>>; count: number }>();
  return {
    add(labels, count = 1) {
      let key = '';
      for (const name of names) key += `${labels[name]}\0`;
      const known = counts.get(key);
      if (known) known.count += count;
      else counts.set(key, { labels, count });
    },
    flushTo(counter) {
      for (const each of counts.values()) {
        counter.inc({ ...each.labels }, each.count);
        each.count = 0;
      }
    },
  };
}
