/** Gathers from the feeds what a read-out needs. All work over rows is the engine's. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { events as eventsFeed, exposures as exposuresFeed, visits as visitsFeed } from '@attractions/contracts';
import { engineOf, frame, sql } from '@attractions/etl';
import type { Engine, Frame, RunOptions } from '@attractions/etl';
import { EXPOSURE, FOLLOWED, latestPhase } from '@attractions/experiments';
import type { CompleteMetric, Experiment, Gathered, GatheredMetric, PanelMoments } from '@attractions/experiments';
import type { FeedStore } from '@attractions/feeds';

import { assignedUsers } from './assigned.js';
import type { DatedVersion } from './assigned.js';
import { exposedUsers, shownFrame } from './exposed.js';
import { filesOf } from './feed-files.js';
import { preferredOf } from './interleaved.js';
import { DAY_MS, eventRows, eventsFrame, exposureRows, followedRows, visitsFrame } from './rows.js';
import type { PlacedMetric, Population } from './rows.js';
import { sumsOf } from './sums.js';
import type { Cell, Heavy, Sums } from './sums.js';
import { metricsOf, versionsIn } from './wanted.js';
import type { Wanted } from './wanted.js';

/** What could not be read. */
export interface PassedOver {
  /** Updates of exposures and events that have expired: what is in them does not count. */
  readonly expiredExposures: number;
  readonly expiredEvents: number;
  /** Versions of experiments that cannot be read. */
  readonly experiments: number;
}

/**
 * Reads an experiment from the feeds. Writes nothing.
 * @throws PipelineError PIPELINE_USAGE where there is no such experiment or metric
 */
export async function gather(
  store: FeedStore,
  wanted: Wanted,
  how: RunOptions = {},
): Promise<{ readonly gathered: Gathered; readonly passedOver: PassedOver }> {
  const { versions, unread } = await versionsIn(store, wanted);
  const scratch: string[] = [];
  const folder = async (): Promise<string> => {
    scratch[0] ??= await mkdtemp(join(tmpdir(), 'attractions-experiment-'));
    return scratch[0];
  };
  const engine = engineOf(wanted.engine);
  try {
    const files = {
      exposures: await filesOf(store, store.feed(exposuresFeed).history(), folder, how.signal),
      events: await filesOf(store, store.feed(eventsFeed).history(), folder, how.signal),
      visits: await filesOf(
        store,
        [await store.feed(visitsFeed).head()].filter((head) => head !== undefined),
        folder,
        how.signal,
      ),
    };
    const gathered = await gatherFrom(engine, files, versions, wanted, how);
    const passedOver = {
      expiredExposures: files.exposures.expired,
      expiredEvents: files.events.expired,
      experiments: unread,
    };
    return { gathered, passedOver };
  } finally {
    await engine.close();
    await Promise.all(scratch.map((path) => rm(path, { recursive: true, force: true })));
  }
}

type Files = Readonly<Record<'exposures' | 'events' | 'visits', Awaited<ReturnType<typeof filesOf>>>>;

async function gatherFrom(
  engine: Engine,
  files: Files,
  versions: readonly DatedVersion[],
  wanted: Wanted,
  how: RunOptions,
): Promise<Gathered> {
  const all = versions.map(({ experiment }) => experiment);
  const phase = latestPhase(
    wanted.version === undefined ? all : all.filter(({ version }) => version === wanted.version),
  );
  const numbers = new Set(phase.map(({ version }) => version));
  const latest = phase.at(-1) as Experiment;
  const isInterleaved = latest.design === 'interleaving';

  const shown = shownFrame(engine, files.exposures, latest.experiment);
  const events = eventsFrame(engine, files.events);
  const visits = visitsFrame(engine, files.visits);
  const exposed = await exposedUsers(engine, shown, all, numbers, how);
  const [received] = await engine.rows(sql`SELECT max(received_ms) AS ms FROM ${events}`, how);
  const [visited] = await engine.rows(sql`SELECT max(at_ms) AS ms FROM ${visits}`, how);
  const endMs = Math.max(exposed.lastMs, Number(received?.['ms'] ?? 0));
  const stopped = versions.find(
    ({ experiment: { version, status } }) => status === 'stopped' && version >= Math.min(...numbers),
  );
  const untilMs = stopped?.fromMs ?? endMs + 1;
  const firstDay = Math.floor(exposed.firstMs / DAY_MS);

  const hasLists = all.every(({ panels }) => panels.every(({ recommender }) => recommender !== undefined));
  const metrics = metricsOf(latest, wanted, hasLists && files.visits.rows > 0).map((metric, place): PlacedMetric => ({
    metric,
    place,
    endMs: metric.name === FOLLOWED ? Number(visited?.['ms'] ?? 0) : endMs,
  }));
  const common = {
    phase,
    versions: [...new Set(all.map(({ version }) => version))],
    exposures: exposed.lists,
    forced: exposed.forced,
    disagreeing: exposed.disagreeing,
    changed: exposed.changed,
    moved: exposed.moved,
    beginMs: exposed.firstMs,
    endMs,
  };
  if (isInterleaved) {
    // Where no metric is declared and there are events, clicks count, although visits could.
    const isDeclared = latest.metrics !== undefined || wanted.metrics.length > 0 || files.events.rows === 0;
    const choices = { metric: isDeclared ? metrics[0]?.metric : undefined, phase, untilMs };
    const preferred = await preferredOf(engine, shown, events, visits, choices, how);
    return { ...common, arrivals: [], metrics: [], preferred };
  }

  const known = frame('known_users')`
SELECT DISTINCT u.user_number FROM ${exposed.users} u JOIN ${events} e ON e.user_id = u.user_id WHERE e.at_ms < u.first_ms
UNION SELECT u.user_number FROM ${exposed.users} u JOIN ${visits} v ON v.user_id = u.user_id WHERE v.at_ms < u.first_ms`;
  const people = frame('people')`
SELECT u.user_number, u.user_id, u.panel, u.first_ms, u.park, k.user_number IS NOT NULL AS is_known
FROM ${exposed.users} u LEFT JOIN ${known} k ON k.user_number = u.user_number`;
  await engine.keep(people, how);
  const inputs = { shown, events, visits, metrics };
  const population = { name: 'exposed', users: people, firstDay, untilMs };
  const { cells, heavy } = await outcomes(engine, population, inputs, { isSegmented: true, how });
  const arrived = await engine.rows(
    sql`SELECT panel, CAST(floor(first_ms / ${DAY_MS}) AS INT) - ${firstDay} AS day, count(*) AS users FROM ${people} GROUP BY 1, 2 ORDER BY 2, 1`,
    how,
  );
  const assigned = wanted.isAssignedWanted
    ? await assignedCells(
        engine,
        versions.filter(({ experiment }) => numbers.has(experiment.version)),
        { ...inputs, untilMs },
        how,
      )
    : undefined;
  return {
    ...common,
    arrivals: arrived.map((row) => ({
      panel: String(row['panel']),
      day: Number(row['day']),
      users: Number(row['users']),
    })),
    metrics: metrics.map(({ metric, place }) => gatheredMetric(metric, place, cells, heavy, assigned)),
  };
}

/** What was shown and done, and what of it counts. */
export interface Inputs {
  readonly shown: Frame;
  readonly events: Frame;
  readonly visits: Frame;
  readonly metrics: readonly PlacedMetric[];
}

/** What the users of a population did, by metric and day. */
export async function outcomes(
  engine: Engine,
  population: Population,
  { shown, events, visits, metrics }: Inputs,
  options: { readonly isSegmented: boolean; readonly how: RunOptions },
): Promise<{ readonly cells: readonly Cell[]; readonly heavy: readonly Heavy[] }> {
  const counted = metrics.filter(({ metric }) => metric.name !== FOLLOWED);
  const parts = [
    ...(counted.length > 0 ? [eventRows(events, population, counted)] : []),
    ...counted.flatMap((placed) =>
      placed.metric.denominator === EXPOSURE ? [exposureRows(shown, population, placed)] : [],
    ),
    ...metrics.flatMap((placed) =>
      placed.metric.name === FOLLOWED ? [followedRows(shown, visits, population, placed)] : [],
    ),
  ];
  return parts.length === 0 ? { cells: [], heavy: [] } : sumsOf(engine, population, parts, metrics, options);
}

async function assignedCells(
  engine: Engine,
  phase: readonly DatedVersion[],
  { untilMs, ...inputs }: Inputs & { readonly untilMs: number },
  how: RunOptions,
): Promise<readonly Cell[]> {
  const { shown, events, visits } = inputs;
  const users = await assignedUsers(engine, [events, visits, shown], phase, how);
  const firstDay = Math.floor((phase[0]?.fromMs ?? 0) / DAY_MS);
  // Who was shown no list can have followed none; lists shown are no denominator for them either.
  const metrics = inputs.metrics.filter(({ metric }) => metric.name !== FOLLOWED && metric.denominator !== EXPOSURE);
  const population = { name: 'assigned', users, firstDay, untilMs };
  const { cells } = await outcomes(engine, population, { ...inputs, metrics }, { isSegmented: false, how });
  return cells;
}

function gatheredMetric(
  metric: CompleteMetric,
  place: number,
  cells: readonly Cell[],
  heavy: readonly Heavy[],
  assigned: readonly Cell[] | undefined,
): GatheredMetric {
  const own = cells.filter((cell) => cell.metric === place);
  const { cap, cappedUsers, topUser, topShare } = heavy.find((each) => each.metric === place) ?? {
    cappedUsers: 0,
    topShare: 0,
  };
  const reached = assigned?.filter((cell) => cell.metric === place) ?? [];
  return {
    metric,
    panels: totalsOf(own),
    days: byDay(own),
    segments: own.flatMap(({ panel, segment, moments }) =>
      segment === undefined ? [] : [{ ...segment, panel, moments }],
    ),
    heavy: {
      users: cappedUsers,
      topShare,
      ...(cap !== undefined && { cap }),
      ...(topUser !== undefined && { topUser }),
    },
    ...(reached.length > 0 && { assigned: totalsOf(reached) }),
  };
}

function plus(a: Sums | undefined, b: Sums): Sums {
  const keys = Object.keys(b) as (keyof Sums)[];
  return Object.fromEntries(keys.map((key) => [key, (a?.[key] ?? 0) + b[key]])) as Sums;
}

/** The sums of all days, by panel. */
export function totalsOf(cells: readonly Cell[]): readonly PanelMoments[] {
  const sums = new Map<string, Sums>();
  for (const { panel, day, moments } of cells) if (day !== undefined) sums.set(panel, plus(sums.get(panel), moments));
  return [...sums].map(([panel, moments]) => ({ panel, moments }));
}

/** The sums at the end of each day, from what came to them. */
function byDay(cells: readonly Cell[]): GatheredMetric['days'] {
  const days = [...new Set(cells.flatMap(({ day }) => (day === undefined ? [] : [day])))].sort((a, b) => a - b);
  const sums = new Map<string, Sums>();
  return days.flatMap((day) => {
    for (const cell of cells) if (cell.day === day) sums.set(cell.panel, plus(sums.get(cell.panel), cell.moments));
    return [...sums].map(([panel, moments]) => ({ day, panel, moments }));
  });
}
