/** What the feeds say of experiments, for commands. */
import { readExperiments, wantedExperiments } from '@attractions/contracts';
import type { StoredExperiment, StoredExperiments } from '@attractions/contracts';
import { assignmentsIn, decidesLists, latestVersions, shareOf } from '@attractions/experiments';
import type { Attributes, Experiment, PanelOf } from '@attractions/experiments';
import type { FeedStore } from '@attractions/feeds';

import { PipelineError } from '../errors.js';

/** One experiment, as `list` shows it. */
export interface ListedExperiment {
  readonly experiment: string;
  readonly version: number;
  /** Its update in the feed. */
  readonly update: number;
  /** `left out`: it should run, but conflicts with another or cannot be read. */
  readonly status: 'running' | 'stopped' | 'left out';
  readonly decides: 'lists' | 'flag';
  readonly layer: string;
  /** Of the layer, in percent. */
  readonly share: number;
  /** Each with its share of those who take part, in percent. */
  readonly panels: readonly {
    readonly panel: string;
    readonly recommender?: string | undefined;
    readonly share: number;
  }[];
  readonly target?: Experiment['target'];
  readonly winner?: string | undefined;
  /** Whether its winner answers everybody who is in no experiment. */
  readonly isDefault?: true;
  readonly changedAt?: string | undefined;
  readonly changedBy?: string | undefined;
  readonly reason?: string | undefined;
  /** Why it is left out. */
  readonly problem?: string;
}

/** The latest version of every experiment: running ones first, then by the time of their last change. */
export async function listedIn(store: FeedStore): Promise<readonly ListedExperiment[]> {
  const stored = await readExperiments(store);
  const { running, faults, winner } = wantedExperiments(stored);
  const places = ['running', 'left out', 'stopped'];
  return latestOf(stored)
    .map(({ experiment, record }): ListedExperiment => {
      const { layer, layerSalt, layerBuckets, panels, target, changedAt, changedBy, reason } = experiment;
      const runs = running.some((other) => other.record.seq === record.seq);
      const fault = faults.find((each) => each.update === record.seq || each.experiment === undefined);
      return {
        experiment: experiment.experiment,
        version: experiment.version,
        update: record.seq,
        status: runs ? 'running' : experiment.status === 'stopped' ? 'stopped' : 'left out',
        decides: decidesLists(experiment) ? 'lists' : 'flag',
        layer: layer ?? layerSalt,
        share: shareOf([layerBuckets]),
        panels: panels.map(({ name, recommender, buckets }) => ({
          panel: name,
          ...(recommender !== undefined && { recommender }),
          share: shareOf(buckets),
        })),
        ...(target && { target }),
        ...(experiment.winner !== undefined && { winner: experiment.winner }),
        ...(winner?.record.seq === record.seq && { isDefault: true }),
        changedAt: changedAt ?? record.timestamp,
        ...(changedBy !== undefined && { changedBy }),
        ...(reason !== undefined && { reason }),
        ...(!runs && experiment.status !== 'stopped' && { problem: fault?.problem ?? String(fault?.error) }),
      };
    })
    .sort((a, b) => places.indexOf(a.status) - places.indexOf(b.status) || a.update - b.update);
}

/**
 * All versions of one experiment, oldest first.
 * @throws PipelineError PIPELINE_USAGE where there is none
 */
export async function versionsOf(store: FeedStore, name: string): Promise<readonly StoredExperiment[]> {
  const stored = await readExperiments(store);
  const versions = stored.versions.filter(({ experiment }) => experiment.experiment === name);
  if (versions.length > 0) return versions.toSorted((a, b) => a.experiment.version - b.experiment.version);
  const names = latestOf(stored).map(({ experiment }) => experiment.experiment);
  throw new PipelineError(
    'PIPELINE_USAGE',
    `There is no experiment '${name}' in ${store.root}; ${names.length === 0 ? `there is none yet: 'attractions experiment start' begins one` : `there are: ${names.join(', ')}`}.`,
  );
}

/** The panels of users in all experiments that run, in the order asked. */
export async function assignedIn(
  store: FeedStore,
  userIds: readonly string[],
  attributes: Attributes,
): Promise<readonly { readonly userId: string; readonly panels: readonly PanelOf[] }[]> {
  const { running } = wantedExperiments(await readExperiments(store));
  const panelsOf = assignmentsIn(running.map(({ experiment }) => experiment));
  return userIds.map((userId) => ({ userId, panels: panelsOf(userId, attributes) }));
}

function latestOf({ versions }: StoredExperiments): StoredExperiment[] {
  const latest = latestVersions(versions.map(({ experiment }) => experiment));
  return versions.filter(({ experiment }) => latest.includes(experiment));
}
