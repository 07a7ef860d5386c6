import { Dictionary, Int32, Table, TimestampMillisecond, Utf8, vectorFromArray } from 'apache-arrow';
import type { DataType } from 'apache-arrow';

import type { Attraction, VisitsTable } from './contracts.js';
import type { Producer } from '../../src/log/record.js';

export const producer: Producer = { id: 'etl', package: '@attractions/etl', version: '0.1.0' };

/** One attraction, told from others by its number. */
export function attraction(poi: number): Attraction {
  return { attractionId: `p:${poi}`, park: 'p', name: `Ride ${poi}`, themes: ['Thrill'] };
}

export interface Visit {
  readonly user_id: string | null;
  readonly attraction_id: string;
  readonly visited_at: number;
  readonly photos: number;
}

/** The columns of visits as they come from anywhere, with the types a test wants to try. */
export function visitsTable(rows: readonly Visit[], types: Partial<Record<keyof Visit, DataType>> = {}): VisitsTable {
  return new Table({
    user_id: vectorFromArray(
      rows.map((row) => row.user_id),
      types.user_id ?? new Utf8(),
    ),
    attraction_id: vectorFromArray(
      rows.map((row) => row.attraction_id),
      types.attraction_id ?? new Utf8(),
    ),
    visited_at: vectorFromArray(
      rows.map((row) => row.visited_at),
      types.visited_at ?? new TimestampMillisecond('UTC'),
    ),
    photos: vectorFromArray(
      rows.map((row) => row.photos),
      types.photos ?? new Int32(),
    ),
  }) as Table as VisitsTable;
}

export const dictionary = () => new Dictionary(new Utf8(), new Int32());

/** The rows of a table as objects, its times as milliseconds. */
export function rowsOf(table: Table): unknown[] {
  return table.toArray().map((row) => ({ ...row.toJSON() }));
}
