import { basename } from 'node:path';
import { escapePath } from 'tinyglobby';

/** What differs between the names of files, where it is not numbers: maybe parks. */
export interface Varying {
  readonly fileName: string;
  readonly values: readonly string[];
}

/** One pattern for names: `*` where they differ; undefined where they lie at different depths. */
export function patternOf(names: readonly string[]): string | undefined {
  const parts = names.map((name) => name.split('/'));
  const [first = []] = parts;
  if (parts.some(({ length }) => length !== first.length)) return undefined;
  return first
    .map((_, i) => {
      const each = [...new Set(parts.map((part) => part[i] ?? ''))];
      if (each.length === 1) return escapePath(each[0] ?? '');
      const [before, after] = around(each);
      const key = /^[^=]+=/.exec(before)?.[0];
      return key === undefined ? `${escapePath(before)}*${escapePath(after)}` : `${escapePath(key)}*`;
    })
    .join('/');
}

/** What differs between the last parts of names, where it is words: `events-north.csv`, `events-south.csv`. */
export function varyingIn(names: readonly string[]): { readonly varying?: Varying } {
  const files = names.map((name) => basename(name));
  const [before, after] = around(files);
  const values = [...new Set(files.map((name) => name.slice(before.length, name.length - after.length)))];
  if (values.length < 2 || values.length > 50 || values.some((value) => !/^\p{L}[\p{L}_ -]*$/u.test(value))) return {};
  return { varying: { fileName: `${literal(before)}(.+)${literal(after)}$`, values } };
}

/** What texts begin and end with, up to a sign that is neither a letter nor a digit. */
function around(texts: readonly string[]): readonly [string, string] {
  return [commonStart(texts).replace(/[\p{L}\d]+$/u, ''), commonEnd(texts).replace(/^[\p{L}\d]+/u, '')];
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

function commonStart(texts: readonly string[]): string {
  const [first = ''] = texts;
  let length = first.length;
  while (!texts.every((text) => text.startsWith(first.slice(0, length)))) length--;
  return first.slice(0, length);
}

function commonEnd(texts: readonly string[]): string {
  const [first = ''] = texts;
  const shortest = Math.min(...texts.map(({ length }) => length)) - commonStart(texts).length;
  let length = Math.max(0, shortest);
  while (length > 0 && !texts.every((text) => text.endsWith(first.slice(first.length - length)))) length--;
  return length === 0 ? '' : first.slice(first.length - length);
}
