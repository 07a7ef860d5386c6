import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { byTime, lastNewAttraction, randomNewAttraction } from '../../src/splits/protocols.js';
import type { Split } from '../../src/splits/split.js';
import { hours, logOf, named } from '../support/log.js';
import type { VisitAt } from '../support/log.js';

const visits: VisitAt[] = [
  ['ann', 'p:1', 1],
  ['ann', 'p:2', 2],
  ['ann', 'q:1', 3],
  ['ann', 'p:1', 4],
  ['ann', 'p:3', 5],
  ['ann', 'p:2', 6],
  ['ann', 'p:3', 7],
  ['ann', 'q:1', 8],
  ['bob', 'p:1', 9],
];

test('last new attraction: predicted from what came before it; what the visitor did in the park later is left out', () => {
  const { training, requests, answers } = lastNewAttraction(logOf(visits), 3);
  expect(named(training)).toEqual([visits[0], visits[1], visits[2], visits[3], visits[7], visits[8]]);
  expect(requests).toEqual([
    { user: 0, park: 0, time: hours(5), visited: Uint32Array.of(0, 1), last: { attraction: 0, visitedAt: hours(4) } },
  ]);
  expect(answers).toEqual([Uint32Array.of(2)]);
});

test('by time: nobody has a visit at the cut or after it in training; all new attractions after it are to be found', () => {
  const { training, requests, answers } = byTime(logOf([...visits, ['ann', 'p:4', 10]]), hours(5));
  expect(named(training)).toEqual(visits.slice(0, 4));
  expect(requests.map(({ time }) => time)).toEqual([hours(5)]);
  expect(answers).toEqual([Uint32Array.of(2, 3)]);
});

test('random: by seed, never the first attraction', () => {
  const log = logOf(visits);
  const asked = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => randomNewAttraction(log, seed, 3).requests[0]?.time);
  expect(new Set(asked)).toEqual(new Set([hours(2), hours(5)]));
  expect(randomNewAttraction(log, 7, 3)).toEqual(randomNewAttraction(log, 7, 3));
});

test('nobody with enough attractions is an error that says so', () => {
  expect(() => lastNewAttraction(logOf(visits), 4)).toThrow(/4 attractions in one park/);
});

const anyVisits = fc.array(
  fc.tuple(
    fc.constantFrom('ann', 'bob', 'cid'),
    fc.constantFrom('p:1', 'p:2', 'p:3', 'q:1', 'q:2', 'q:3'),
    fc.integer({ min: 0, max: 20 }),
  ),
  { maxLength: 40 },
);

function splitsOf(drawn: readonly VisitAt[]): Split[] {
  const log = logOf(drawn);
  const makers = [() => lastNewAttraction(log, 2), () => byTime(log, hours(10)), () => randomNewAttraction(log, 1, 2)];
  return makers.flatMap((make) => {
    try {
      return [make()];
    } catch {
      return [];
    }
  });
}

test('a split never trains on what its visitor did in the park at the time of the request or later, and never shows an answer', () => {
  fc.assert(
    fc.property(anyVisits, (drawn) => {
      for (const { training, requests, answers } of splitsOf(drawn))
        requests.forEach(({ user, park, time, visited, last }, request) => {
          const own = Array.from(training.users.keys()).filter(
            (visit) =>
              training.users[visit] === user && training.names.parkOf[training.attractions[visit] as number] === park,
          );
          for (const visit of own) expect(training.times[visit]).toBeLessThanOrEqual(time);
          const known = new Set(own.map((visit) => training.attractions[visit] as number));
          expect(new Set(visited)).toEqual(known);
          for (const answer of answers[request] ?? []) expect(known.has(answer)).toBe(false);
          expect(last?.visitedAt ?? time).toBeLessThanOrEqual(time);
        });
    }),
  );
});
