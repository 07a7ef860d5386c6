import {
  baselineOf,
  compare,
  momentsOf,
  sampleRatio,
  sampleRatioPower,
  samplesNeeded,
} from '../../../packages/experiments/dist/index.js';
import { panelOf, populations } from './populations.mjs';

const LIFT = 0.1;

/**
 * Experiments of the size that `samplesNeeded` says for a power of 80 %, with the effect that it was asked for, a rise of each value by 10 %: the share that finds it. `shifted` adds the
 * same to each user (to each denominator of a ratio), as the plan supposes; `scaled` makes each value greater by 10 %, and so their variance by 21 %. For a
 * proportion both are the same. The baseline comes from 500,000 users of the past.
 */
export function findPlanned({ random, experiments }) {
  return planned.flatMap((population) =>
    ['fixed', 'anytime'].map((reading) => {
      const { name, type, value } = population;
      const effect = value(LIFT) - value(0);
      const baseline = baselineOf(type, momentsOf(panelOf(population, random, 500_000)));
      const users = samplesNeeded(baseline, effect, 0.8, { reading });
      const panel = (lift) => panelOf(population, random, Math.round(users / 2), lift);
      const found = (treatment) => {
        const sums = [treatment, panel(0)].map((users) => momentsOf(users));
        return compare(type, ...sums, { intendedUsers: users }).absolute[reading][0] > 0;
      };
      let [shifted, scaled] = [0, 0];
      for (let experiment = 0; experiment < experiments; experiment++) {
        scaled += found(panel(LIFT));
        if (type !== 'proportion') shifted += found(panel(0).map(({ y, x }) => ({ y: y + effect * (x ?? 1), x })));
      }
      return {
        metric: name,
        reading,
        users,
        planned: 0.8,
        shifted: type === 'proportion' ? undefined : shifted / experiments,
        scaled: scaled / experiments,
      };
    }),
  );
}

/** Those that do not need many thousands of users. */
const planned = populations.filter(
  ({ name }) => !/1 %|skewness 33|zeros/.test(name) || name.startsWith('proportion, 10'),
);

/** Two panels of which one loses 2 % of its users: the share of experiments in which the sample-ratio test finds it, beside what the plan says. */
export function findRatioFaults({ random, experiments }) {
  return [50_000, 100_000, 200_000, 400_000].map((users) => {
    let found = 0;
    for (let experiment = 0; experiment < experiments; experiment++) {
      const assigned = random.binomial(users, 0.5);
      const counts = [assigned - random.binomial(assigned, 0.02), users - assigned];
      found += sampleRatio(counts, [1, 1]).p < 0.001;
    }
    return {
      users,
      lost: 0.02,
      planned: sampleRatioPower({ users, lost: 0.02, shares: [1, 1] }),
      found: found / experiments,
    };
  });
}
