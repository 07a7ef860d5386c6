import type { Experiment } from '../experiment.js';
import { countIn } from '../lifecycle/shares.js';
import { sampleRatio, sampleRatioOverTime } from '../statistics/sample-ratio.js';
import type { ChiSquare, RatioOverTime } from '../statistics/sample-ratio.js';
import type { Gathered } from './gathered.js';

/** Why nothing is concluded from an experiment: when that is so, and what to do then. A test holds the table in docs/experiments.md to this one. */
export const REFUSALS = {
  'exposures-missing': {
    when: 'No list of these versions was recorded, or all that were have expired.',
    todo: 'Serve the experiment, or read it out before exposures expire.',
  },
  'exposures-disagree': {
    when: 'A recorded exposure does not recompute to its panel and bucket.',
    todo: 'Find out what assigned it: another program, a changed experiment, or ids that were changed on the way.',
  },
  'assignment-changed': {
    when: 'A user was shown two panels of one phase.',
    todo: 'Find out who assigned the user differently; start anew with another salt if it concerns many.',
  },
  'sample-ratio': {
    when: 'The users of the panels are not in the ratio of their buckets: p is below 0.001.',
    todo: 'Find out why users of a panel are missing: lists that are not recorded, a panel that fails or is slower, bots that are filtered in one panel only.',
  },
  'imbalance-over-time': {
    when: 'The ratio of the panels changed from day to day by more than chance: p is below 0.001.',
    todo: 'Look at what happened on the days that stand out: a release, an outage, a panel that was switched off.',
  },
  'too-few-users': {
    when: 'A panel has fewer than 100 users; of interleaved lists, fewer than 100 users chose anything.',
    todo: 'Wait for more users. Below that, intervals that rest on the normal distribution are not right.',
  },
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** Why nothing is concluded. */
export interface Refusal {
  readonly code: RefusalCode;
  /** What was found, as a sentence with figures. */
  readonly message: string;
  readonly todo: string;
}

/** Below it, panels are not as they should be, and no difference between them can be trusted (Fabijan et al. 2019). */
const MIN_P = 0.001;

/** Fewest users of a panel. */
export const MIN_USERS = 100;

/** What the checks found. */
export interface Checks {
  readonly sampleRatio: ChiSquare;
  readonly overTime: RatioOverTime;
  readonly refusals: readonly Refusal[];
}

/** Checks whether the groups were made rightly; else a difference between them does not show an effect. */
export function checksOf(gathered: Gathered): Checks {
  const latest = gathered.phase.at(-1) as Experiment;
  const { panels } = latest;
  const users = usersBy(gathered);
  const shares = panels.map(({ buckets }) => countIn(buckets));
  const counts = panels.map(({ name }) => users.get(name) ?? 0);
  const ratio = sampleRatio(counts, shares);
  const drift = sampleRatioOverTime(dailyCounts(gathered));
  const found: Refusal[] = [];
  const refuse = (code: RefusalCode, message: string) => found.push({ code, message, todo: REFUSALS[code].todo });
  const { exposures, forced, disagreeing, changed } = gathered;
  const isInterleaved = latest.design === 'interleaving';

  if (exposures - forced === 0) refuse('exposures-missing', 'No exposure of the experiment is in the feeds.');
  if (disagreeing.lists > 0)
    refuse(
      'exposures-disagree',
      `${disagreeing.lists} of ${exposures} exposures do not recompute; ${disagreeing.first}.`,
    );
  if (changed.users > 0)
    refuse(
      'assignment-changed',
      `${changed.users} of ${sum(counts)} users were shown more than one panel, '${changed.first}' among them.`,
    );
  if (!isInterleaved && ratio.p < MIN_P)
    refuse(
      'sample-ratio',
      `${panels.map(({ name }, n) => `${name} has ${counts[n]} users with ${shares[n]} buckets`).join(', ')}; ${pText(ratio)}.`,
    );
  if (!isInterleaved && drift.p < MIN_P)
    refuse('imbalance-over-time', `The ratio of the panels changed over the days; ${pText(drift)}.`);
  const few = panels.flatMap(({ name }, n) => ((counts[n] ?? 0) < MIN_USERS ? [`${name} has ${counts[n]}`] : []));
  if (!isInterleaved && exposures - forced > 0 && few.length > 0)
    refuse('too-few-users', `Fewer than ${MIN_USERS} users: ${few.join(', ')}.`);
  const { a = 0, b = 0, ties = 0 } = gathered.preferred ?? {};
  if (isInterleaved && exposures - forced > 0 && a + b + ties < MIN_USERS)
    refuse('too-few-users', `Only ${a + b + ties} users chose anything from the lists.`);
  return { sampleRatio: ratio, overTime: drift, refusals: found };
}

/** Users of each panel. */
export function usersBy({ arrivals }: Gathered): ReadonlyMap<string, number> {
  const users = new Map<string, number>();
  for (const { panel, users: more } of arrivals) users.set(panel, (users.get(panel) ?? 0) + more);
  return users;
}

/** Users by day and panel, in the order of the panels. */
function dailyCounts({ phase, arrivals }: Gathered): readonly (readonly number[])[] {
  const { panels } = phase.at(-1) as Experiment;
  const days = [...new Set(arrivals.map(({ day }) => day))].sort((a, b) => a - b);
  return days.map((day) =>
    panels.map(({ name }) => arrivals.find((each) => each.day === day && each.panel === name)?.users ?? 0),
  );
}

const pText = ({ statistic, degrees, p }: ChiSquare): string =>
  `chi-square ${statistic.toFixed(2)} of ${degrees}, p ${p.toExponential(1)}, below ${MIN_P}`;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
