import { normalTail } from '../../../packages/experiments/dist/statistics/distributions.js';

/**
 * Populations of users, one or more for each type of metric. `draw(random, lift)` gives one user: y, and x and z where the metric has them; `lift` is by which
 * share the treatment raises each value, and `value(lift)` is the true value of a panel.
 */
export const populations = [
  {
    name: 'proportion, 10 %',
    type: 'proportion',
    value: (lift) => 0.1 * (1 + lift),
    draw: ({ uniform }, lift) => ({ y: uniform() < 0.1 * (1 + lift) ? 1 : 0 }),
  },
  {
    name: 'proportion, 1 %',
    type: 'proportion',
    value: (lift) => 0.01 * (1 + lift),
    draw: ({ uniform }, lift) => ({ y: uniform() < 0.01 * (1 + lift) ? 1 : 0 }),
  },
  {
    name: 'count, users of different habits',
    type: 'count',
    value: (lift) => 2 * (1 + lift),
    // The same habit before and during: exponential with mean 2, then Poisson around it.
    draw: ({ uniform, poisson }, lift) => {
      const habit = -2 * Math.log(1 - uniform());
      return { y: poisson(habit * (1 + lift)), z: poisson(habit) };
    },
  },
  {
    name: 'mean, lognormal (skewness 6)',
    type: 'mean',
    value: (lift) => Math.exp(0.5) * (1 + lift),
    draw: ({ normal }, lift) => lognormal(normal, lift, 1),
  },
  {
    name: 'mean, lognormal (skewness 33)',
    type: 'mean',
    value: (lift) => Math.exp(1.125) * (1 + lift),
    draw: ({ normal }, lift) => lognormal(normal, lift, 1.5),
  },
  {
    name: 'mean, the same capped at its 99 % quantile',
    type: 'mean',
    value: (lift) => cappedMean(1.5, CAP / (1 + lift)) * (1 + lift),
    draw: ({ normal }, lift) => {
      const { y, z } = lognormal(normal, lift, 1.5);
      return { y: Math.min(CAP, y), z: Math.min(CAP, z) };
    },
  },
  {
    name: 'mean, 90 % zeros, else lognormal',
    type: 'mean',
    value: (lift) => 0.1 * Math.exp(0.5) * (1 + lift),
    draw: ({ uniform, normal }, lift) => ({ y: uniform() < 0.1 ? (1 + lift) * Math.exp(normal()) : 0 }),
  },
  {
    name: 'ratio, clicks per list',
    type: 'ratio',
    value: (lift) => 0.2 * (1 + lift),
    // 1 to some 20 lists a user; the share clicked is a user's own, from 0 to .4.
    draw: ({ uniform, binomial }, lift) => {
      const x = 1 + Math.floor(-4 * Math.log(1 - uniform()));
      return { y: binomial(x, 0.4 * uniform() * (1 + lift)), x };
    },
  },
];

const CAP = Math.exp(1.5 * 2.3263478740408408);

/** The mean of the smaller one of a cap and a lognormal number whose logarithm has mean 0 and this standard deviation. */
const cappedMean = (deviation, cap) =>
  Math.exp(deviation ** 2 / 2) * normalTail(deviation - Math.log(cap) / deviation) +
  cap * normalTail(Math.log(cap) / deviation);

/** The logarithms of before and during have a correlation of .8. */
function lognormal(normal, lift, deviation) {
  const [before, change] = [normal(), normal()];
  return { y: (1 + lift) * Math.exp(deviation * (0.8 * before + 0.6 * change)), z: Math.exp(deviation * before) };
}

export const panelOf = (population, random, users, lift = 0) =>
  Array.from({ length: users }, () => population.draw(random, lift));
