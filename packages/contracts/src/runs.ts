import type { FeedContract } from '@attractions/feeds';
import * as v from 'valibot';

import { int32, jsonFeed, list, name, number, object, oneOf, record, text, time } from './document.js';
import type { Infer } from './document.js';

const run = object({
  /** `run`, `etl`, `train`, … */
  command: v.pipe(name(), v.description('The command that ran: run, etl, train, …')),
  /** ISO 8601, UTC. */
  startedAt: v.pipe(time(), v.description('When it started: ISO 8601, UTC.')),
  seconds: v.pipe(number(), v.description('How long it took.')),
  /** `refused`: the data or the model was not good enough. `failed`: anything else that ended it early. */
  outcome: v.pipe(oneOf(['done', 'refused', 'failed']), v.description('done, refused or failed.')),
  /** Why it was refused or failed: the stable code, and the sentences without raw values. */
  code: v.optional(v.pipe(text(), v.description('The stable code of what ended it early.'))),
  message: v.optional(v.pipe(text(), v.description('The sentences that go with it.'))),
  /** What it counted, by the names of its summary: `rows`, `visits`, `users`, … */
  counts: v.pipe(record(number()), v.description('What it counted, by name: rows, visits, users, …')),
  /** The updates that it committed. */
  feeds: v.pipe(
    list(object({ feed: text(), seq: int32(1) })),
    v.description('The updates that it committed: feed and seq.'),
  ),
});

/** One run of a command that writes: what it did, or why not. */
export type Run = Infer<typeof run>;

/** What was run, each update one run; those that were refused or failed too. JSON. */
export const runs: FeedContract<Run> = jsonFeed({
  path: 'pipeline/runs/v1.0',
  description: 'Runs of the pipeline, refused ones too.',
  schema: run,
});
