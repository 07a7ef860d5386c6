import { addMoments, compare, holm, momentsOf } from '../../../packages/experiments/dist/index.js';
import { panelOf, populations } from './populations.mjs';

const DAYS = 30;
const NEW_USERS = 100;

/** Whether an interval leaves out 0. */
const excludesZero = ([low, high]) => low > 0 || high < 0;

/** One day of an A/A experiment after the other: the sums of the users whose values are final when they arrive. */
function* arriving(population, random) {
  let sums = [0, 1].map(() => momentsOf(panelOf(population, random, NEW_USERS)));
  for (let day = 1; day <= DAYS; day++) {
    yield sums;
    sums = sums.map((sum) => addMoments(sum, momentsOf(panelOf(population, random, NEW_USERS))));
  }
}

/** The same where users come back: each has events at a rate of its own on every day since the first, so their sums grow. */
function* returning({ uniform, poisson }) {
  const panels = [[], []];
  for (let day = 1; day <= DAYS; day++) {
    for (const users of panels) {
      for (let n = 0; n < NEW_USERS; n++) users.push({ y: 0, rate: -0.2 * Math.log(1 - uniform()) });
      for (const user of users) user.y += poisson(user.rate);
    }
    yield panels.map((users) => momentsOf(users));
  }
}

/**
 * A/A experiments of 30 days with 100 new users a day in each panel, looked at every day: the share whose interval ever leaves out 0, and that of those
 * whose interval does on the last day.
 */
export function lookEveryDay({ random, experiments }) {
  const kinds = [
    ...populations.map((population) => ({
      name: population.name,
      type: population.type,
      days: () => arriving(population, random),
    })),
    { name: 'count that grows while users come back', type: 'count', days: () => returning(random) },
  ];
  return kinds.map(({ name, type, days }) => {
    const found = { fixedEver: 0, fixedLast: 0, anytimeEver: 0 };
    for (let experiment = 0; experiment < experiments; experiment++) {
      let [fixedEver, fixedLast, anytimeEver] = [false, false, false];
      for (const [treatment, control] of days()) {
        const { fixed, anytime } =
          compare(type, treatment, control, { intendedUsers: 2 * DAYS * NEW_USERS })?.absolute ?? nothing;
        fixedLast = excludesZero(fixed);
        fixedEver ||= fixedLast;
        anytimeEver ||= excludesZero(anytime);
      }
      found.fixedEver += fixedEver;
      found.fixedLast += fixedLast;
      found.anytimeEver += anytimeEver;
    }
    return { metric: name, ...sharesOf(found, experiments) };
  });
}

const nothing = { fixed: [-Infinity, Infinity], anytime: [-Infinity, Infinity] };

const sharesOf = (counts, whole) =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count / whole]));

/**
 * A/A/A experiments with five metrics of the same users, so ten comparisons: the share with any p value below .05, as they are and after Holm, on the last
 * day; and of anytime p values after Holm, on any of 30 days.
 */
export function readMany({ random, experiments }) {
  const METRICS = 5;
  const found = { plainLast: 0, holmLast: 0, holmAnytimeEver: 0 };
  for (let experiment = 0; experiment < experiments; experiment++) {
    const sums = [0, 1, 2].map(() => new Array(METRICS).fill(momentsOf([])));
    let [plain, adjusted, ever] = [1, 1, false];
    for (let day = 1; day <= DAYS; day++) {
      for (const panel of sums) {
        // What the metrics of a user share is half of their variance.
        const users = Array.from({ length: NEW_USERS }, random.normal);
        for (let metric = 0; metric < METRICS; metric++)
          panel[metric] = addMoments(momentsOf(users.map((own) => ({ y: own + random.normal() }))), panel[metric]);
      }
      const [control, ...treatments] = sums;
      const effects = treatments.flatMap((panel) =>
        panel.map(
          (sum, metric) => compare('mean', sum, control[metric], { intendedUsers: 2 * DAYS * NEW_USERS }).absolute,
        ),
      );
      plain = Math.min(...effects.map(({ p }) => p));
      adjusted = Math.min(...holm(effects.map(({ p }) => p)));
      ever ||= Math.min(...holm(effects.map(({ anytimeP }) => anytimeP))) < 0.05;
    }
    found.plainLast += plain < 0.05;
    found.holmLast += adjusted < 0.05;
    found.holmAnytimeEver += ever;
  }
  return [{ comparisons: 2 * METRICS, ...sharesOf(found, experiments) }];
}
