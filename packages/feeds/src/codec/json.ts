import { canonicalJson } from '../canonical.js';
import { FeedsError } from '../errors.js';
import { checkRows, textOf, unreadable } from './codec.js';
import type { Codec } from './codec.js';

/**
 * One value as one JSON document, in the canonical form of RFC 8785. `check` returns the value, or throws FEEDS_VALUE_INVALID and says what
 * is wrong with it. `checkPut` throws the same for a value that may be read but not written.
 */
export function json<T>(check: (value: unknown) => T, checkPut: (value: T) => void = () => undefined): Codec<T> {
  return {
    format: 'json',
    encode: async function* (value) {
      const checked = check(value);
      checkPut(checked);
      const document = textFor(checked);
      yield { name: 'part-00000.json', bytes: new TextEncoder().encode(document), rows: 1 };
    },
    decode: async (files) => {
      const [file] = files;
      if (file === undefined || files.length > 1) {
        throw new FeedsError('FEEDS_DATA_CORRUPT', `The update has ${files.length} files; a JSON value has one.`);
      }
      checkRows(file, 1);
      const text = await textOf(file);
      try {
        return check(JSON.parse(text));
      } catch (cause) {
        throw unreadable(
          file,
          `does not hold the value: ${cause instanceof Error ? cause.message : String(cause)}`,
          cause,
        );
      }
    },
  };
}

function textFor(value: unknown): string {
  try {
    return canonicalJson(value);
  } catch (cause) {
    throw new FeedsError('FEEDS_VALUE_INVALID', `The value is not JSON: ${String(cause)}.`, { cause });
  }
}
