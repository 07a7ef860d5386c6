import { json } from '@attractions/feeds';
import type { FeedContract, Field } from '@attractions/feeds';
import { FeedsError } from '@attractions/feeds';

/** One training of a search, with how well it did. */
export interface Trial {
  /** What the trial belongs to: trials of one study have the same data, split, space and seed. */
  readonly study: string;
  /** Unique within the study: the options and the budget. A trial of a key is run once. */
  readonly key: string;
  /** 0 for the first, cheapest round of the search. */
  readonly round: number;
  /** Iterations that it trained for. */
  readonly budget: number;
  /** The trainer's options, by name. */
  readonly options: Readonly<Record<string, number | string | boolean>>;
  /** Name of the metric, `ndcg@5` say; greater is better. */
  readonly metric: string;
  readonly value: number;
  /** Of the value, over the requests it is the mean of; absent in older updates. */
  readonly standardError?: number;
  readonly seconds: number;
}

const schema: readonly Field[] = [
  { name: 'study', type: 'utf8', nullable: false, description: 'What the trial belongs to: data, split, space, seed.' },
  { name: 'key', type: 'utf8', nullable: false, description: 'Options and budget; unique within the study.' },
  { name: 'round', type: 'int32', nullable: false, description: 'Round of the search; 0 is the first.' },
  { name: 'budget', type: 'int32', nullable: false, description: 'Iterations that it trained for.' },
  { name: 'options', type: 'json', nullable: false, description: "The trainer's options, by name." },
  { name: 'metric', type: 'utf8', nullable: false, description: 'What was measured; greater is better.' },
  { name: 'value', type: 'float64', nullable: false, description: 'The value of the metric.' },
  { name: 'standardError', type: 'float64', nullable: true, description: 'Of the value, over the requests.' },
  { name: 'seconds', type: 'float64', nullable: false, description: 'Time that training and measuring took.' },
];

/** Trials of searches for good options, each update one trial. JSON. */
export const trials: FeedContract<Trial> = {
  path: 'evaluation/trials/v1.0',
  description: 'Trials of searches for good options.',
  schema,
  codec: json(asTrial),
};

function asTrial(value: unknown): Trial {
  const problem = problemOf(value);
  if (problem === undefined) return value as Trial;
  throw new FeedsError('FEEDS_VALUE_INVALID', problem);
}

function problemOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'A trial is an object.';
  const trial: Readonly<Record<string, unknown>> = { ...value };
  const text = ['study', 'key', 'metric'].find((name) => typeof trial[name] !== 'string' || trial[name] === '');
  if (text !== undefined) return `${text} is ${String(trial[text])}, not a text.`;
  const count = ['round', 'budget'].find((name) => !Number.isSafeInteger(trial[name]));
  if (count !== undefined) return `${count} is ${String(trial[count])}, not a whole number.`;
  const number = ['value', 'seconds'].find((name) => !Number.isFinite(trial[name]));
  if (number !== undefined) return `${number} is ${String(trial[number])}, not a finite number.`;
  const { standardError = 0 } = trial;
  if (!Number.isFinite(standardError)) return `standardError is ${String(standardError)}, not a finite number.`;
  return typeof trial['options'] === 'object' && trial['options'] !== null ? undefined : 'options is no object.';
}
