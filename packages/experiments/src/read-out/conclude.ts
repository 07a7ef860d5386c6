import type { Experiment } from '../experiment.js';
import { countIn } from '../lifecycle/shares.js';
import { compare, estimate } from '../statistics/compare.js';
import type { Comparison } from '../statistics/compare.js';
import { readInterleaved } from '../statistics/interleaving.js';
import { holm, mixture } from '../statistics/intervals.js';
import type { Reading } from '../statistics/intervals.js';
import { baselineOf, effectSeen } from '../statistics/power.js';
import type {
  DecidedDifference,
  Findings,
  MetricFindings,
  MetricPanel,
  PanelDifference,
  PartOfDifference,
} from './findings.js';
import type { Gathered, GatheredMetric, PanelMoments } from './gathered.js';
import { MIN_USERS, checksOf, usersBy } from './refusals.js';
import { verdictOf } from './verdict.js';

const POWER = 0.8;

/** Draws the conclusions from what was gathered. */
export function findingsOf(gathered: Gathered, { alpha = 0.05, intendedUsers = 10_000 }: Reading = {}): Findings {
  const { phase } = gathered;
  const latest = phase.at(-1) as Experiment;
  const checks = checksOf(gathered);
  const users = usersBy(gathered);
  const reading = { alpha, intendedUsers };
  const isRefused = checks.refusals.length > 0;
  const metrics = isRefused ? [] : metricsOf(gathered, reading);
  const { preferred } = gathered;
  const common = {
    experiment: latest.experiment,
    versions: phase.map(({ version }) => version),
    design: latest.design ?? 'ab',
    status: latest.status ?? 'running',
    beginAt: new Date(gathered.beginMs).toISOString(),
    endAt: new Date(gathered.endMs).toISOString(),
    refusals: checks.refusals,
    notes: notesOf(gathered),
    exposures: {
      lists: gathered.exposures,
      recomputed: gathered.exposures - gathered.disagreeing.lists,
      forced: gathered.forced,
    },
    sampleRatio: checks.sampleRatio,
    overTime: checks.overTime,
    panels: latest.panels.map((panel) => ({
      panel: panel.name,
      ...(panel.recommender !== undefined && { recommender: panel.recommender }),
      buckets: countIn(panel.buckets),
      users: users.get(panel.name) ?? 0,
    })),
    reading: { ...reading, rhoSquared: mixture(intendedUsers, alpha) },
    metrics,
    ...(preferred && !isRefused && { interleaved: { preferred, ...readInterleaved(preferred, reading) } }),
  } satisfies Omit<Findings, 'verdict'>;
  return { ...common, verdict: verdictOf(common) };
}

function metricsOf(
  { phase, metrics }: Gathered,
  reading: Reading & { readonly alpha: number },
): readonly MetricFindings[] {
  const names = (phase.at(-1) as Experiment).panels.map(({ name }) => name);
  const [first = '', ...others] = names;
  const compared = metrics.flatMap((gathered, n) =>
    others.map((panel) => ({
      n,
      panel,
      isGuardrail: gathered.metric.guardrail,
      comparison: comparisonOf(gathered, gathered.panels, panel, first, reading),
    })),
  );
  const family = compared.filter(({ isGuardrail, comparison }) => !isGuardrail && comparison !== undefined);
  const adjusted = holm(family.map(({ comparison }) => decisive(comparison as Comparison).absolute.anytimeP));
  const primary = metrics.findIndex(({ metric }) => !metric.guardrail);
  return metrics.map((gathered, n) => {
    const { metric, panels, days, segments, heavy, assigned = [] } = gathered;
    const differenceIn = (among: readonly PanelMoments[], panel: string): PartOfDifference | undefined => {
      const comparison = comparisonOf(gathered, among, panel, first, reading);
      return comparison && { panel, users: usersIn(among, panel) + usersIn(among, first), ...differenceOf(comparison) };
    };
    const parts = <T extends PanelMoments>(all: readonly T[], keyOf: (part: T) => string) => {
      const groups = new Map<string, T[]>();
      for (const part of all) groups.set(keyOf(part), [...(groups.get(keyOf(part)) ?? []), part]);
      return [...groups.values()].flatMap((group) =>
        others.flatMap((panel) => {
          const found = differenceIn(group, panel);
          return found === undefined ? [] : [{ found, part: group[0] as T }];
        }),
      );
    };
    const heldOut = assigned.map(({ panel }) => panel).filter((panel) => !names.includes(panel));
    return {
      metric,
      isPrimary: n === primary,
      heavy,
      panels: names.map((panel): MetricPanel => {
        const found = compared.find((each) => each.n === n && each.panel === panel);
        const own = panels.find((each) => each.panel === panel);
        const value = own && estimate(metric.type, own.moments, reading);
        return {
          panel,
          users: own?.moments.users ?? 0,
          ...(value && { value }),
          ...(found?.comparison && {
            difference: decidedDifference(gathered, found.comparison, found.panel, first, {
              reading,
              adjustedP: adjusted[family.indexOf(found)],
            }),
          }),
        };
      }),
      days: parts(days, ({ day }) => String(day)).map(({ found, part: { day } }) => ({ day, ...found })),
      segments: parts(segments, ({ by, value }) => JSON.stringify([by, value]))
        .map(({ found, part: { by, value } }) => ({ by, value, ...found }))
        .sort((a, b) => (a.by === b.by ? (a.value < b.value ? -1 : 1) : a.by < b.by ? -1 : 1)),
      assigned: [...others, ...heldOut].flatMap((panel) => differenceIn(assigned, panel) ?? []),
    };
  });
}

const usersIn = (panels: readonly PanelMoments[], panel: string): number =>
  panels.find((each) => each.panel === panel)?.moments.users ?? 0;

function comparisonOf(
  { metric }: GatheredMetric,
  among: readonly PanelMoments[],
  panel: string,
  first: string,
  reading: Reading,
): Comparison | undefined {
  const [treatment, control] = [panel, first].map((name) => among.find((each) => each.panel === name)?.moments);
  // With few users intervals that rest on the normal distribution are too narrow.
  if (!treatment || !control || Math.min(treatment.users, control.users) < MIN_USERS) return undefined;
  return compare(metric.type, treatment, control, reading);
}

const decisive = (comparison: Comparison) => comparison.cuped ?? comparison;

function differenceOf(comparison: Comparison): PanelDifference {
  const { absolute, relative } = decisive(comparison);
  const { cuped } = comparison;
  return {
    absolute,
    ...(relative && { relative }),
    ...(cuped && { cuped: { plain: comparison.absolute, varianceSaved: cuped.varianceSaved } }),
  };
}

function decidedDifference(
  { metric, panels }: GatheredMetric,
  comparison: Comparison,
  panel: string,
  first: string,
  {
    reading,
    adjustedP,
  }: { readonly reading: Reading & { readonly alpha: number }; readonly adjustedP: number | undefined },
): DecidedDifference {
  const difference = differenceOf(comparison);
  const p = adjustedP ?? difference.absolute.anytimeP;
  const isRise = difference.absolute.estimate > 0;
  const isGood = isRise === (metric.direction === 'increase');
  const control = panels.find((each) => each.panel === first)?.moments;
  const baseline = control && baselineOf(metric.type, control);
  const shares = [usersIn(panels, panel), usersIn(panels, first)] as const;
  const absolute =
    baseline &&
    effectSeen(baseline, shares[0] + shares[1], POWER, {
      alpha: reading.alpha,
      shares,
      varianceSaved: Math.max(0, comparison.cuped?.varianceSaved ?? 0),
    });
  return {
    ...difference,
    adjustedP: p,
    ...(absolute !== undefined && {
      seen: { absolute, ...(baseline && baseline.value !== 0 && { relative: absolute / Math.abs(baseline.value) }) },
    }),
    conclusion: p >= reading.alpha ? 'undecided' : isGood ? 'better' : 'worse',
  };
}

function notesOf({ phase, versions, moved, forced, metrics }: Gathered): readonly string[] {
  const [from = 0] = phase.map(({ version }) => version);
  const earlier = versions.filter((version) => version < from);
  const latest = phase.at(-1) as Experiment;
  return [
    ...(earlier.length > 0
      ? [
          `Only versions from ${from} on are analysed: the panels or their ratio were others in ${earlier.length === 1 ? `version ${earlier[0]}` : `versions ${earlier.join(', ')}`}.`,
        ]
      : []),
    ...(moved > 0
      ? [`${moved} users had been shown another panel before; what they do now may still come from that.`]
      : []),
    ...(forced > 0 ? [`${forced} exposures of testers are left out.`] : []),
    ...(latest.target && Object.keys(latest.target).length > 0
      ? ['The experiment has a target. Who is assigned without being exposed is counted without looking at it.']
      : []),
    ...(metrics.length === 0 && latest.design !== 'interleaving'
      ? ['There is no metric: declare some in the section experiments.metrics of the configuration file.']
      : []),
    ...metrics.flatMap(({ metric, heavy: { users, cap, topUser, topShare } }) =>
      topShare > 0.05
        ? [
            `${metric.name}: ${(100 * topShare).toFixed(1)} % of all is of the user '${topUser}'${cap !== undefined && users > 0 ? `, who counts for ${cap} at most, as ${users === 1 ? 'the only user' : `all ${users} users`} above it` : ''}.`,
          ]
        : [],
    ),
  ];
}
