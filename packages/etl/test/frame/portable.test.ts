import { expect, test } from '@jest/globals';
import { AttractionsReader } from '../../src/attractions/reader.js';
import { AttractionsTransformer } from '../../src/attractions/transformer.js';
import type { Frame } from '../../src/frame/frame.js';
import { VisitsReader } from '../../src/visits/reader.js';
import { VisitsTransformer } from '../../src/visits/transformer.js';

/** What DuckDB and Spark do not both have, or do not do alike. */
const NOT_PORTABLE: readonly RegExp[] = [
  /\\/,
  /\b(exclude|except|array_agg|list_\w+|struct_pack|unnest|read_csv|read_text|read_parquet)\b/i,
  /\b(regexp_replace|regexp_matches|split|string_split|concat|hash|xxhash64|strftime|epoch|epoch_ms|make_timestamp)\s*\(/i,
  /\b(log|dayofweek|isodow|url_decode|chr)\s*\(/i,
  /(?<!cast\(-?)\bsum\s*\(/i,
  /\[(?!0-9\]|\.\])/,
  /::/,
  /"/,
  /\bat\b(?=[^']*(?:'[^']*'[^']*)*$)/i,
];

const readers = [new VisitsReader().read([]), new AttractionsReader().read([])] as const;

function framesBelow(target: Frame, seen = new Set<Frame>()): Set<Frame> {
  if (!seen.has(target)) {
    seen.add(target);
    for (const input of target.inputs) framesBelow(input, seen);
  }
  return seen;
}

function transformerFrames(): Frame[] {
  const [visits, attractions] = readers;
  const known = new AttractionsTransformer().transform(attractions);
  const frames = new Set<Frame>();
  for (const hasSequences of [true, false]) {
    const transformer = new VisitsTransformer({ sequenceGapHours: 8, latest: new Date(0) });
    const made = transformer.transform({ ...visits, hasSequences }, known);
    for (const target of [known.attractions, known.rejects, made.visits, made.exceptions]) framesBelow(target, frames);
  }
  const read = new Set<unknown>([...Object.values(visits), ...Object.values(attractions)]);
  return [...frames].filter((each) => !read.has(each));
}

const FRAMES = transformerFrames();

test('the check sees what it should', () => {
  const names = new Set(FRAMES.map(({ name }) => name));
  for (const name of ['attractions', 'attraction_rejects', 'visits', 'visit_sequenced', 'visit_exceptions'])
    expect(names).toContain(name);
  const bad = ['SELECT sum(x)', "SELECT 'a\\b'", 'SELECT a[1]', 'SELECT at FROM t', 'SELECT "a"'];
  for (const sql of bad) expect(NOT_PORTABLE.some((pattern) => pattern.test(sql))).toBe(true);
});

test.each(FRAMES.map(({ name, sql }) => [name, sql]))('%s is SQL that Spark runs too', (_, sql) => {
  expect(NOT_PORTABLE.filter((pattern) => pattern.test(sql))).toEqual([]);
  expect(sql).toBe(sql.trim());
});
