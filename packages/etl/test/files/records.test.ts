import fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { findRecords, scanRecords } from '../../src/files/records.js';
import { loadVisits } from '../../src/loader.js';
import { rawFolder } from '../support/raw-folder.js';

const shape = { delimiter: 0x2c, quote: 0x22 };

/** Values with all that CSV has to quote. */
const value = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', ';', ' '), minLength: 1, maxLength: 8 });
const rows = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 30 });

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const lineOf = ([user, attraction]: readonly [string, string]): string =>
  `${quoted(user)},${quoted(attraction)},2026-05-01`;

test('records are counted and found, however their bytes come in blocks', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 50 }), fc.boolean(), async (given, size, ends) => {
      const lines = given.map(lineOf);
      const bytes = Buffer.from(lines.join('\n') + (ends ? '\n' : ''));
      const found: (readonly [string, number])[] = [];
      const scan = scanRecords(shape, (start, end, line) => found.push([bytes.toString('utf8', start, end), line]));
      for (let at = 0; at < bytes.length; at += size) scan.scan(bytes.subarray(at, at + size));
      scan.end();
      expect(found.map(([text]) => text)).toEqual(lines);
      const before = (i: number): number => lines.slice(0, i).join('\n').split('\n').length + (i > 0 ? 1 : 0);
      expect(found.map(([, line]) => line)).toEqual(lines.map((_, i) => before(i)));
      expect([scan.records, scan.openSince]).toEqual([lines.length, undefined]);
      const path = `${rawFolder({ 'a.csv': bytes })}/a.csv`;
      const last = lines.length - 1;
      const { places } = await findRecords(path, shape, { places: new Set([last]), faults: new Set() });
      expect(places.get(last)?.line).toBe(before(last));
    }),
    { numRuns: 60 },
  );
});

test('what is written by RFC 4180 is read as it was, with nothing lost', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.constantFrom('\n', '\r\n'), async (given, ending) => {
      // Spaces around a value are trimmed where there are some beside a delimiter.
      const trimmed = given.map(([user, attraction]) => [user.trim() || 'u', attraction.trim() || 'a'] as const);
      const text = ['user,attraction,time', ...trimmed.map(lineOf), ''].join(ending);
      const from = { visits: { type: 'csv', files: 'a.csv' } };
      const { visits, tally } = await loadVisits(from, { baseFolder: rawFolder({ 'a.csv': text }) });
      expect(tally).toMatchObject({ rows: trimmed.length, kept: trimmed.length, rejected: 0 });
      const found = new Set(visits.toArray().map((row) => JSON.stringify([row?.user_id, row?.attraction_id])));
      expect(found).toEqual(new Set(trimmed.map((row) => JSON.stringify(row))));
    }),
    { numRuns: 25 },
  );
});
