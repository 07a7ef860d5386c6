/** The options of commands that change experiments. */
import { userInfo } from 'node:os';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';

/** A panel as it is typed: `als=50`, or `control:popular=50` where its name is not that of its recommender. */
export interface TypedPanel {
  readonly name: string;
  readonly recommender: string;
  /** In percent. */
  readonly share: number;
}

/** Who changes something, and why. */
export interface ChangeOptions {
  readonly by?: string;
  readonly reason?: string;
}

/** Adds the options of {@link ChangeOptions}. */
export function withChange(command: Command): Command {
  return command
    .option('--by <who>', 'who makes the change, for the record; default: the user of the operating system')
    .option('--reason <text>', 'why, for the record');
}

/** The change that the options describe, at this moment. */
export function changeOf({ by = currentUser(), reason }: ChangeOptions) {
  return { at: new Date(), by, reason };
}

function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry, as in many containers.
    return process.env['USER'] ?? process.env['USERNAME'] ?? 'unknown';
  }
}

/** `als=50,control:popular=50` */
export function panelsOf(text: string): TypedPanel[] {
  return text.split(',').map((part) => {
    const [, name, recommender, share] = /^([^=:]+)(?::([^=:]+))?=(\d+(?:\.\d+)?)%?$/.exec(part.trim()) ?? [];
    if (name === undefined || share === undefined)
      throw new InvalidArgumentError(
        `'${part}' is not a panel; give NAME=PERCENT or NAME:RECOMMENDER=PERCENT, such as als=50.`,
      );
    return { name, recommender: recommender ?? name, share: Number(share) };
  });
}

/** A share in percent: `20`, `0.5`, `20%`. */
export function percentOf(text: string): number {
  if (/^\d+(\.\d+)?%?$/.test(text)) return Number(text.replace('%', ''));
  throw new InvalidArgumentError(`'${text}' is not a percentage.`);
}

/** Targets so far: `park=north,south`, one option an attribute. */
export function targetOf(text: string, before: Readonly<Record<string, readonly string[]>> = {}) {
  const { name, value } = named(text, 'ATTRIBUTE=VALUE');
  return { ...before, [name]: [...(before[name] ?? []), ...value.split(',').map((each) => each.trim())] };
}

/** Attributes of a request so far: `platform=ios`, one option an attribute. */
export function attributeOf(text: string, before: Readonly<Record<string, string>> = {}) {
  const { name, value } = named(text, 'NAME=VALUE');
  return { ...before, [name]: value };
}

/** Testers so far: `ana=als`, one option a user. A user id may contain `=`. */
export function forcedOf(text: string, before: Readonly<Record<string, string>> = {}) {
  const at = text.lastIndexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError(`'${text}' is not a tester; give USER=PANEL.`);
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Values of panels so far: `on={"depth":2}`, one option a panel. What is not JSON is a text. */
export function valueOf(text: string, before: Readonly<Record<string, unknown>> = {}) {
  const { name, value } = named(text, 'PANEL=VALUE');
  try {
    return { ...before, [name]: JSON.parse(value) as unknown };
  } catch {
    return { ...before, [name]: value };
  }
}

/** The values of an option that may be repeated, so far. */
export function more(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

function named(text: string, form: string): { readonly name: string; readonly value: string } {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError(`'${text}' cannot be read; give ${form}.`);
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}
