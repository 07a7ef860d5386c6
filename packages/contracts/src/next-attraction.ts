import type { FeedContract } from '@attractions/feeds';
import * as v from 'valibot';

import { holding, int64, jsonFeed, list, number, numbers, object, positive, record, text } from './document.js';
import type { Infer } from './document.js';

const parkTables = object({
  park: text(),
  /** Ascending. */
  attractionIds: list(text()),
  /** How many visitors came, ever. */
  popular: numbers(),
  /** How many more, or fewer, came lately. */
  lately: numbers(),
  /** How many more come at this hour of the day: 24 rows. */
  byHour: list(numbers()),
  /** How near attraction j lies to l, and how many more visit it within the hour: row l, column j. */
  onward: list(numbers()),
  /** How many more of those who have been to v have been to j: row v, column j. Absent in older updates: no such term. */
  together: v.optional(list(numbers())),
  /** How near attraction j lies to l, where nearness fades slowly: row l, column j. Absent before 1.1: no such term. */
  around: v.optional(list(numbers())),
  /** After so many hours `around` counts for 1/e. */
  lingerHours: v.optional(positive()),
  /** How many more, or fewer, of those go there who were in the park less than `awayHours` ago. Absent before 1.1: no such term. */
  here: v.optional(numbers()),
  /** And of those whose last visit is longer ago. */
  away: v.optional(numbers()),
  awayHours: v.optional(positive()),
  /** How many more of those who know many attractions: counts ln(|V|) - 1 times. Absent before 1.1: no such term. */
  seasoned: v.optional(numbers()),
  /** Visits before it are counted in this park's tables: ms since 1970. Absent in older updates: `lately` is good at any time. */
  asOf: v.optional(number()),
  /** `lately` counts half for a request so many days from `asOf`, on either side. */
  halfLifeDays: v.optional(positive()),
  /** After so many hours the place of the last visit counts for 1/e. */
  patienceHours: positive(),
  /** What the terms were multiplied with, by the trainer's feature names, for people to read. */
  weights: record(number()),
});

const model = v.pipe(
  object({
    /** Only visits before this midnight (UTC, ms since 1970) are counted in the tables. */
    asOf: v.pipe(int64(), v.description('Visits before it are counted: ms since 1970, UTC.')),
    /** By name. */
    parks: v.pipe(list(parkTables), v.description('Tables of each park, by name, as `ParkTables` says.')),
  }),
  holding(({ parks }) => parksProblem(parks)),
);

/** One park's terms of the score. All arrays follow `attractionIds`. */
export type ParkTables = Infer<typeof parkTables>;

/**
 * What a visitor goes to next, as tables: plain JSON, and no user in it. For a visitor who asks at hour h and whose last visit in the park
 * was to l, `gap` hours ago, and who has been to the attractions V, the score of attraction j is
 *
 *     popular[j] + lately[j] + byHour[h][j] + exp(-gap / patienceHours) * onward[l][j] + sum of together[v][j] / sqrt(|V|) over v in V
 *       + exp(-gap / lingerHours) * around[l][j] + (gap < awayHours ? here[j] : away[j]) + (ln(|V|) - 1) * seasoned[j]
 *
 * a logarithm: the softmax of the scores over the attractions not yet visited is the probability that j is the next new one.
 * What is not known does not count: without a time `lately`, `byHour` and all that depends on the last visit, without a last visit all that depends on it, without V the terms of V.
 * Every sum is a conditional logit (McFadden 1974) with its weights multiplied in. `scoreNext` computes it.
 */
export type NextAttractionModel = Infer<typeof model>;

/** The model of the next attraction, of the same visits as the factor model beside it. JSON. */
export const nextAttraction: FeedContract<NextAttractionModel> = jsonFeed({
  path: 'training/next-attraction/v1.0',
  version: '1.1',
  description: 'What visitors of each park go to next, as tables.',
  schema: model,
});

function parksProblem(parks: readonly ParkTables[]): string | undefined {
  const repeated = parks.findIndex(({ park }, n) => parks.findIndex((other) => other.park === park) < n);
  if (repeated >= 0)
    return `parks[${repeated}].park is ${JSON.stringify(parks[repeated]?.park)}, as an earlier one is; give each park once.`;
  for (const [n, tables] of parks.entries()) {
    const problem = tablesProblem(tables);
    if (problem !== undefined) return `parks[${n}].${problem}`;
  }
  return undefined;
}

/** What must fit together in the tables of a park. */
function tablesProblem(tables: ParkTables) {
  const { attractionIds, popular, lately, byHour, onward, together = onward, around = onward } = tables;
  const { here = popular, away = popular, seasoned = popular } = tables;
  const falls = attractionIds.findIndex((id, n) => n > 0 && (attractionIds[n - 1] as string) >= id);
  if (falls >= 0) return `attractionIds has ${JSON.stringify(attractionIds[falls])} at ${falls}; give ids that ascend.`;
  const count = attractionIds.length;
  return (
    rowsProblem('popular', [popular], 1, count) ??
    rowsProblem('lately', [lately], 1, count) ??
    rowsProblem('byHour', byHour, 24, count) ??
    rowsProblem('onward', onward, count, count) ??
    rowsProblem('together', together, count, count) ??
    rowsProblem('around', around, count, count) ??
    rowsProblem('here', [here], 1, count) ??
    rowsProblem('away', [away], 1, count) ??
    rowsProblem('seasoned', [seasoned], 1, count) ??
    unitProblem(tables)
  );
}

/** Terms that fade or begin after some hours need these hours. */
function unitProblem({ around, lingerHours, here, away, awayHours }: ParkTables) {
  if (around !== undefined && lingerHours === undefined) return 'lingerHours is missing; around needs it.';
  if ((here ?? away) !== undefined && awayHours === undefined) return 'awayHours is missing; here and away need it.';
  return undefined;
}

function rowsProblem(name: string, rows: readonly (readonly number[])[], due: number, width: number) {
  if (rows.length !== due) return `${name} has ${rows.length} rows; give ${due}.`;
  const bad = rows.findIndex((row) => row.length !== width);
  if (bad < 0) return undefined;
  return `${due === 1 ? name : `${name}[${bad}]`} has ${rows[bad]?.length} numbers; give one for each of the ${width} attractions.`;
}
