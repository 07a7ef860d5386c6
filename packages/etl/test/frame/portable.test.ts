import { expect, test } from '@jest/globals';
import { transformAttractions, visitedAttractions } from '../../src/attractions.js';
import { duckDbEngine } from '../../src/engine/duckdb.js';
import type { Frame } from '../../src/frame/frame.js';
import { readAttractions, readVisits } from '../../src/sigir17/reader.js';
import { orderedVisits } from '../../src/visits/table.js';
import { transformVisits } from '../../src/visits/visits.js';

/** What DuckDB and Spark do not both have, or do not do alike. */
const NOT_PORTABLE: readonly RegExp[] = [
  /\\/,
  /\b(exclude|except|array_agg|list_\w+|struct_pack|unnest|read_csv|read_text|read_parquet)\b/i,
  /\b(regexp_replace|regexp_matches|split|string_split|concat|hash|xxhash64|strftime|epoch|epoch_ms|make_timestamp)\s*\(/i,
  /\b(log|dayofweek|isodow|url_decode)\s*\(/i,
  // Spark takes `w-taken` for a name, with blanks too.
  /\bover [a-z_]+ -/i,
  /\bchr\s*\((?!\d{1,2}\))/i,
  /^(?:[^']|'[^']*'(?!'))*'[^']+''/,
  /(?<!cast\(-?)\bsum\s*\(/i,
  /\[(?!0-9\]|\.\])/,
  /::/,
  /"/,
  /\bat\b(?=[^']*(?:'[^']*'[^']*)*$)/i,
];

const engine = duckDbEngine();

function framesBelow(target: Frame, seen = new Set<Frame>()): Set<Frame> {
  if (!seen.has(target)) {
    seen.add(target);
    for (const input of target.inputs) framesBelow(input, seen);
  }
  return seen;
}

/** Every frame that the transformers compose, and those of a reader that has no files. */
function composedFrames(): Frame[] {
  const read = readVisits(engine, []);
  const visited = visitedAttractions(read.lines);
  const frames = new Map<string, Frame>();
  for (const extract of [readAttractions(engine, []), visited]) {
    const known = transformAttractions(extract);
    for (const timeUnit of ['seconds', 'milliseconds'] as const) {
      for (const hasSequences of [true, false]) {
        const options = {
          attractions: known.attractions,
          parks: extract.parks,
          sequenceGapHours: 8,
          latest: new Date(0),
        };
        const made = transformVisits({ ...read, timeUnit, hasSequences }, options);
        const ordered = orderedVisits(made.visits, known.attractions);
        for (const target of [known.rejects, made.exceptions, ...ordered.inputs])
          for (const each of framesBelow(target)) frames.set(`${each.name}: ${each.sql}`, each);
      }
    }
  }
  return [...frames.values()];
}

const FRAMES = composedFrames();

test('the check sees what it should', () => {
  const names = new Set(FRAMES.map(({ name }) => name));
  for (const name of ['attractions', 'attraction_rejects', 'visits', 'visit_sequenced', 'visit_exceptions'])
    expect(names).toContain(name);
  const bad = [
    'SELECT sum(x)',
    "SELECT 'a\\b'",
    'SELECT a[1]',
    'SELECT at FROM t',
    'SELECT lag(a) OVER w - a',
    'SELECT "a"',
    "SELECT '', 'it''s'",
  ];
  for (const sql of bad) expect(NOT_PORTABLE.some((pattern) => pattern.test(sql))).toBe(true);
});

test.each(FRAMES.map(({ name, sql }) => [name, sql]))('%s is SQL that Spark runs too', (_, sql) => {
  expect(NOT_PORTABLE.filter((pattern) => pattern.test(sql))).toEqual([]);
});
