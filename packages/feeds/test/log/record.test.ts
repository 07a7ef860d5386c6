import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';

import { sha256 } from '../../src/canonical.js';
import { attractions } from '../support/contracts.js';
import { isUpdate, parentOf, recordBytes, schemaFingerprint } from '../../src/log/record.js';
import { parseRecord } from '../../src/log/parse-record.js';
import type { UpdateRecord } from '../../src/log/record.js';

/** A record as it lies in a log, to be checked by eye; `sha256sum golden.record` gives the hash below. */
const golden = new Uint8Array(readFileSync(new URL('golden.record', import.meta.url)));
const GOLDEN_SHA256 = '049f8979bfdadd22f54027a4bcf67701de5b75411230bddabd3d92d92788aa9b';

/** One that shares a file with the first; `sha256sum golden-shared.record` gives the hash below. */
const sharing = new Uint8Array(readFileSync(new URL('golden-shared.record', import.meta.url)));
const SHARING_SHA256 = 'cf973a67ed9e8773b8e4c2b864cee2aa930a0be288ecea2acfaefaafe636e26c';

const parse = (bytes: Uint8Array) => parseRecord(bytes, 'etl/attractions/v1.0', 2, 'golden');

function goldenRecord(): UpdateRecord {
  const record = parse(golden);
  if (!isUpdate(record)) throw new Error('the golden record is an update');
  return record;
}

/** The golden record with some of it changed, in canonical form. */
function changed(change: Record<string, unknown>): Uint8Array {
  return recordBytes({ ...goldenRecord(), ...change });
}

describe('a record', () => {
  test('is read as a person reads it, and written back to the byte', () => {
    expect(goldenRecord()).toMatchObject({
      feed: 'etl/attractions/v1.0',
      seq: 2,
      timestamp: '2026-11-22T22:03:11.123Z',
      totals: { files: 1, bytes: 93, rows: 1 },
      refs: { latest: 2 },
    });
    expect(Buffer.from(recordBytes(goldenRecord()))).toEqual(Buffer.from(golden));
  });

  test('that shares a file names it as the update did that wrote it, and says which', () => {
    const record = parseRecord(sharing, 'etl/attractions/v1.0', 5, 'golden') as UpdateRecord;
    expect(record.files[0]).toEqual({ ...goldenRecord().files[0], addedIn: 2 });
    expect(record.files[1]).not.toHaveProperty('addedIn');
    expect(record.totals).toEqual({ files: 2, bytes: 153, rows: 3 });
    expect(sha256(sharing)).toBe(SHARING_SHA256);
    expect(Buffer.from(recordBytes(record))).toEqual(Buffer.from(sharing));
  });

  test('is named as a parent by the hash of its bytes', () => {
    expect(sha256(golden)).toBe(GOLDEN_SHA256);
    expect(parentOf(goldenRecord())).toEqual({ feed: 'etl/attractions/v1.0', seq: 2, sha256: GOLDEN_SHA256 });
  });

  test('names its schema by a fingerprint that descriptions do not change', () => {
    expect(goldenRecord().schema.fingerprint).toBe(schemaFingerprint(goldenRecord().schema.fields));
    const [first, ...rest] = attractions.schema;
    if (!first) throw new Error('no column');
    const told = schemaFingerprint(attractions.schema);
    expect(schemaFingerprint([{ ...first, description: 'other words' }, ...rest])).toBe(told);
    expect(schemaFingerprint([{ ...first, nullable: true }, ...rest])).not.toBe(told);
    expect(schemaFingerprint([...rest, first])).not.toBe(told);
  });

  test.each([
    ['format', 2, 'FEEDS_FORMAT_UNKNOWN'],
    ['format', '1', 'FEEDS_FORMAT_UNKNOWN'],
    ['feed', 'etl/visits/v1.0', 'FEEDS_RECORD_CORRUPT'],
    ['seq', 3, 'FEEDS_RECORD_CORRUPT'],
    ['type', '', 'FEEDS_RECORD_CORRUPT'],
    ['prev', '', 'FEEDS_RECORD_CORRUPT'],
    ['timestamp', '2026-11-22', 'FEEDS_RECORD_CORRUPT'],
    ['timestamp', '2026-02-30T00:00:00.000Z', 'FEEDS_RECORD_CORRUPT'],
    ['refs', {}, 'FEEDS_RECORD_CORRUPT'],
    ['refs', { latest: 3 }, 'FEEDS_RECORD_CORRUPT'],
    ['version', 'one', 'FEEDS_RECORD_CORRUPT'],
    ['schema', { fields: [] }, 'FEEDS_RECORD_CORRUPT'],
    ['files', [{ path: '../../etc/passwd', bytes: 1, rows: 1, sha256: 'a'.repeat(64) }], 'FEEDS_RECORD_CORRUPT'],
    ['files', [{ path: '20261122T220311123Z/..', bytes: 1, rows: 1, sha256: 'a'.repeat(64) }], 'FEEDS_RECORD_CORRUPT'],
    ['files', [{ path: '20261122T220311123Z/a', bytes: -1, rows: 1, sha256: 'a'.repeat(64) }], 'FEEDS_RECORD_CORRUPT'],
    ['files', [{ ...goldenRecord().files[0], addedIn: 0 }], 'FEEDS_RECORD_CORRUPT'],
    ['producer', 'etl', 'FEEDS_RECORD_CORRUPT'],
    ['runId', 7, 'FEEDS_RECORD_CORRUPT'],
    ['parents', [{ feed: 'a' }], 'FEEDS_RECORD_CORRUPT'],
  ])('with %s = %j is refused, and the message says so', (name, value, code) => {
    const read = () => parse(changed({ [name]: value }));
    expect(read).toThrow(expect.objectContaining({ code, message: expect.stringContaining(name) }));
  });

  test.each([
    ['no JSON', '{"format":1', 'not JSON'],
    ['not an object', '[1]', 'not a JSON object'],
    ['written with blanks', '{ "format": 1 }', 'RFC 8785'],
    ['empty', '', 'not JSON'],
  ])('that is %s is refused', (_name, text, words) => {
    expect(() => parse(Buffer.from(text))).toThrow(
      expect.objectContaining({ code: 'FEEDS_RECORD_CORRUPT', message: expect.stringContaining(words) }),
    );
  });

  test('of a type this release does not know is an envelope that can be passed over', () => {
    expect(parse(changed({ type: 'seal', refs: { latest: 1, champion: 1 } }))).toMatchObject({ type: 'seal' });
  });

  test('may say more than this release knows', () => {
    expect(parse(changed({ signature: 'abc' }))).toMatchObject({ signature: 'abc' });
  });
});
