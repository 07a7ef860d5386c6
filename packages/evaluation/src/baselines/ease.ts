import type { Contender } from '../judge/contender.js';
import { visitsByUser } from '../visit-log.js';
import type { VisitLog } from '../visit-log.js';
import { inverse } from './inverse.js';

/** The pull of all weights towards zero, as strong as so many visitors. */
const ridge = 100;

/**
 * Embarrassingly shallow autoencoders (Steck 2019): the matrix of item weights, with a zero diagonal, that best foretells each visitor's
 * attractions from their others. Each park by itself, exactly, in the time of one inversion.
 */
export const ease: Contender = {
  name: 'EASE',
  description: 'Attractions of the park that are best foretold by those visited: one linear model of them all.',
  learn(training) {
    const n = training.names.attractionIds.length;
    const weights = training.names.parks.map((_, park) => weightsOf(training, park));
    return ({ park, visited }) => {
      const row = weights[park] as Float64Array;
      return Float64Array.from({ length: n }, (_, to) =>
        visited.reduce((sum, from) => sum + (row[from * n + to] as number), 0),
      );
    };
  },
};

/** Row-major: how much a visit to the row's attraction speaks for the column's. Zero outside the park. */
function weightsOf(training: VisitLog, park: number): Float64Array {
  const n = training.names.attractionIds.length;
  const precision = inverse(gram(training, park), n);
  return precision.map((value, cell) => {
    const [from, to] = [Math.floor(cell / n), cell % n];
    return from === to ? 0 : -value / (precision[to * n + to] as number);
  });
}

/** Visitors that two attractions of a park share, and the ridge on the diagonal. */
function gram({ attractions, names, ...log }: VisitLog, park: number): Float64Array {
  const n = names.attractionIds.length;
  const shared = new Float64Array(n * n);
  for (const visits of visitsByUser({ attractions, names, ...log })) {
    const items = [...new Set(visits.map((visit) => attractions[visit] as number))];
    const inPark = items.filter((item) => names.parkOf[item] === park);
    for (const a of inPark) for (const b of inPark) (shared[a * n + b] as number) += 1;
  }
  for (let a = 0; a < n; a++) (shared[a * n + a] as number) += ridge;
  return shared;
}
