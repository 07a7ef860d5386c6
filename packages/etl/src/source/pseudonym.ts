import { createHash, createHmac } from 'node:crypto';
import type { Engine } from '../engine/engine.js';
import { EtlError } from '../errors.js';
import { frame, sql } from '../frame/frame.js';
import type { Frame } from '../frame/frame.js';
import type { CountedRows, DeliveredVisits, LinePlace, LocatedLine } from './source.js';

/** Of SHA-256, in bytes. */
const BLOCK_BYTES = 64;

/** What stands for a user id: HMAC-SHA-256 of its UTF-8, in 64 hex digits. */
export function pseudonymOf(key: string, userId: string): string {
  return createHmac('sha256', key).update(userId).digest('hex');
}

/** A shorter key can be found by trying. */
const LEAST_KEY_LENGTH = 16;

/**
 * The key where ids are to be replaced, undefined where they are not.
 * @throws EtlError ETL_OPTIONS_INVALID where it is missing or too short; the key is not in the message.
 */
export function pseudonymKeyOf(
  { pseudonymKey }: { readonly pseudonymKey?: string | undefined },
  pseudonymize: boolean | undefined,
): string | undefined {
  if (pseudonymize !== true) return undefined;
  if (pseudonymKey !== undefined && pseudonymKey.length >= LEAST_KEY_LENGTH) return pseudonymKey;
  const problem = pseudonymKey === undefined ? 'is not set' : `has fewer than ${LEAST_KEY_LENGTH} characters`;
  throw new EtlError(
    'ETL_OPTIONS_INVALID',
    `The configuration has pseudonymize, but PSEUDONYM_KEY ${problem}; make a key once, keep it, and set it: openssl rand -hex 32.`,
  );
}

/** Tells keys apart without telling anything of them, for records. */
export function keyNameOf(key: string): string {
  return pseudonymOf(key, 'attractions: the name of this key').slice(0, 8);
}

/**
 * The same visits with pseudonyms in place of user ids; the empty id stays empty, and is refused. The engine makes them while it reads, so no row passes
 * through JavaScript, and no statement holds the key. The text of rows that are refused is left out, since the id is in it.
 */
export async function pseudonymized(visits: DeliveredVisits, key: string, engine: Engine): Promise<DeliveredVisits> {
  const { extract, count, locate } = visits;
  const withoutTexts = <C extends CountedRows>(rows: C): C => ({
    ...rows,
    faults: rows.faults.map((fault) => ({ ...fault, text: '' })),
  });
  const pads = await engine.table('pseudonym_pads', { inner_pad: 'text', outer_pad: 'text' }, [[padsOf(key)]]);
  const { timeUnit, hasWeights, hasEvents, unnumbered, places } = extract;
  const kept = [
    'park',
    'photo_id',
    'taken',
    ...(timeUnit === 'parsed' ? ['taken_ms'] : []),
    'poi_id',
    'sequence_id',
    ...(hasWeights ? ['weight'] : []),
    ...(hasEvents ? ['event'] : []),
  ];
  const hidden = (name: string, lines: Frame, keys: readonly string[]): Frame => frame(name)`
SELECT ${sql.join(
    [...keys, ...kept].map((column) => sql`l.${sql.identifier(column)}`),
    ', ',
  )},
  CASE WHEN l.user_id = '' THEN '' ELSE hmac_sha256(l.user_id, k.inner_pad, k.outer_pad) END AS user_id
FROM ${lines} l CROSS JOIN ${pads} k`;
  return {
    ...withoutTexts(visits),
    extract: {
      ...extract,
      lines: hidden('visit_lines_hidden', extract.lines, ['file_number', 'line']),
      ...(unnumbered && { unnumbered: hidden('visit_rows_hidden', unnumbered, ['file_number']) }),
      ...(places && {
        places: frame('visit_places_hidden')`SELECT file_number, line, file, file_line, '' AS text FROM ${places}`,
      }),
    },
    ...(count && { count: async () => withoutTexts(await count()) }),
    ...(locate && {
      locate: async (asked: readonly LinePlace[]): Promise<readonly (LocatedLine | undefined)[]> =>
        (await locate(asked)).map((line) => line && { ...line, text: '' }),
    }),
  };
}

/** The two pads of RFC 2104, each a block that the key is in, as hex digits. */
function padsOf(key: string): readonly [string, string] {
  const bytes = Buffer.from(key);
  const block = Buffer.alloc(BLOCK_BYTES);
  (bytes.length > BLOCK_BYTES ? createHash('sha256').update(bytes).digest() : bytes).copy(block);
  const pad = (byte: number): string => Buffer.from(block.map((each) => each ^ byte)).toString('hex');
  return [pad(0x36), pad(0x5c)];
}
