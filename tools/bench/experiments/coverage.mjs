import { compare, momentsOf } from '../../../packages/experiments/dist/index.js';
import { panelOf, populations } from './populations.mjs';

const LIFT = 0.1;

/**
 * How often the interval holds the true difference, where each value rises by 10 %, for panels of the same size and for a treatment of a tenth, by metric: at the fixed horizon
 * absolute, relative and with CUPED, and anytime-valid.
 */
export function cover({ random, experiments }) {
  return [
    [2000, 2000],
    [500, 4500],
  ].flatMap((sizes) => populations.map((population) => coverageOf(population, sizes, random, experiments)));
}

function coverageOf(population, [treated, untreated], random, experiments) {
  const { type, name, value } = population;
  const truth = value(LIFT) - value(0);
  const held = { absolute: 0, relative: 0, cuped: 0, anytime: 0 };
  for (let experiment = 0; experiment < experiments; experiment++) {
    const found = compare(
      type,
      momentsOf(panelOf(population, random, treated, LIFT)),
      momentsOf(panelOf(population, random, untreated)),
      { intendedUsers: treated + untreated },
    );
    const holds = (range, truth) => range !== undefined && range[0] <= truth && truth <= range[1];
    held.absolute += holds(found?.absolute.fixed, truth);
    held.relative += holds(found?.relative?.fixed, truth / value(0));
    held.cuped += holds(found?.cuped?.absolute.fixed, truth);
    held.anytime += holds(found?.absolute.anytime, truth);
  }
  const share = (count) => count / experiments;
  return {
    metric: name,
    users: `${treated} + ${untreated}`,
    absolute: share(held.absolute),
    relative: share(held.relative),
    cuped: held.cuped > 0 ? share(held.cuped) : undefined,
    anytime: share(held.anytime),
  };
}

/**
 * What CUPED saves beside the theory, rho squared (Deng et al. 2013): as the comparison says on average, and as the estimates of the experiments really
 * vary. Users are normal with a correlation of rho between before and during.
 */
export function saveVariance({ random, experiments }) {
  return [0, 0.3, 0.5, 0.7, 0.9].map((rho) => {
    const [plain, adjusted] = [[], []];
    let saved = 0;
    const panel = () =>
      momentsOf(
        Array.from({ length: 500 }, () => {
          const z = random.normal();
          return { y: rho * z + Math.sqrt(1 - rho * rho) * random.normal(), z };
        }),
      );
    for (let experiment = 0; experiment < experiments; experiment++) {
      const { absolute, cuped } = compare('mean', panel(), panel());
      plain.push(absolute.estimate);
      adjusted.push(cuped.absolute.estimate);
      saved += cuped.varianceSaved / experiments;
    }
    return { rho, theory: rho * rho, said: saved, seen: 1 - varianceOf(adjusted) / varianceOf(plain) };
  });
}

function varianceOf(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
