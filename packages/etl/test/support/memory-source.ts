import type { StandardSchemaV1 } from '@standard-schema/spec';
import { defineSource } from '../../src/source/source.js';
import type { AttractionRow, RefusedRow, Source, VisitRow } from '../../src/source/source.js';

/** Accepts any options. */
export const anyOptions: StandardSchemaV1<unknown, unknown> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
};

/** A source of rows that are at hand. */
export function memorySource(
  visits: readonly (VisitRow | RefusedRow)[],
  attractions: readonly (AttractionRow | RefusedRow)[] = [],
): Source {
  return defineSource({
    type: 'memory',
    options: anyOptions,
    probe: () => Promise.resolve({ found: `${visits.length} visits.`, sample: visits.slice(0, 3) }),
    async *visits() {
      yield* visits;
    },
    async *attractions() {
      yield* attractions;
    },
  });
}
