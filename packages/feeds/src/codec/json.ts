import { canonicalJson } from '../canonical.js';
import type { Codec } from '../contract.js';
import { FeedsError } from '../errors.js';

/**
 * One value as one JSON document, in the canonical spelling of RFC 8785. `check` gives the value back, or throws
 * FEEDS_VALUE_INVALID saying what is wrong with it.
 */
export function json<T>(check: (value: unknown) => T): Codec<T> {
  return {
    format: 'json',
    encode: async (value) => {
      const document = canonicalJson(check(value));
      return [{ name: 'part-00000.json', bytes: new TextEncoder().encode(document), rows: 1 }];
    },
    decode: async ([file]) => {
      try {
        return check(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file?.bytes)));
      } catch (cause) {
        const name = file?.name ?? 'The update';
        throw new FeedsError('FEEDS_DATA_CORRUPT', `${name} does not hold the value: ${String(cause)}`, { cause });
      }
    },
  };
}
