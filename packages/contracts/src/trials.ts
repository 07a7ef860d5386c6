import type { FeedContract } from '@attractions/feeds';
import * as v from 'valibot';

import { int32, jsonFeed, name, number, object, option, record } from './document.js';
import type { Infer } from './document.js';

const trial = object({
  /** What the trial belongs to: trials of one study have the same data, split, space and seed. */
  study: v.pipe(name(), v.description('What the trial belongs to: data, split, space, seed.')),
  /** Unique within the study: the options and the budget. A trial of a key is run once. */
  key: v.pipe(name(), v.description('Options and budget; unique within the study.')),
  /** 0 for the first, cheapest round of the search. */
  round: v.pipe(int32(0), v.description('Round of the search; 0 is the first.')),
  /** Iterations that it trained for. */
  budget: v.pipe(int32(0), v.description('Iterations that it trained for.')),
  /** The trainer's options, by name. */
  options: v.pipe(record(option()), v.description("The trainer's options, by name.")),
  /** Name of the metric, such as `ndcg@5`; greater is better. */
  metric: v.pipe(name(), v.description('What was measured; greater is better.')),
  value: v.pipe(number(), v.description('The value of the metric.')),
  /** Of the value, over the requests it is the mean of; absent in older updates. */
  standardError: v.optional(v.pipe(number(), v.description('Of the value, over the requests.'))),
  seconds: v.pipe(number(), v.description('Time that training and measuring took.')),
});

/** One training of a search, with how well it did. */
export type Trial = Infer<typeof trial>;

/** Trials of searches for good options, each update one trial. JSON. */
export const trials: FeedContract<Trial> = jsonFeed({
  path: 'evaluation/trials/v1.0',
  description: 'Trials of searches for good options.',
  schema: trial,
});
