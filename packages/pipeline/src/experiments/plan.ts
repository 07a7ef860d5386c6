/** `attractions experiment plan`: what the feeds say of users and metrics, before an experiment. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { events as eventsFeed, exposures as exposuresFeed, visits as visitsFeed } from '@attractions/contracts';
import { engineOf, frame, sql } from '@attractions/etl';
import { FOLLOWED, baselineOf, completeMetric, effectSeen, samplesNeeded } from '@attractions/experiments';
import type { CompleteMetric, Moments } from '@attractions/experiments';

import type { PipelineContext } from '../commands/command.js';
import { PipelineError } from '../errors.js';
import { filesOf, relationOf } from './report/feed-files.js';
import { outcomes, totalsOf } from './report/gather.js';
import { DAY_MS, eventsFrame, visitsFrame } from './report/rows.js';

/** What is planned. Shares and the effect are in percent. */
export interface PlanOptions {
  /** How long the experiment is to last, and how much of the past is looked at. */
  readonly days: number;
  /** Of all users. */
  readonly share: number;
  /** Of those who take part, treatment and control. */
  readonly panels: readonly [number, number];
  /** A relative rise to see; absent: only what can be seen is said. */
  readonly effect?: number | undefined;
  readonly power: number;
  readonly reading: 'fixed' | 'anytime';
  /** Default: all. */
  readonly metrics?: readonly string[] | undefined;
}

/** What an experiment can show of one metric. */
interface PlannedMetric {
  readonly metric: string;
  /** Users whose values are known: for a metric with a window, those whose window is over. */
  readonly users: number;
  readonly value: number;
  /** Of one user. */
  readonly standardDeviation: number;
  /** The share of the variance that what users did before takes away. */
  readonly varianceSaved: number;
  /** The smallest rise that is seen with the power; absent where none is. */
  readonly seen?: { readonly absolute: number; readonly relative: number };
  /** Of both panels, to see the effect that was asked for. */
  readonly usersNeeded?: number;
  /** Until so many users came, if they come as in the past. */
  readonly daysNeeded?: number;
}

/** What the past says of an experiment to come. */
export interface ExperimentPlan extends PlanOptions {
  /** RFC 3339. */
  readonly from: string;
  readonly to: string;
  /** Users who were shown a list then. */
  readonly users: number;
  /** Those of them that would be in the two panels. */
  readonly usersInPanels: number;
  readonly planned: readonly PlannedMetric[];
}

/** More than that in memory does not make it faster. */
const ENGINE_MB = 500;

/**
 * Looks at the users of the last days as if they had been in one panel.
 * @throws PipelineError PIPELINE_USAGE where nobody was shown a list, or a metric does not exist
 */
export async function planExperiment(
  options: PlanOptions,
  { config, store, signal, own }: PipelineContext,
): Promise<ExperimentPlan> {
  const scratch: string[] = [];
  const folder = async (): Promise<string> => (scratch[0] ??= await mkdtemp(join(tmpdir(), 'attractions-plan-')));
  const engine = engineOf({ ...config, etlMemoryMb: Math.min(config.etlMemoryMb, ENGINE_MB) });
  try {
    const lists = await filesOf(store, store.feed(exposuresFeed).history(), folder, signal);
    const happened = await filesOf(store, store.feed(eventsFeed).history(), folder, signal);
    const visit = await store.feed(visitsFeed).head();
    const been = await filesOf(store, visit === undefined ? [] : [visit], folder, signal);
    const all = relationOf('exposure_rows', engine, lists, {
      user_id: { from: 'user_id', type: sql`STRING` },
      shown_ms: { from: 'shown_at', as: (column) => sql`unix_millis(${column})`, type: sql`BIGINT` },
      items: { from: 'items', type: 'texts' },
    });
    const shown = frame(
      'shown',
    )`SELECT user_id, shown_ms, items, false AS forced FROM ${all} WHERE user_id IS NOT NULL`;
    const [events, visits] = [eventsFrame(engine, happened), visitsFrame(engine, been)];
    const lastOf = async (column: ReturnType<typeof sql>): Promise<number> =>
      Number((await engine.rows(column, { signal }))[0]?.['ms'] ?? 0);
    const shownMs = await lastOf(sql`SELECT max(shown_ms) AS ms FROM ${shown}`);
    if (shownMs === 0)
      throw new PipelineError(
        'PIPELINE_USAGE',
        `Nobody was shown a list in ${store.root} yet, so there is nothing to plan from; serve for some days first.`,
      );
    const fromMs = shownMs + 1 - options.days * DAY_MS;
    const endMs = Math.max(shownMs, await lastOf(sql`SELECT max(received_ms) AS ms FROM ${events}`));
    const visitedMs = await lastOf(sql`SELECT max(at_ms) AS ms FROM ${visits}`);
    const users = frame('planned_users')`
SELECT CAST(row_number() OVER () AS INT) AS user_number, user_id, 'all' AS panel, first_ms
FROM (SELECT user_id, min(shown_ms) AS first_ms FROM ${shown} WHERE shown_ms >= ${fromMs} GROUP BY user_id) u`;
    await engine.keep(users, { signal });
    const [counted] = await engine.rows(sql`SELECT count(*) AS users FROM ${users}`, { signal });
    const metrics = metricsFor(options, own?.experiments?.metrics?.map(completeMetric) ?? [], been.rows > 0);
    const population = { name: 'planned', users, firstDay: Math.floor(fromMs / DAY_MS), untilMs: endMs + 1 };
    const placed = metrics.map((metric, place) => ({
      metric,
      place,
      endMs: metric.name === FOLLOWED ? visitedMs : endMs,
    }));
    const inputs = { shown, events, visits, metrics: placed };
    const { cells } = await outcomes(engine, population, inputs, { isSegmented: false, how: { signal } });
    const taking = (Number(counted?.['users'] ?? 0) * options.share * (options.panels[0] + options.panels[1])) / 1e4;
    return {
      ...options,
      from: new Date(fromMs).toISOString(),
      to: new Date(shownMs).toISOString(),
      users: Number(counted?.['users'] ?? 0),
      usersInPanels: Math.floor(taking),
      planned: placed.flatMap(({ metric, place }) => {
        const [sums] = totalsOf(cells.filter((cell) => cell.metric === place));
        const planned = sums && plannedMetric(metric, sums.moments, Math.floor(taking), options);
        return planned === undefined ? [] : [planned];
      }),
    };
  } finally {
    await engine.close();
    await Promise.all(scratch.map((path) => rm(path, { recursive: true, force: true })));
  }
}

function metricsFor(
  { metrics: named }: PlanOptions,
  declared: readonly CompleteMetric[],
  hasVisits: boolean,
): readonly CompleteMetric[] {
  const followed = { name: FOLLOWED, type: 'proportion', event: 'visit', windowDays: 7, cuped: false } as const;
  const known = [...declared, ...(hasVisits ? [completeMetric(followed)] : [])];
  const unknown = named?.find((name) => known.every((metric) => metric.name !== name));
  if (unknown !== undefined)
    throw new PipelineError(
      'PIPELINE_USAGE',
      `There is no metric '${unknown}'; ${known.length === 0 ? 'declare it in the section experiments.metrics of the configuration file' : `give some of: ${known.map(({ name }) => name).join(', ')}`}.`,
    );
  return named === undefined ? known : known.filter(({ name }) => named.includes(name));
}

function plannedMetric(
  metric: CompleteMetric,
  moments: Moments,
  users: number,
  { effect, power, reading, panels, days }: PlanOptions,
): PlannedMetric | undefined {
  const baseline = baselineOf(metric.type, moments);
  if (baseline === undefined) return undefined;
  const varianceSaved = metric.cuped ? correlationSquared(moments) : 0;
  const design = { shares: panels, reading, varianceSaved };
  const seen = users < 4 ? undefined : effectSeen(baseline, users, power / 100, design);
  const needed =
    effect === undefined || baseline.value === 0
      ? undefined
      : samplesNeeded(baseline, (baseline.value * effect) / 100, power / 100, design);
  return {
    metric: metric.name,
    users: moments.users,
    value: baseline.value,
    standardDeviation: Math.sqrt(baseline.variance),
    varianceSaved,
    ...(seen !== undefined && { seen: { absolute: seen, relative: seen / baseline.value } }),
    ...(needed !== undefined && { usersNeeded: needed, daysNeeded: Math.ceil((days * needed) / users) }),
  };
}

/** The share of the variance of y that z explains. */
function correlationSquared({ users: n, y, yy, z = 0, zz = 0, yz = 0 }: Moments): number {
  const [varianceY, varianceZ, covariance] = [yy - (y * y) / n, zz - (z * z) / n, yz - (y * z) / n];
  return varianceY > 0 && varianceZ > 0 ? covariance ** 2 / (varianceY * varianceZ) : 0;
}
