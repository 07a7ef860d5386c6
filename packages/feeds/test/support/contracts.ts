/** Feeds such as a program declares for itself, one for each codec. */
import type { Int32, Table, TimestampMillisecond, Utf8 } from 'apache-arrow';

import { csv } from '../../src/codec/csv.js';
import { json } from '../../src/codec/json.js';
import { parquet } from '../../src/codec/parquet.js';
import { float64, int32, optional, schemaOf, text, texts } from '../../src/columns.js';
import type { Columns } from '../../src/columns.js';
import type { FeedContract, Field } from '../../src/contract.js';

export interface Attraction {
  readonly attractionId: string;
  readonly park: string;
  readonly name: string;
  readonly latitude?: number;
  readonly longitude?: number;
  readonly durationMinutes?: number;
  readonly themes: readonly string[];
}

const attractionColumns: Columns<Attraction> = {
  attractionId: text('attraction_id', 'Unique.'),
  park: text('park', 'Name of the park.'),
  name: text('name', 'Name for people.'),
  latitude: optional(float64('latitude', 'Degrees, WGS 84.', [-90, 90])),
  longitude: optional(float64('longitude', 'Degrees, WGS 84.', [-180, 180])),
  durationMinutes: optional(float64('duration_minutes', 'In minutes.', [0, 1e6])),
  themes: texts('themes', 'Joined with `|`.'),
};

function csvFeed<R extends object>(path: string, columns: Columns<R>): FeedContract<readonly R[]> {
  return { path, description: path, schema: schemaOf(columns), codec: csv(columns) };
}

export const attractions = csvFeed('etl/attractions/v1.0', attractionColumns);

export const popularity = csvFeed<{ attractionId: string; visits: number; visitors: number }>(
  'training/popularity/v1.0',
  {
    attractionId: text('attraction_id', 'As in `etl/attractions`.'),
    visits: int32('visits', 'Visits in all.', [0, 2 ** 31 - 1]),
    visitors: int32('visitors', 'Distinct users among them.', [0, 2 ** 31 - 1]),
  },
);

export const rejects = csvFeed<{ file: string; line: number; reason: string }>('etl/rejects/v1.0', {
  file: text('file', 'Path of the file.'),
  line: int32('line', 'From 1.', [1, 2 ** 31 - 1]),
  reason: text('reason', 'A sentence.'),
});

export type VisitsTable = Table<{
  user_id: Utf8;
  attraction_id: Utf8;
  visited_at: TimestampMillisecond;
  photos: Int32;
}>;

const visitFields: readonly Field[] = [
  { name: 'user_id', type: 'utf8', nullable: false, description: 'The visitor.' },
  { name: 'attraction_id', type: 'utf8', nullable: false, description: 'As in `etl/attractions`.' },
  { name: 'visited_at', type: 'timestamp[ms, UTC]', nullable: false, description: 'When.' },
  { name: 'photos', type: 'int32', nullable: false, description: 'Photos.', range: [1, 2 ** 31 - 1] },
];

export const visits: FeedContract<VisitsTable> = {
  path: 'etl/visits/v1.0',
  description: 'Visits.',
  schema: visitFields,
  codec: parquet(visitFields),
};

const documentFeed = (path: string): FeedContract<unknown> => ({
  path,
  description: path,
  schema: [{ name: 'name', type: 'utf8', nullable: false, description: 'A name.' }],
  codec: json((value) => value),
});

export const trials = documentFeed('evaluation/trials/v1.0');

export const experiments = documentFeed('experiments/config/v1.0');
