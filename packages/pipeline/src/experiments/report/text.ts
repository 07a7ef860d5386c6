/** The read-out of an experiment as text. */
import { digits, percent } from '@attractions/experiments';
import type { Findings, MetricFindings, PanelDifference, PartOfDifference } from '@attractions/experiments';

import { grouped, table } from '../../text.js';
import type { PassedOver } from './gather.js';

/** Most days in the table of days. */
const DAYS_SHOWN = 10;

/** What the report of an experiment is made of. */
export interface ExperimentReport extends Findings {
  readonly passedOver: PassedOver;
  readonly seconds: number;
  /** Files that were written. */
  readonly files: readonly string[];
}

/** @param segments whether the segments are told too */
export function reportText(report: ExperimentReport, segments: boolean): string {
  const { experiment, versions, status, beginAt, endAt, verdict, refusals, notes, exposures, metrics } = report;
  const named = versions.length === 1 ? `version ${versions[0]}` : `versions ${versions.join(', ')}`;
  const primary = metrics.find(({ isPrimary }) => isPrimary);
  return [
    `Experiment ${experiment}, ${named}, ${status}; ${beginAt.slice(0, 10)} to ${endAt.slice(0, 10)}.`,
    '',
    verdict,
    '',
    ...refusals.flatMap(({ code, message, todo }) => [`REFUSED (${code}): ${message} ${todo}`, '']),
    `${refusals.some(({ code }) => code === 'exposures-disagree') ? `${grouped(exposures.recomputed)} of` : 'All'} ${grouped(exposures.lists)} exposures recompute; ${checksText(report)}.`,
    ...passedOverText(report.passedOver),
    ...notes,
    '',
    table([
      ['panel', 'recommender', 'buckets', 'users'],
      ...report.panels.map(({ panel, recommender = '', buckets, users }) => [panel, recommender, buckets, users]),
    ]),
    ...(metrics.length > 0 ? ['', readingText(report), '', metricsTable(metrics)] : []),
    ...assignedText(metrics),
    ...(primary && primary.days.length > 0 ? ['', `By day, ${primary.metric.name}:`, daysTable(primary)] : []),
    ...(segments && metrics.length > 0
      ? ['', 'Segments, for exploration only: with so many of them, some differ by chance.', segmentsTable(metrics)]
      : []),
    ...(report.files.length > 0 ? ['', ...report.files.map((file) => `Wrote ${file}`)] : []),
  ].join('\n');
}

/** The two tests of the ratio of the panels. */
export function checksText({ sampleRatio, overTime, design }: Findings): string {
  if (design === 'interleaving') return 'every user has lists of both panels, so there is no ratio to test';
  return `sample ratio: p ${sampleRatio.p.toPrecision(2)}; over time: p ${overTime.p.toPrecision(2)}`;
}

/** How the intervals are to be read. */
export function readingText({ reading }: Findings): string {
  const level = Math.round(100 * (1 - reading.alpha));
  return `Differences to the first panel, in parts of its value, with ${level} % intervals: [at any time], which may be looked at every day, and (one look), at a time fixed before. The first kind is an asymptotic confidence sequence (Waudby-Smith et al. 2021) with rho^2 = ${reading.rhoSquared.toPrecision(3)}, narrowest at ${grouped(reading.intendedUsers)} users. p may be looked at every day, after Holm's adjustment.`;
}

/** A difference and its intervals as texts. */
function differenceTexts({ absolute, relative }: PanelDifference): readonly [string, string, string] {
  const effect = relative ?? absolute;
  const written = relative ? percent : (value: number) => `${value < 0 ? '−' : '+'}${digits(Math.abs(value))}`;
  return [
    written(effect.estimate),
    `[${effect.anytime.map(written).join(', ')}]`,
    `(${effect.fixed.map(written).join(', ')})`,
  ];
}

/** Rows of all metrics and panels, beginning with their heading. */
export function metricRows(metrics: readonly MetricFindings[]): readonly (readonly string[])[] {
  return [
    [
      'metric',
      'panel',
      'users',
      'value',
      'difference',
      'at any time',
      'one look',
      'p',
      'CUPED saves',
      'seen at 80 %',
      'conclusion',
    ],
    ...metrics.flatMap(({ metric, isPrimary, panels }) =>
      panels.map(({ panel, users, value, difference }, n) => [
        n > 0 ? '' : `${metric.name}${isPrimary ? ' (primary)' : metric.guardrail ? ' (guardrail)' : ''}`,
        panel,
        grouped(users),
        value === undefined ? '' : digits(value.value),
        ...(difference === undefined ? ['', '', ''] : differenceTexts(difference)),
        difference === undefined ? '' : pText(difference.adjustedP),
        difference?.cuped === undefined ? '' : `${Math.round(100 * difference.cuped.varianceSaved)} %`,
        difference?.seen === undefined
          ? ''
          : difference.seen.relative === undefined
            ? digits(difference.seen.absolute)
            : percent(difference.seen.relative),
        difference?.conclusion ?? '',
      ]),
    ),
  ];
}

const pText = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));

const metricsTable = (metrics: readonly MetricFindings[]): string => table(metricRows(metrics));

function partRows(parts: readonly PartOfDifference[], labelOf: (n: number) => readonly string[]): string[][] {
  return parts.map((part, n) => [...labelOf(n), part.panel, grouped(part.users), ...differenceTexts(part)]);
}

function assignedText(metrics: readonly MetricFindings[]): string[] {
  const rows = assignedRows(metrics);
  return rows.length === 1
    ? []
    : ['', 'Among all users that could be assigned, exposed or not (intention to treat):', table(rows)];
}

/** Rows of all who could be assigned, beginning with their heading. */
export function assignedRows(metrics: readonly MetricFindings[]): readonly (readonly string[])[] {
  return [
    ['metric', 'panel', 'users', 'difference', 'at any time', 'one look'],
    ...metrics.flatMap(({ metric, assigned }) => partRows(assigned, () => [metric.name])),
  ];
}

/** Rows of some days, spread evenly, beginning with their heading. */
export function dayRows({ days }: MetricFindings, most = Infinity): readonly (readonly string[])[] {
  const all = [...new Set(days.map(({ day }) => day))];
  const step = Math.max(1, Math.ceil(all.length / most));
  // The last one always.
  const shown = new Set(all.filter((_, n) => (all.length - 1 - n) % step === 0));
  const kept = days.filter(({ day }) => shown.has(day));
  return [
    ['day', 'panel', 'users', 'difference', 'at any time', 'one look'],
    ...partRows(kept, (n) => [String((kept[n]?.day ?? 0) + 1)]),
  ];
}

const daysTable = (metric: MetricFindings): string => table(dayRows(metric, DAYS_SHOWN));

/** Rows of all segments, beginning with their heading. */
export function segmentRows(metrics: readonly MetricFindings[]): readonly (readonly string[])[] {
  return [
    ['metric', 'segment', 'panel', 'users', 'difference', 'at any time', 'one look'],
    ...metrics.flatMap(({ metric, segments }) =>
      partRows(segments, (n) => {
        const { by = '', value = '' } = segments[n] ?? {};
        return [metric.name, by === 'park' ? `park ${value === '' ? 'not named' : value}` : `${value} users`];
      }),
    ),
  ];
}

const segmentsTable = (metrics: readonly MetricFindings[]): string => table(segmentRows(metrics));

function passedOverText({ expiredExposures, expiredEvents, experiments }: PassedOver): string[] {
  return [
    ...(expiredExposures > 0
      ? [`Passed over ${expiredExposures} updates of exposures that have expired: the lists in them do not count.`]
      : []),
    ...(expiredEvents > 0
      ? [`Passed over ${expiredEvents} updates of events that have expired: what is in them does not count.`]
      : []),
    ...(experiments > 0 ? [`Passed over ${experiments} versions of experiments that cannot be read.`] : []),
  ];
}
