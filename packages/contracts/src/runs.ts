import { FeedsError, json } from '@attractions/feeds';
import type { FeedContract, Field } from '@attractions/feeds';

/** One run of a command that writes: what it did, or why not. */
export interface Run {
  /** `run`, `etl`, `train`, … */
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly seconds: number;
  /** `refused`: the data or the model was not good enough. `failed`: anything else that ended it early. */
  readonly outcome: 'done' | 'refused' | 'failed';
  /** Why it was refused or failed: the stable code, and the sentences without raw values. */
  readonly code?: string;
  readonly message?: string;
  /** What it counted, by the names of its summary: `rows`, `visits`, `users`, … */
  readonly counts: Readonly<Record<string, number>>;
  /** The updates that it committed. */
  readonly feeds: readonly { readonly feed: string; readonly seq: number }[];
}

const schema: readonly Field[] = [
  { name: 'command', type: 'utf8', nullable: false, description: 'The command that ran: run, etl, train, …' },
  { name: 'startedAt', type: 'utf8', nullable: false, description: 'When it started: ISO 8601, UTC.' },
  { name: 'seconds', type: 'float64', nullable: false, description: 'How long it took.' },
  { name: 'outcome', type: 'utf8', nullable: false, description: 'done, refused or failed.' },
  { name: 'code', type: 'utf8', nullable: true, description: 'The stable code of what ended it early.' },
  { name: 'message', type: 'utf8', nullable: true, description: 'The sentences that go with it.' },
  { name: 'counts', type: 'json', nullable: false, description: 'What it counted, by name: rows, visits, users, …' },
  { name: 'feeds', type: 'json', nullable: false, description: 'The updates that it committed: feed and seq.' },
];

/** What was run, each update one run; those that were refused or failed too. JSON. */
export const runs: FeedContract<Run> = {
  path: 'pipeline/runs/v1.0',
  description: 'Runs of the pipeline, refused ones too.',
  schema,
  codec: json(asRun),
};

const OUTCOMES: readonly unknown[] = ['done', 'refused', 'failed'];

function asRun(value: unknown): Run {
  const { command, startedAt, seconds, outcome, counts, feeds } = Object(value) as Partial<Run>;
  const problem =
    typeof command !== 'string' || command === ''
      ? `command is ${String(command)}, not a text`
      : Number.isNaN(Date.parse(String(startedAt)))
        ? `startedAt is ${String(startedAt)}, not a time`
        : !Number.isFinite(seconds)
          ? `seconds is ${String(seconds)}, not a finite number`
          : !OUTCOMES.includes(outcome)
            ? `outcome is ${String(outcome)}, not one of ${OUTCOMES.join(', ')}`
            : !Object.values(Object(counts) as object).every(Number.isFinite)
              ? 'counts holds something that is not a number'
              : Array.isArray(feeds)
                ? undefined
                : 'feeds is not a list';
  if (problem === undefined) return value as Run;
  throw new FeedsError('FEEDS_VALUE_INVALID', `${problem}.`);
}
