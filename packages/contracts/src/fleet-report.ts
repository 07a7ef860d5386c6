import type { FeedContract } from '@attractions/feeds';
import * as v from 'valibot';

import { int32, int64, jsonFeed, list, name, number, object, oneOf, record, text, time } from './document.js';
import type { Infer } from './document.js';

const tenant = object({
  tenant: name(),
  outcome: oneOf(['done', 'unchanged', 'refused', 'failed', 'not reached']),
  /** Why it was refused or failed: the stable code, and the sentences without raw values. */
  code: v.optional(text()),
  message: v.optional(text()),
  /** How often it was tried. */
  tries: int32(0),
  seconds: number(),
  /** Of the last try, by stage: `read`, `train`, `judge`. */
  stages: record(number()),
  /** The latest model, and whether this run trained it. */
  model: v.optional(int32(1)),
  isTrained: v.optional(v.boolean()),
  visits: v.optional(int32(0)),
});

const report = object({
  startedAt: v.pipe(time(), v.description('When the fleet started: ISO 8601, UTC.')),
  seconds: v.pipe(number(), v.description('How long it took.')),
  counts: v.pipe(record(int32(0)), v.description('Tenants by outcome: done, unchanged, refused, failed, not reached.')),
  modelsPerMinute: v.pipe(number(), v.description('Models that were trained and judged in a minute.')),
  workers: v.pipe(int32(1), v.description('Tenants that were run at once.')),
  memoryMb: v.pipe(number(), v.description('What all processes together might hold in memory.')),
  peakMemoryMb: v.optional(
    v.pipe(number(), v.description('The most that they held; absent where the system does not tell.')),
  ),
  split: v.optional(
    v.pipe(
      object({ rows: int64(), rejectedRows: int64() }),
      v.description('Where tenants are a column: the rows of visits, and those that belong to no tenant.'),
    ),
  ),
  stages: v.pipe(record(number()), v.description('Seconds of all workers by stage: read, train, judge, other, idle.')),
  tenants: v.pipe(list(tenant), v.description('What came of each tenant.')),
});

/** What came of one run of a fleet. */
export type FleetReport = Infer<typeof report>;

/** Runs of fleets, each update one run. It lies beside the roots of the tenants, below `_fleet`. JSON. */
export const fleetReports: FeedContract<FleetReport> = jsonFeed({
  path: 'fleet/report/v1.0',
  description: 'Runs of a fleet of tenants.',
  schema: report,
});
