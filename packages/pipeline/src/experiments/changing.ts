/** Changes experiments in the feeds, one version a change. */
import { DEFAULT, EXPERIMENT_LABEL, experimentsOf, readExperiments, winnerOf } from '@attractions/contracts';
import type { StoredExperiment } from '@attractions/contracts';
import { ExperimentsError, experimentProblem, putProblem, stopExperiment } from '@attractions/experiments';
import type { Change, Experiment } from '@attractions/experiments';
import { FeedsError } from '@attractions/feeds';
import type { FeedStore, Producer } from '@attractions/feeds';

import type { OwnParts } from '../own-parts.js';
import type { PipelineConfig } from '../settings.js';
import { PipelineError } from '../errors.js';
import { scoringKindsIn } from '../kinds.js';
import { packageVersion } from '../version.js';

export { rampExperiment, startExperiment } from '@attractions/experiments';

/** The names that panels may use under this configuration. */
export function recommendersIn(config: Pick<PipelineConfig, 'models'>, own: OwnParts): readonly string[] {
  const kinds = scoringKindsIn(config, own).map(({ name }) => name);
  const others = [...(own.mapping ? ['mapping'] : []), ...Object.keys(own.recommenders ?? {})];
  return [...new Set([...kinds, 'popular', ...others])];
}

/** Kinds of model that panels name, and of which nothing was trained yet. */
export async function missingModels(
  { panels }: Experiment,
  { config, own, store }: { config: Pick<PipelineConfig, 'models'>; own: OwnParts; store: FeedStore },
): Promise<readonly string[]> {
  const kinds = scoringKindsIn(config, own).filter(
    ({ name }) => name !== 'popular' && panels.some(({ recommender }) => recommender === name),
  );
  const heads = await Promise.all(kinds.map(({ contract }) => store.log(contract.path).head()));
  return kinds.flatMap(({ name }, n) => (heads[n] === undefined ? [name] : []));
}

/**
 * Puts the version that a change makes of all versions so far. If somebody else changes experiments at the same time, the one who commits later is told, and
 * nothing of theirs is written.
 *
 * @param recommenders the names that a panel may use
 * @throws PipelineError PIPELINE_USAGE, PIPELINE_EXPERIMENTS_CHANGED
 * @throws ExperimentsError what `change` throws
 */
export async function changeExperiments(
  store: FeedStore,
  change: (versions: readonly Experiment[]) => Experiment,
  recommenders?: readonly string[],
): Promise<StoredExperiment> {
  const { versions, unreadable } = await readExperiments(store);
  const experiment = change(versions.map((stored) => stored.experiment));
  const problem = experimentProblem(experiment) ?? putProblem(experiment, recommenders);
  if (problem !== undefined) throw new PipelineError('PIPELINE_USAGE', problem);
  const after = Math.max(0, ...[...versions, ...unreadable].map(({ record }) => record.seq));
  try {
    const record = await store.feed(experimentsOf()).put(experiment, {
      producer: producer(),
      after,
      labels: { [EXPERIMENT_LABEL]: experiment.experiment },
    });
    return { experiment, record };
  } catch (cause) {
    if (!(cause instanceof FeedsError && cause.code === 'FEEDS_OVERTAKEN')) throw cause;
    throw new PipelineError(
      'PIPELINE_EXPERIMENTS_CHANGED',
      `Somebody changed the experiments at the same time, so nothing was changed now; look at 'attractions experiment list', then run the command again.`,
      { cause },
    );
  }
}

/**
 * Stops an experiment. A winner that decides lists gets the alias `default`: its recommender answers everybody who is in no experiment. Run again after a
 * failure between the two, it only gives the alias.
 *
 * @returns also the update to which the alias has to be moved to take that back: the winner before, or a version without one
 */
export async function stopIn(
  store: FeedStore,
  name: string,
  winner: string | undefined,
  change: Change,
): Promise<StoredExperiment & { readonly isDefault: boolean; readonly backTo?: number }> {
  const stored = await changeExperiments(store, (versions) => stopExperiment(name, winner, change, versions)).catch(
    async (error: unknown) => {
      const half = winner === undefined ? undefined : await stoppedBefore(store, name, winner);
      if (half !== undefined && error instanceof ExperimentsError && error.code === 'EXPERIMENTS_STOPPED') return half;
      throw error;
    },
  );
  if (winnerOf(stored.experiment) === undefined) return { ...stored, isDefault: false };
  const reason = change.reason ?? `the winner of '${name}'`;
  const { versions, defaultSeq } = await readExperiments(store);
  const before = versions.findLast(
    ({ experiment, record }) => experiment.experiment === name && record.seq < stored.record.seq,
  );
  await store.feed(experimentsOf()).alias(DEFAULT, stored.record.seq, { producer: producer(), reason });
  return { ...stored, isDefault: true, backTo: defaultSeq ?? before?.record.seq ?? 1 };
}

/** A version that was stopped with this winner, which no alias ever named. */
async function stoppedBefore(store: FeedStore, name: string, winner: string): Promise<StoredExperiment | undefined> {
  const { versions } = await readExperiments(store);
  const last = versions.findLast(({ experiment }) => experiment.experiment === name);
  if (last === undefined || last.experiment.status !== 'stopped' || last.experiment.winner !== winner) return undefined;
  for await (const { refs } of store.feed(experimentsOf()).records())
    if (refs[DEFAULT] === last.record.seq) return undefined;
  return last;
}

function producer(): Producer {
  return { id: 'attractions experiment', package: '@attractions/pipeline', version: packageVersion() };
}
