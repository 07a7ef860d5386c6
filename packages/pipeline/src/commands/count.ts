import { InvalidArgumentError } from 'commander';

/** The value of an option that is a whole number above 0. */
export function countOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`'${text}' is not a whole number above 0.`);
}

export const DAY_MS = 86_400_000;

/** A number of days as it is typed: `30`, `0.5`. */
export function daysOf(text: string): number {
  if (/^\d{1,6}(\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`'${text}' is not a number of days.`);
}
