import type { Experiment } from '@attractions/experiments';
import { assignmentIn } from '@attractions/experiments';
import { DEFAULT_KINDS, modelOfKind, popular } from '@attractions/models';
import type { Generation, ScoringKind } from '@attractions/models';
import { RecommenderError } from '../errors.js';
import { cachedRecommender } from './cached.js';
import { withFallback } from './fallback.js';
import { kindRecommender, timeKeyIn } from './kind.js';
import { mappingRecommender } from './mapping.js';
import type { Mapping } from './mapping.js';
import { checkPanels, paneledRecommender } from './paneled.js';
import { parkClocks } from './park-clocks.js';
import type { ParkClocks } from './park-clocks.js';
import type { Recommender } from './recommender.js';
import type { Rule } from './rules.js';
import { situated } from './situated.js';

/** Recommenders of your own, by the names that panels use. Entries of their lists say that name as their source. */
export type OwnRecommenders = Readonly<Record<string, (generation: Generation) => Recommender>>;

/** What a recommender uses in addition to a generation. */
export interface Composition {
  /** Kinds of model, in the order in which they are tried; `popular` is always the last, listed or not. Default: next attraction, ALS, popular. */
  readonly kinds?: readonly ScoringKind[] | undefined;
  /**
   * Split users into panels; at most one of those that decide lists may take a request. The `recommender` of a panel is a kind of which the generation has a model, `mapping` where there are written lists, or one of
   * `recommenders`; any other name is an error, since no other recommender may stand in for it.
   */
  readonly experiments?: readonly Experiment[] | undefined;
  /** The recommender that answers everybody who is in no experiment, by its name; default: the written list, then the kinds of model. */
  readonly usual?: string | undefined;
  /** Lists written for some users. Without an experiment they come first. */
  readonly mapping?: Mapping | undefined;
  /** For panels; each is topped up by the chain. */
  readonly recommenders?: OwnRecommenders | undefined;
  /** Most lists cached; 0 or absent: no cache. */
  readonly cachedLists?: number | undefined;
  /** The clocks of the parks; default: UTC in every park. */
  readonly clocks?: ParkClocks | undefined;
  /** Apply to every list, in the order given. With rules no list is cached, since a rule may depend on the time. */
  readonly rules?: readonly Rule[] | undefined;
}

/**
 * Builds the usual stack: the written list, then each kind of model, topped up by the next; with panels where there are experiments. Where a request has no
 * time or no park, the answer says what was assumed.
 * @throws ModelsError MODELS_MODEL_INVALID
 * @throws RecommenderError RECOMMENDER_EXPERIMENT_INVALID, RECOMMENDER_NAME_TAKEN
 */
export function createRecommender(generation: Generation, composition: Composition = {}): Recommender {
  const { cachedLists = 0, clocks = parkClocks(), kinds, rules = [] } = composition;
  const stack = stackOf(generation, clocks, composition);
  const remembering =
    cachedLists > 0 && rules.length === 0
      ? cachedRecommender(stack, timeKeyIn(generation, chainOf(kinds), clocks), cachedLists)
      : stack;
  return situated(generation, remembering, clocks, rules);
}

/**
 * Checks that an experiment can run with a generation. Builds no recommender, which takes a while for a large generation.
 * @throws RecommenderError RECOMMENDER_EXPERIMENT_INVALID
 */
export function checkExperiment(experiment: Experiment, generation: Generation, composition: Composition = {}): void {
  assignmentIn(experiment);
  checkPanels(experiment, namesOf(generation, composition, true), namesOf(generation, composition, false));
}

/**
 * Checks that the recommender of a winner can answer everybody with a generation.
 * @throws RecommenderError RECOMMENDER_EXPERIMENT_INVALID
 */
export function checkWinner(winner: Experiment, generation: Generation, composition: Composition = {}): void {
  const panels = winner.panels.filter(({ name }) => name === winner.winner);
  checkPanels({ ...winner, panels }, namesOf(generation, composition, true), namesOf(generation, composition, false));
}

/** Refuses a recommender that a panel could not name without naming something else. */
function checkNames({ kinds, recommenders = {} }: Composition): void {
  const taken = ['mapping', ...chainOf(kinds).map(({ name }) => name)];
  const name = Object.keys(recommenders).find((own) => taken.includes(own));
  if (name === undefined) return;
  throw new RecommenderError(
    'RECOMMENDER_NAME_TAKEN',
    `A recommender of your own is named '${name}', as a kind of model or the written lists; rename it.`,
  );
}

/** The names that panels may use with this generation; or, without `atHand`, the known names that they may not use with it. */
function namesOf(
  generation: Generation,
  { kinds, mapping, recommenders = {} }: Composition,
  atHand: boolean,
): string[] {
  return [
    ...chainOf(kinds).flatMap((kind) => ((modelOfKind(kind, generation) !== undefined) === atHand ? [kind.name] : [])),
    ...((mapping !== undefined) === atHand ? ['mapping'] : []),
    ...(atHand ? Object.keys(recommenders) : []),
  ];
}

/** Popular knows every attraction, so it comes last: nothing after it would ever be tried. */
const chainOf = (kinds = DEFAULT_KINDS): readonly ScoringKind[] => [
  ...kinds.filter(({ name }) => name !== popular.name),
  popular,
];

function stackOf(generation: Generation, clocks: ParkClocks, composition: Composition): Recommender {
  const { kinds, experiments = [], usual, mapping, recommenders = {} } = composition;
  checkNames(composition);
  const atHand = chainOf(kinds).filter((kind) => modelOfKind(kind, generation) !== undefined);
  const byName = new Map<string, Recommender>();
  /** Each kind, topped up by all that come after it. */
  const chain = atHand.reduceRight<Recommender | undefined>((rest, kind) => {
    const own = kindRecommender(generation, kind, clocks);
    const topped = rest === undefined ? own : withFallback(own, rest);
    byName.set(kind.name, topped);
    return topped;
  }, undefined) as Recommender;
  const written = mapping === undefined ? chain : withFallback(mappingRecommender(generation, mapping), chain);
  if (experiments.length === 0 && usual === undefined) return written;
  const own = Object.entries(recommenders).map(
    ([name, make]) => [name, withFallback(make(generation), chain)] as const,
  );
  const named = Object.fromEntries([
    ...[...byName].reverse(),
    ...(mapping ? [['mapping', written] as const] : []),
    ...own,
  ]);
  const otherwise = usual === undefined ? written : named[usual];
  if (otherwise === undefined)
    throw new RecommenderError(
      'RECOMMENDER_EXPERIMENT_INVALID',
      `The recommender '${usual}' is to answer everybody, but is not there; give one of: ${Object.keys(named).join(', ')}.`,
    );
  return paneledRecommender(experiments, named, otherwise, namesOf(generation, composition, false));
}
