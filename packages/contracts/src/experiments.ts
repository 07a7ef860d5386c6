import { experimentSchema, latestVersions, putProblem, runningIn } from '@attractions/experiments';
import type { Experiment } from '@attractions/experiments';
import { FeedsError } from '@attractions/feeds';
import type { FeedContract, FeedStore, UpdateRecord } from '@attractions/feeds';

import { jsonFeed } from './document.js';

/**
 * Experiments, each update one immutable version of one. JSON. A panel may name any recommender: which of them there are depends on the kinds of model that
 * are on where it runs, and a reader decides itself what it can run. Since 1.1 versions have a status, targets, holdouts and testers.
 */
export const experiments: FeedContract<Experiment> = experimentsOf();

/**
 * The same feed for a program that knows its recommenders, and refuses to put an experiment with a panel of another one:
 * `experimentsOf([...DEFAULT_KIND_NAMES, 'mapping', 'mine'])`.
 */
export function experimentsOf(recommenders?: readonly string[]): FeedContract<Experiment> {
  return jsonFeed<typeof experimentSchema, Experiment>({
    path: 'experiments/config/v1.0',
    version: '1.1',
    description: 'Immutable versions of experiments.',
    schema: experimentSchema,
    putProblem: (experiment) => putProblem(experiment, recommenders),
  });
}

/** The alias of the stopped version whose winner answers everybody who is in no experiment. */
export const DEFAULT = 'default';

/** The label of an update with the name of its experiment, so that it is known even where the update cannot be read. */
export const EXPERIMENT_LABEL = 'experiment';

/** One version of an experiment, and the record of its update. */
export interface StoredExperiment {
  readonly experiment: Experiment;
  readonly record: UpdateRecord;
}

/** All that the feed of experiments holds. */
export interface StoredExperiments {
  /** Oldest first. */
  readonly versions: readonly StoredExperiment[];
  /** Updates that cannot be read, oldest first. */
  readonly unreadable: readonly { readonly record: UpdateRecord; readonly error: unknown }[];
  /** The update that the alias `default` names. */
  readonly defaultSeq: number | undefined;
}

/**
 * Reads every version of every experiment. Experiments never expire, and each is a small document.
 *
 * @param known versions by update, which are not read again: an update never changes. Those read now are added
 * @throws FeedsError where the log of the feed cannot be read
 */
export async function readExperiments(
  store: FeedStore,
  known: Map<number, Experiment> = new Map(),
): Promise<StoredExperiments> {
  const feed = store.feed(experiments);
  const versions: StoredExperiment[] = [];
  const unreadable: { record: UpdateRecord; error: unknown }[] = [];
  const { [DEFAULT]: defaultSeq } = await feed.refs();
  for await (const record of feed.history()) {
    try {
      const experiment = known.get(record.seq) ?? (await (await feed.at(record.seq)).read());
      known.set(record.seq, experiment);
      versions.unshift({ experiment, record });
    } catch (error) {
      // Expired on purpose, such as a version that named a tester who is forgotten.
      if (!(error instanceof FeedsError && error.code === 'FEEDS_EXPIRED')) unreadable.unshift({ record, error });
    }
  }
  return { versions, unreadable, defaultSeq };
}

/** An experiment that should run, and why it cannot. */
export interface StoredFault {
  readonly update: number;
  /** Absent where it cannot be read. */
  readonly experiment?: Experiment;
  /** The error of reading; absent where `problem` says what is wrong. */
  readonly error?: unknown;
  readonly problem?: string;
}

/** What the feed of experiments wants run. */
export interface WantedExperiments {
  readonly running: readonly StoredExperiment[];
  readonly faults: readonly StoredFault[];
  /** The version whose winner answers everybody who is in no experiment. */
  readonly winner?: StoredExperiment | undefined;
}

/**
 * Which experiments run together. An experiment whose newest version cannot be read does not run: running an older one instead would move users between panels
 * although nobody decided so. An update that cannot be read and has no label may be a version of any experiment that was changed last before it.
 */
export function wantedExperiments({ versions, unreadable, defaultSeq }: StoredExperiments): WantedExperiments {
  const recordOf = new Map(versions.map(({ experiment, record }) => [experiment, record]));
  const latest = latestVersions(versions.map(({ experiment }) => experiment));
  const seqOf = (experiment: Experiment) => recordOf.get(experiment)?.seq ?? 0;
  const lastSeq = versions.at(-1)?.record.seq ?? 0;
  const faults: StoredFault[] = [];
  const hidden = new Set<Experiment>();
  for (const { record, error } of unreadable) {
    const name = record.labels[EXPERIMENT_LABEL];
    const before = latest.filter(
      (version) => seqOf(version) < record.seq && (name === undefined || version.experiment === name),
    );
    for (const version of before) hidden.add(version);
    const isNew = name === undefined ? lastSeq < record.seq : !latest.some(({ experiment }) => experiment === name);
    if (isNew || before.some(({ status }) => status !== 'stopped')) faults.push({ update: record.seq, error });
  }
  const { running, leftOut } = runningIn(latest.filter((version) => !hidden.has(version)));
  for (const { experiment, problem } of leftOut) faults.push({ update: seqOf(experiment), experiment, problem });
  const winner = versions.find(({ record }) => record.seq === defaultSeq);
  // A version without a winner is how the alias is taken back: everybody gets the usual answers.
  if (defaultSeq !== undefined && winner === undefined)
    faults.push({
      update: defaultSeq,
      problem: `The alias '${DEFAULT}' names update ${defaultSeq}, which cannot be read; move it to another version.`,
    });
  return {
    running: versions.filter(({ experiment }) => running.includes(experiment)),
    faults,
    ...(winner && winnerOf(winner.experiment) !== undefined && { winner }),
  };
}

/** The recommender of the panel that won; undefined if none did. */
export function winnerOf({ panels, winner }: Experiment): string | undefined {
  return panels.find(({ name }) => name === winner)?.recommender;
}
