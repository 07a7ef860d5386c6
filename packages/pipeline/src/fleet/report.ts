import type { FleetReport } from '@attractions/contracts';
import { plural } from '@attractions/config';
import type { Tenant } from '@attractions/config';

import { grouped, table } from '../text.js';
import { STAGES } from './turn.js';
import type { TurnResult } from './turn.js';

/** What came of a tenant after its last try. */
export interface Ended extends TurnResult {
  readonly tenant: string;
  readonly tries: number;
}

type Figures = Pick<FleetReport, 'startedAt' | 'seconds' | 'workers' | 'memoryMb' | 'split'> & {
  readonly peakMemoryMb: number | undefined;
  /** Of all workers, while they had a turn. */
  readonly busySeconds: number;
};

const OUTCOMES = ['done', 'unchanged', 'refused', 'failed', 'not reached'] as const;

/** How many of the slowest are shown to people. */
const SLOWEST = 10;

/** How many of those that need somebody are shown to people; JSON has all. */
const SHOWN = 20;

/** The report, with the tenants in the order of their file. */
export function reportOf(
  tenants: readonly Tenant[],
  ended: ReadonlyMap<string, Ended>,
  { busySeconds, peakMemoryMb, ...figures }: Figures,
): FleetReport {
  const all = tenants.map(({ tenant }): FleetReport['tenants'][number] => {
    const found = ended.get(tenant);
    if (found === undefined) return { tenant, outcome: 'not reached', tries: 0, seconds: 0, stages: {} };
    const { outcome, code, message, tries, seconds, stages, model, isTrained, visits } = found;
    return {
      ...{ tenant, outcome, tries, seconds, stages },
      ...(code !== undefined && { code }),
      ...(message !== undefined && { message }),
      ...(model !== undefined && { model }),
      ...(isTrained !== undefined && { isTrained }),
      ...(visits !== undefined && { visits }),
    };
  });
  const counts = Object.fromEntries(
    OUTCOMES.map((wanted) => [wanted, all.filter(({ outcome }) => outcome === wanted).length]),
  );
  const trained = all.filter(({ isTrained }) => isTrained).length;
  const inStages = Object.fromEntries(
    STAGES.map((stage) => [stage, all.reduce((sum, { stages }) => sum + (stages[stage] ?? 0), 0)]),
  );
  const other = busySeconds - Object.values(inStages).reduce((sum, each) => sum + each, 0);
  return {
    ...figures,
    ...(peakMemoryMb !== undefined && { peakMemoryMb }),
    counts,
    modelsPerMinute: (60 * trained) / figures.seconds,
    stages: {
      ...inStages,
      other: Math.max(0, other),
      idle: Math.max(0, figures.workers * figures.seconds - busySeconds),
    },
    tenants: all,
  };
}

/** 0: all are done. 3: some were refused, and none failed. 1: some failed, or were not reached. */
export function exitCodeOf({ counts }: FleetReport): 0 | 1 | 3 {
  if ((counts['failed'] ?? 0) + (counts['not reached'] ?? 0) > 0) return 1;
  return (counts['refused'] ?? 0) > 0 ? 3 : 0;
}

/** The report for people. */
export function fleetText(report: FleetReport): string {
  const { counts, tenants, seconds, modelsPerMinute, workers, memoryMb, peakMemoryMb, stages, split } = report;
  const some = OUTCOMES.filter((outcome) => (counts[outcome] ?? 0) > 0).map(
    (outcome) => `${grouped(counts[outcome] ?? 0)} ${outcome === 'unchanged' ? 'with nothing new' : outcome}`,
  );
  const memory =
    peakMemoryMb === undefined ? '' : ` They held at most ${grouped(peakMemoryMb)} of ${grouped(memoryMb)} MB.`;
  const slowest = tenants.filter((each) => each.tries > 0).toSorted((a, b) => b.seconds - a.seconds);
  return [
    `${grouped(tenants.length)} ${plural(tenants.length, 'tenant')} in ${seconds.toFixed(1)} s: ${some.join(', ')}.`,
    `${modelsPerMinute.toFixed(0)} models a minute by ${workers} ${plural(workers, 'worker')}.${memory}`,
    `The workers took ${Object.entries(stages)
      .map(([stage, took]) => `${took.toFixed(1)} s to ${stage}`)
      .join(', ')}.`
      .replace('s to other', 's for other work')
      .replace('s to idle', 's without work'),
    ...(split
      ? [
          `They were split out of ${grouped(split.rows)} rows, of which ${grouped(split.rejectedRows)} belong to no tenant.`,
        ]
      : []),
    ...troubled('Refused', 'refused', tenants),
    ...troubled('Failed', 'failed', tenants),
    ...(slowest.length === 0
      ? []
      : [
          '',
          table([
            ['slowest', 'outcome', 'seconds', ...STAGES],
            ...slowest
              .slice(0, SLOWEST)
              .map(({ tenant, outcome, seconds: took, stages: parts }) => [
                ...[tenant, outcome, took.toFixed(2)],
                ...STAGES.map((stage) => parts[stage]?.toFixed(2) ?? ''),
              ]),
          ]),
        ]),
  ].join('\n');
}

function troubled(heading: string, wanted: string, tenants: FleetReport['tenants']): string[] {
  const found = tenants.filter(({ outcome }) => outcome === wanted);
  if (found.length === 0) return [];
  const more = found.length > SHOWN ? [`  … and ${found.length - SHOWN} more; --json has all.`] : [];
  return [
    '',
    `${heading}:`,
    ...found
      .slice(0, SHOWN)
      .map(({ tenant, code, message }) => `  ${tenant}: ${code} ${message?.replaceAll('\n', '\n    ')}`),
    ...more,
  ];
}
