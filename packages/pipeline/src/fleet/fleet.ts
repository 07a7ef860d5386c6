import { setTimeout as delay } from 'node:timers/promises';
import { fleetReports } from '@attractions/contracts';
import type { FleetReport } from '@attractions/contracts';
import { plural, tenantRoot } from '@attractions/config';
import { openFeeds, openLeases } from '@attractions/feeds';
import type { Lease, Leases } from '@attractions/feeds';

import type { PipelineContext } from '../commands/command.js';
import { PipelineError } from '../errors.js';
import { withoutExamples } from '../recorded.js';
import { packageVersion } from '../version.js';
import { inOrder, longOnes, takeNext } from './order.js';
import type { Waiting } from './order.js';
import { reportOf } from './report.js';
import type { Ended } from './report.js';
import type { FleetSize } from './size.js';
import type { FleetBase, FleetTenant, Turn, TurnResult } from './turn.js';
import { openWorker } from './workers.js';
import type { FleetWorker } from './workers.js';

/** The name of the folder beside the roots of the tenants. No tenant can have it. */
const FLEET = '_fleet';

/** A tenant whose turn another fleet has is asked for again after so long. */
const HELD_MS = 1_000;

/** Leases that are read at once before the start. */
const READERS = 16;

/** How a fleet is run. */
export interface FleetOptions extends FleetSize, Pick<Turn, 'full' | 'accept'> {
  readonly deadlineSeconds: number;
  readonly retries: number;
  /** Of the sources that the tenants were split out of. */
  readonly split?: NonNullable<FleetReport['split']>;
}

/** A tenant in the queue. */
interface Queued extends Waiting {
  readonly turn: Turn;
  readonly tries: number;
}

/** What the last turn of a tenant leaves for the next one. */
interface Note {
  readonly outcome: TurnResult['outcome'];
  readonly seconds: number;
}

/**
 * Runs the pipeline and the gate for each tenant in a pool of worker processes, and commits the report. What becomes of one tenant changes nothing for the others. Several
 * fleets may run on one root, also on several machines: a tenant is run by one of them at a time.
 *
 * Nothing is kept of how far a fleet came. A run that follows a killed one finds all that was committed, so what was read is not read again, and what was trained is not
 * trained again.
 *
 * @throws PipelineError PIPELINE_USAGE where the feeds are in memory
 */
export async function runFleet(
  tenants: readonly FleetTenant[],
  options: FleetOptions,
  { config, logger, signal, progress, json, own }: Omit<PipelineContext, 'store'>,
): Promise<FleetReport> {
  const begin = { startedAt: new Date().toISOString(), ms: performance.now() };
  const { feedsRoot } = config;
  if (feedsRoot.startsWith('memory:'))
    throw new PipelineError(
      'PIPELINE_USAGE',
      'Feeds in memory end with each worker; set FEEDS_ROOT to a folder or a bucket.',
    );
  const base: FleetBase = { config, json, ...(own?.configFile !== undefined && { configFile: own.configFile }) };
  const leases = openLeases(feedsRoot, `${FLEET}/turns`);
  const memory = openMemory();
  const queue: Queued[] = inOrder(await waiting(tenants, leases, feedsRoot, options));
  const long = longOnes(queue);
  const held: Queued[] = [];
  const running = new Set<string>();
  const ended = new Map<string, Ended>();
  const count = Math.min(options.workers, queue.length);
  const busySeconds = { all: 0 };

  const show = (): void =>
    progress?.({
      ...{ what: 'tenants', done: ended.size, total: tenants.length, unit: 'tenants' },
      detail: detailOf([...ended.values()]),
    });

  async function run(worker: FleetWorker, queued: Queued, lease: Lease): Promise<void> {
    const { tenant, turn, tries } = queued;
    running.add(tenant);
    const result = await worker.run(turn);
    running.delete(tenant);
    busySeconds.all += result.seconds;
    const isStopped = signal.aborted && result.outcome === 'failed';
    const note: Note = { outcome: result.outcome, seconds: result.seconds };
    // A turn that was stopped says nothing of the tenant.
    await lease
      .end(isStopped ? undefined : note)
      .catch((error: unknown) =>
        logger.warn({ tenant, reason: String(error) }, 'The end of a turn could not be noted.'),
      );
    if (isStopped) return;
    const mayPass = result.outcome === 'failed' && result.exitCode === 1;
    const isAgain = mayPass && tries < options.retries;
    tell(tenant, result, isAgain);
    if (isAgain) queue.push({ ...queued, tries: tries + 1 });
    else ended.set(tenant, { tenant, ...result, ...sentence(result), tries: tries + 1 });
    show();
  }

  function tell(tenant: string, { outcome, code, message, seconds, model }: TurnResult, isAgain: boolean): void {
    const took = `${seconds.toFixed(1)} s`;
    if (outcome === 'done')
      logger.debug({ tenant, model, seconds }, `${tenant}: model ${model} is the champion, ${took}.`);
    else if (outcome === 'unchanged') logger.debug({ tenant, model, seconds }, `${tenant}: nothing is new, ${took}.`);
    else
      logger.warn(
        { tenant, code, message, seconds },
        `${tenant} ${outcome === 'refused' ? 'was refused' : 'failed'}${isAgain ? ', and is tried again later' : ''}.`,
      );
  }

  async function serve(worker: FleetWorker): Promise<void> {
    while (!signal.aborted) {
      const next = takeNext(queue, long, running, count);
      if (next === undefined) return;
      try {
        const lease = await leases.take(next.tenant, [await worker.start()]);
        if (lease) await run(worker, next, lease);
        else held.push(next);
      } catch (error) {
        // The store, or the start of a process.
        const message = `It could not be run: ${String(error)}`;
        const failed = { outcome: 'failed' as const, code: 'UNEXPECTED', message, seconds: 0, stages: {} };
        ended.set(next.tenant, { tenant: next.tenant, ...failed, tries: next.tries + 1 });
        tell(next.tenant, failed, false);
      }
    }
  }

  const workers = Array.from({ length: count }, (_, n) => openWorker(base, options, (mb) => memory.note(n, mb)));
  const stop = (): void => workers.forEach((worker) => worker.stop('The fleet was stopped.'));
  signal.addEventListener('abort', stop, { once: true });
  try {
    logger.info(
      { tenants: tenants.length, workers: count, memoryMb: options.memoryMb },
      `Running ${tenants.length} ${plural(tenants.length, 'tenant')} with ${count} ${plural(count, 'worker')} of ${options.workerMb} MB.`,
    );
    for (;;) {
      await Promise.all(workers.map(serve));
      if (held.length === 0 || signal.aborted) break;
      logger.info(
        { tenants: held.map(({ tenant }) => tenant) },
        `Waiting for ${held.length} ${plural(held.length, 'tenant')} that another fleet runs.`,
      );
      await delay(HELD_MS, undefined, { signal }).catch(() => undefined);
      queue.push(...held.splice(0));
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await Promise.all(workers.map((worker) => worker.close()));
    await leases.close().catch(() => undefined);
  }
  const report = reportOf(tenants, ended, {
    startedAt: begin.startedAt,
    seconds: (performance.now() - begin.ms) / 1_000,
    workers: count,
    memoryMb: options.memoryMb,
    peakMemoryMb: memory.peakMb(),
    busySeconds: busySeconds.all,
    ...(options.split && { split: options.split }),
  });
  await openFeeds(tenantRoot(feedsRoot, FLEET))
    .feed(fleetReports)
    .put(report, { producer: { id: 'fleet', package: '@attractions/pipeline', version: packageVersion() } })
    .catch((error: unknown) => logger.warn({ reason: String(error) }, 'The report could not be committed.'));
  return report;
}

/** The tenants with what their last turns left. */
async function waiting(
  tenants: readonly FleetTenant[],
  leases: Leases,
  feedsRoot: string,
  { full, accept }: Pick<Turn, 'full' | 'accept'>,
): Promise<Queued[]> {
  const found: Queued[] = [];
  const left = [...tenants];
  const read = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { tenant, config, data, from } = next;
      const last = await leases.last(tenant);
      const { seconds } = Object(last?.note) as Partial<Note>;
      const turn: Turn = {
        tenant,
        feedsRoot: tenantRoot(feedsRoot, tenant),
        ...(config !== undefined && { configFile: config }),
        ...(data !== undefined && { data }),
        ...(from && { from }),
        ...(full && { full }),
        ...(accept && { accept }),
      };
      found.push({ tenant, turn, tries: 0, endedMs: last?.endedMs, seconds });
    }
  };
  await Promise.all(Array.from({ length: READERS }, read));
  return found;
}

/** Memory of all processes together. */
function openMemory() {
  const held = new Map<number, number>();
  let most = 0;
  return {
    note: (worker: number, mb: number): void => {
      held.set(worker, mb);
      const all = [...held.values()].reduce((sum, each) => sum + each, 0);
      most = Math.max(most, all + process.memoryUsage.rss() / 2 ** 20);
    },
    peakMb: (): number | undefined => (most === 0 ? undefined : Math.round(most)),
  };
}

function detailOf(ended: readonly Ended[]): string {
  const count = (wanted: Ended['outcome']): number => ended.filter(({ outcome }) => outcome === wanted).length;
  return (['refused', 'failed'] as const)
    .flatMap((outcome) => (count(outcome) > 0 ? `${count(outcome)} ${outcome}` : []))
    .join(', ');
}

/** Messages without examples from the raw data: reports are kept for long. */
const sentence = ({ message }: TurnResult) => (message === undefined ? {} : { message: withoutExamples(message) });
