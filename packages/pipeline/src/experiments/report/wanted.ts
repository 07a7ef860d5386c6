/** Which experiment is read out, and by which metrics. */
import { readExperiments } from '@attractions/contracts';
import type { EngineSettings } from '@attractions/etl';
import { FOLLOWED, completeMetric } from '@attractions/experiments';
import type { CompleteMetric, Experiment, Metric } from '@attractions/experiments';
import type { FeedStore } from '@attractions/feeds';

import { PipelineError } from '../../errors.js';
import type { DatedVersion } from './assigned.js';

/** Which experiment, and what of it. */
export interface Wanted {
  /** Default: the latest in the feeds. */
  readonly experiment?: string | undefined;
  /** This version alone; default: the latest phase. */
  readonly version?: number | undefined;
  /** Metrics of the configuration, in their order. */
  readonly metrics: readonly Metric[];
  /** Days after a list within which a visit to one of its attractions follows it. */
  readonly followedDays: number;
  /** Whether all users who could be assigned are looked at too. */
  readonly isAssignedWanted: boolean;
  /** What adds the rows up. */
  readonly engine: EngineSettings;
}

/** The metrics of an experiment in their order, with the built-in one where there are visits. */
export function metricsOf(
  { experiment, metrics: named }: Experiment,
  { metrics, followedDays }: Wanted,
  hasFollowed: boolean,
): readonly CompleteMetric[] {
  const followed = completeMetric({
    name: FOLLOWED,
    type: 'proportion',
    event: 'visit',
    windowDays: followedDays,
    cuped: false,
  });
  const known = [...metrics.map(completeMetric), ...(hasFollowed ? [followed] : [])];
  if (named === undefined) return known;
  return named.map((name) => {
    const found = known.find((metric) => metric.name === name);
    if (found !== undefined) return found;
    const names = known.map((metric) => metric.name);
    throw new PipelineError(
      'PIPELINE_USAGE',
      `Experiment '${experiment}' names the metric '${name}', which is not in the section experiments.metrics of the configuration file; there ${names.length === 0 ? 'is none' : `are: ${names.join(', ')}`}.`,
    );
  });
}

/** All versions of an experiment, in rising order. */
export async function versionsIn(
  store: FeedStore,
  { experiment, version }: Wanted,
): Promise<{ readonly versions: readonly DatedVersion[]; readonly unread: number }> {
  const { versions: stored, unreadable } = await readExperiments(store);
  const name = experiment ?? stored.at(-1)?.experiment.experiment;
  const byVersion = new Map<number, DatedVersion>();
  for (const { experiment: found, record } of stored)
    // Of a version that was put twice, the first one counts, as versions do not change.
    if (found.experiment === name && !byVersion.has(found.version))
      byVersion.set(found.version, { experiment: found, fromMs: Date.parse(found.changedAt ?? record.timestamp) });
  const versions = [...byVersion.values()].sort((a, b) => a.experiment.version - b.experiment.version);
  const unread = unreadable.length;
  if (versions.length > 0 && (version === undefined || byVersion.has(version))) return { versions, unread };
  const which = `${experiment === undefined ? '' : ` '${experiment}'`}${version === undefined ? '' : ` version ${version}`}`;
  const known = stored.map((each) => `'${each.experiment.experiment}' version ${each.experiment.version}`);
  throw new PipelineError(
    'PIPELINE_USAGE',
    known.length === 0
      ? `There is no experiment in the feeds${unread === 0 ? ' yet' : ` that can be read, and ${unread} that cannot`}; start one with 'attractions experiment start'.`
      : `There is no experiment${which} in the feeds; there are: ${known.join(', ')}${unread === 0 ? '' : `, and ${unread} that cannot be read`}.`,
  );
}
