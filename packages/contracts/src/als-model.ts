import * as v from 'valibot';

import { int32, list, number, object, option, record, schemaProblem } from './document.js';
import type { Infer } from './document.js';

/** What `model.json` holds of a model, beside the tables of its factors. */
export const alsDocument = object({
  /** Factors of each row. */
  rank: v.pipe(int32(1), v.description('Factors of each row.')),
  /** The resolved hyper-parameters, by the trainer's option names. */
  options: v.pipe(record(option()), v.description("Hyper-parameters, by the trainer's option names.")),
  history: v.pipe(
    list(object({ iteration: number(), loss: number(), seconds: number() })),
    v.description('Loss and seconds of every iteration.'),
  ),
});

/** A trained factor model with all that serving it needs: one generation, one update. Row i of `userFactors` is `userIds[i]`. */
export interface AlsGeneration extends Infer<typeof alsDocument> {
  readonly userIds: readonly string[];
  readonly attractionIds: readonly string[];
  /** Row-major, `userIds.length` x `rank`. */
  readonly userFactors: Float32Array;
  /** Row-major, `attractionIds.length` x `rank`. */
  readonly itemFactors: Float32Array;
  /** What each user visited, as rows of `attractionIds`: user u's are `items[offsets[u] .. offsets[u + 1])`, ascending. */
  readonly seen: { readonly offsets: Uint32Array; readonly items: Uint32Array };
  /** Undefined in a model of contract 1.0, or of visits without times: a reader then takes the same from the visits. */
  readonly histories?: Histories | undefined;
  /** Distinct visitors of each attraction, for the popular fallback of the same generation. */
  readonly visitors: Uint32Array;
}

/** What the visits say of each user of a model beside the seen sets. */
export interface Histories {
  /** How often the user visited each entry of `seen.items`, in its order; 1 or more. */
  readonly counts: Uint32Array;
  /** How much that weighed in training, before the option `weighting`. Undefined where each visit weighed 1. Since 1.2. */
  readonly weights?: Float32Array | undefined;
  /** The row of `attractionIds` where each user was last; of equal times the greater row. */
  readonly lastItems: Uint32Array;
  /** When that was, on the clock of the park: milliseconds since 1970. */
  readonly lastTimes: Float64Array;
}

/** Counts are written as signed integers, which every reader of Parquet has. */
const INT32_MAX = 2 ** 31 - 1;

/** Why a model is not whole: a sentence without its full stop, naming the first thing that is wrong. Undefined if it is whole. */
export function alsProblem(model: AlsGeneration): string | undefined {
  const { rank, userIds, attractionIds, userFactors, itemFactors, visitors } = model;
  return (
    documentProblem(model) ??
    factorsProblem('users.factors', userFactors, userIds.length, rank) ??
    factorsProblem('items.factors', itemFactors, attractionIds.length, rank) ??
    idsProblem('users.user_id', userIds) ??
    idsProblem('items.attraction_id', attractionIds) ??
    seenProblem(model) ??
    historiesProblem(model) ??
    visitorsProblem(visitors, attractionIds.length)
  );
}

/** Why `model.json` does not hold what it should, worded like `alsProblem`. */
export function documentProblem({ rank, options, history }: Infer<typeof alsDocument>): string | undefined {
  const problem = schemaProblem(alsDocument, { rank, options, history });
  return problem && `model.${problem.replace(/\.$/, '')}`;
}

function visitorsProblem(visitors: Uint32Array, rows: number): string | undefined {
  if (visitors.length !== rows) return `items.visitors has ${visitors.length} entries for ${rows} rows`;
  const bad = visitors.findIndex((count) => count > INT32_MAX);
  return bad < 0 ? undefined : `Row ${bad + 1}: items.visitors is ${visitors[bad]}, outside 0 to ${INT32_MAX}`;
}

function factorsProblem(name: string, factors: Float32Array, rows: number, rank: number): string | undefined {
  if (factors.length !== rows * rank) return `${name} has ${factors.length} numbers, not ${rows} rows of ${rank}`;
  // Zero times NaN or an infinity is NaN, which stays in the sum: several times as fast as a test of each.
  let zero = 0;
  for (let n = 0; n < factors.length; n++) zero += (factors[n] as number) * 0;
  if (zero === 0) return undefined;
  const bad = factors.findIndex((factor) => !Number.isFinite(factor));
  return `Row ${Math.floor(bad / rank) + 1}: ${name} holds ${factors[bad]}, not a finite number`;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function idsProblem(name: string, ids: readonly string[]): string | undefined {
  // A trainer writes ids in order, where each is another one; only ids in disorder need to be remembered.
  let known: Set<string> | undefined;
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row];
    if (typeof id !== 'string' || LONE_SURROGATE.test(id)) return `Row ${row + 1}: ${name} is not well-formed text`;
    if (known === undefined && row > 0 && id <= (ids[row - 1] as string)) known = new Set(ids.slice(0, row));
    if (known?.has(id)) return `Row ${row + 1}: ${name} is ${JSON.stringify(id)}, which an earlier row has too`;
    known?.add(id);
  }
  return undefined;
}

function seenProblem({ userIds, attractionIds, seen: { offsets, items } }: AlsGeneration): string | undefined {
  if (offsets.length !== userIds.length + 1 || offsets[0] !== 0 || offsets.at(-1) !== items.length) {
    return `users.seen: ${offsets.length} offsets do not divide ${items.length} items among ${userIds.length} users`;
  }
  for (let user = 0; user < userIds.length; user++) {
    const from = offsets[user] ?? 0;
    const to = offsets[user + 1] ?? 0;
    if (to < from || to > items.length) return `Row ${user + 1}: users.seen ends at ${to}, before its start ${from}`;
    for (let i = from; i < to; i++) {
      const item = items[i] ?? 0;
      if (item >= attractionIds.length)
        return `Row ${user + 1}: users.seen holds ${item}; there are ${attractionIds.length} items`;
      if (i > from && item <= (items[i - 1] ?? 0)) return `Row ${user + 1}: users.seen is not ascending at ${item}`;
    }
  }
  return undefined;
}

function historiesProblem({ userIds, attractionIds, seen, histories }: AlsGeneration): string | undefined {
  if (histories === undefined) return undefined;
  const { counts, weights, lastItems, lastTimes } = histories;
  if (counts.length !== seen.items.length)
    return `users.counts has ${counts.length} numbers for ${seen.items.length} attractions seen`;
  const bad = counts.findIndex((count) => count < 1 || count > INT32_MAX);
  if (bad >= 0) {
    const row = seen.offsets.findIndex((offset) => offset > bad);
    return `Row ${row}: users.counts holds ${counts[bad]}, outside 1 to ${INT32_MAX}`;
  }
  if (weights !== undefined && weights.length !== counts.length)
    return `users.weights has ${weights.length} numbers for ${counts.length} attractions seen`;
  const odd = weights?.findIndex((weight) => !Number.isFinite(weight)) ?? -1;
  if (odd >= 0) return `users.weights holds ${weights?.[odd]}, not a finite number`;
  for (const [name, { length }] of Object.entries({ last_item: lastItems, last_visit: lastTimes }))
    if (length !== userIds.length) return `users.${name} has ${length} entries for ${userIds.length} rows`;
  const nowhere = lastItems.findIndex((item) => item >= attractionIds.length);
  if (nowhere >= 0)
    return `Row ${nowhere + 1}: users.last_item is ${lastItems[nowhere]}; there are ${attractionIds.length} items`;
  const never = lastTimes.findIndex((time) => !Number.isSafeInteger(time));
  return never < 0
    ? undefined
    : `Row ${never + 1}: users.last_visit is ${lastTimes[never]}, not whole milliseconds since 1970`;
}
