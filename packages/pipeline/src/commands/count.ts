import { InvalidArgumentError } from 'commander';

/** The value of an option that is a whole number above 0. */
export function countOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`'${text}' is not a whole number above 0.`);
}
