import { ExperimentsError } from '../errors.js';
import { BUCKETS, shown } from '../experiment.js';
import type { Experiment, JsonValue, Panel } from '../experiment.js';
import { conflict, haveDisjointTargets, latestVersions, runningIn } from './running.js';
import { bucketCount, complement, overlaps, resized, shareOf } from './shares.js';
import type { Range } from './shares.js';

/** The layer of experiments that decide lists, unless they name another: so they exclude each other. */
export const LISTS_LAYER = 'lists';

/** Experiments that hold out users share this salt, and so hold out the same ones. */
const HOLDOUT_SALT = 'holdout';

/** Who changes an experiment, when and why. */
export interface Change {
  readonly at: Date;
  readonly by: string;
  readonly reason?: string | undefined;
}

/** A panel and its share of the users who take part, in percent. */
export interface PanelShare {
  readonly name: string;
  /** Absent in every panel of a flag. */
  readonly recommender?: string | undefined;
  readonly value?: JsonValue | undefined;
  readonly share: number;
}

/** An experiment to start. */
export interface Start {
  readonly experiment: string;
  readonly panels: readonly PanelShare[];
  /** Default: `lists`, or for a flag one of its own. */
  readonly layer?: string | undefined;
  /** Of the layer, in percent; default 100. */
  readonly share?: number | undefined;
  /** Default: the name of the experiment. */
  readonly salt?: string | undefined;
  readonly target?: Experiment['target'];
  /** Of all users, in percent. */
  readonly holdout?: number | undefined;
  readonly forced?: Experiment['forced'];
  readonly metrics?: readonly string[] | undefined;
  readonly design?: Experiment['design'];
}

/**
 * The first version of an experiment, with free buckets of its layer.
 *
 * @param versions of all experiments, oldest first
 * @throws ExperimentsError EXPERIMENTS_NAME_TAKEN, EXPERIMENTS_SHARES_INVALID, EXPERIMENTS_LAYER_FULL, EXPERIMENTS_CONFLICT
 */
export function startExperiment(start: Start, change: Change, versions: readonly Experiment[]): Experiment {
  const { experiment: name, panels, share = 100, salt = name, target, holdout, forced, metrics, design } = start;
  const before = latestVersions(versions).find(({ experiment }) => experiment === name);
  if (before !== undefined)
    throw new ExperimentsError(
      'EXPERIMENTS_NAME_TAKEN',
      `There is an experiment ${shown(name)} already, version ${before.version}, ${before.status ?? 'running'}; ${before.status === 'stopped' ? 'give the new one another name' : `change it by 'ramp', or give the new one another name`}.`,
    );
  const isFlag = panels.every(({ recommender }) => recommender === undefined);
  const { layer = isFlag ? `${name} users` : LISTS_LAYER } = start;
  const begun: Experiment = {
    experiment: name,
    version: 1,
    layerSalt: layer,
    layerBuckets: [0, BUCKETS],
    salt,
    panels: withShares(
      panels.map(({ name, recommender, value }) => ({
        name,
        ...(recommender !== undefined && { recommender }),
        buckets: [],
        ...(value !== undefined && { value }),
      })),
      panels,
    ),
    layer,
    ...(target && { target }),
    ...(holdout !== undefined && {
      holdout: { salt: HOLDOUT_SALT, buckets: [0, bucketCount(holdout, 'The holdout')] as const },
    }),
    ...(forced && { forced }),
    ...(metrics && { metrics }),
    ...(design && { design }),
    ...changed(change, 'running'),
  };
  const { running } = runningIn(versions);
  const layerBuckets = placeInLayer(begun, bucketCount(share, 'The share of the layer'), running);
  return refuseConflict({ ...begun, layerBuckets }, running);
}

/** What a ramp changes. */
export interface Ramp {
  /** New shares of panels, in percent; the others keep theirs. */
  readonly panels?: readonly Pick<PanelShare, 'name' | 'share'>[] | undefined;
  /** New share of the layer, in percent. */
  readonly share?: number | undefined;
  /** Testers to add. */
  readonly forced?: Experiment['forced'];
}

/**
 * The next version of a running experiment with other shares. Widening moves only users of the share added, and narrowing lets a part of the users go: nobody
 * else changes the panel.
 *
 * @throws ExperimentsError EXPERIMENTS_UNKNOWN, EXPERIMENTS_STOPPED, EXPERIMENTS_SHARES_INVALID, EXPERIMENTS_LAYER_FULL, EXPERIMENTS_CONFLICT
 */
export function rampExperiment(name: string, ramp: Ramp, change: Change, versions: readonly Experiment[]): Experiment {
  const before = runningNamed(name, versions);
  const { panels: shares = [], share, forced } = ramp;
  const known = before.panels.map((panel) => panel.name);
  const stranger = shares.find((panel) => !known.includes(panel.name));
  if (stranger !== undefined)
    throw new ExperimentsError(
      'EXPERIMENTS_SHARES_INVALID',
      `Experiment ${shown(name)} has no panel ${shown(stranger.name)}; give shares of: ${known.join(', ')}. Other panels are another experiment.`,
    );
  const others = runningIn(versions).running.filter(({ experiment }) => experiment !== name);
  const layerBuckets =
    share === undefined
      ? before.layerBuckets
      : resizedInLayer(before, bucketCount(share, 'The share of the layer'), others);
  return refuseConflict(
    {
      ...nextOf(before, change, 'running'),
      layerBuckets,
      panels: withShares(before.panels, shares),
      ...(forced && { forced: { ...before.forced, ...forced } }),
    },
    others,
  );
}

/**
 * The last version of an experiment: nobody is assigned by it any more.
 *
 * @param winner the panel that won, if there is one
 * @throws ExperimentsError EXPERIMENTS_UNKNOWN, EXPERIMENTS_STOPPED, EXPERIMENTS_WINNER_UNKNOWN
 */
export function stopExperiment(
  name: string,
  winner: string | undefined,
  change: Change,
  versions: readonly Experiment[],
): Experiment {
  const before = runningNamed(name, versions);
  const known = before.panels.map((panel) => panel.name);
  if (winner !== undefined && !known.includes(winner))
    throw new ExperimentsError(
      'EXPERIMENTS_WINNER_UNKNOWN',
      `Experiment ${shown(name)} has no panel ${shown(winner)}; give one of: ${known.join(', ')}.`,
    );
  return { ...nextOf(before, change, 'stopped'), ...(winner !== undefined && { winner }) };
}

function runningNamed(name: string, versions: readonly Experiment[]): Experiment {
  const latest = latestVersions(versions);
  const found = latest.find(({ experiment }) => experiment === name);
  if (found === undefined) {
    const names = latest.filter(({ status }) => status !== 'stopped').map(({ experiment }) => experiment);
    throw new ExperimentsError(
      'EXPERIMENTS_UNKNOWN',
      `There is no experiment ${shown(name)}; ${names.length === 0 ? 'none runs' : `running are: ${names.join(', ')}`}.`,
    );
  }
  if (found.status !== 'stopped') return found;
  const { version, changedAt, changedBy } = found;
  const when = `${changedAt === undefined ? '' : ` at ${changedAt}`}${changedBy === undefined ? '' : ` by ${changedBy}`}`;
  throw new ExperimentsError(
    'EXPERIMENTS_STOPPED',
    `Experiment ${shown(name)} was stopped${when}, in version ${version}; start another one under a new name.`,
  );
}

/** The reason is that of the change alone. */
function nextOf(before: Experiment, change: Change, status: 'running' | 'stopped'): Experiment {
  const next: { -readonly [K in keyof Experiment]: Experiment[K] } = { ...before, version: before.version + 1 };
  delete next.reason;
  return { ...next, ...changed(change, status) };
}

function changed({ at, by, reason }: Change, status: 'running' | 'stopped') {
  return { status, changedAt: at.toISOString(), changedBy: by, ...(reason !== undefined && { reason }) };
}

/** Panels with the ranges of their new shares; those that are not named keep their ranges. */
function withShares(panels: readonly Panel[], shares: readonly Pick<PanelShare, 'name' | 'share'>[]): Panel[] {
  const counts = panels.map(({ name, buckets }) => {
    const percent = shares.find((panel) => panel.name === name)?.share ?? shareOf(buckets);
    return bucketCount(percent, `The share of panel ${shown(name)}`);
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > BUCKETS)
    throw new ExperimentsError(
      'EXPERIMENTS_SHARES_INVALID',
      `The shares of the panels are ${panels.map(({ name }, n) => `${name}=${(counts[n] as number) / 100}`).join(', ')}, together ${total / 100} %; give at most 100 %.`,
    );
  const ranges = resized(panels.map(({ buckets: before }, n) => ({ before, count: counts[n] as number })));
  return panels.map((panel, n) => ({ ...panel, buckets: ranges[n] as Range[] }));
}

/** Experiments that an experiment must not share buckets of its layer with. */
function neighbours(experiment: Experiment, running: readonly Experiment[]): Experiment[] {
  return running.filter((other) => other.layerSalt === experiment.layerSalt && !haveDisjointTargets(experiment, other));
}

function placeInLayer(experiment: Experiment, count: number, running: readonly Experiment[]): Range {
  const others = neighbours(experiment, running);
  const gaps = complement(others.map(({ layerBuckets }) => layerBuckets));
  const gap = gaps.find(([from, to]) => to - from >= count);
  if (gap !== undefined) return [gap[0], gap[0] + count];
  throw layerFull(experiment, count, others, Math.max(0, ...gaps.map(([from, to]) => to - from)));
}

/** Grows to the right while there is room, then to the left; narrows from the right. */
function resizedInLayer(experiment: Experiment, count: number, running: readonly Experiment[]): Range {
  const [from, to] = experiment.layerBuckets;
  if (count <= to - from) return [from, from + count];
  const others = neighbours(experiment, running);
  const gaps = complement(others.map(({ layerBuckets }) => layerBuckets));
  const [low, high] = gaps.find((gap) => overlaps(gap, [from, to])) ?? [from, to];
  if (high - low < count) throw layerFull(experiment, count, others, high - low);
  const end = Math.min(high, from + count);
  return [end - count, end];
}

function layerFull({ layerSalt }: Experiment, count: number, others: readonly Experiment[], free: number) {
  const taken = others.map(({ experiment, layerBuckets }) => `${experiment} has ${shareOf([layerBuckets])} %`);
  const fix = free > 0 ? `give a share of at most ${free / 100} %, or` : 'stop or narrow one of them,';
  return new ExperimentsError(
    'EXPERIMENTS_LAYER_FULL',
    `Layer ${shown(layerSalt)} has no ${count / 100} % in one piece: ${taken.join(', ')}; ${fix} give another target.`,
  );
}

function refuseConflict(experiment: Experiment, running: readonly Experiment[]): Experiment {
  const problem = running.map((other) => conflict(experiment, other)).find((found) => found !== undefined);
  if (problem !== undefined) throw new ExperimentsError('EXPERIMENTS_CONFLICT', problem);
  return experiment;
}
