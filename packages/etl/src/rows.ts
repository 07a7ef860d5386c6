import type { Attraction, Reject } from '@attractions/feeds';
import type { Row } from './frame/session.js';

/** A row of a frame with `file, line, column_name, reason, text`. */
export function toReject(row: Row): Reject {
  return {
    file: String(row['file']),
    line: Number(row['line']),
    column: String(row['column_name']),
    reason: String(row['reason']),
    text: String(row['text']),
  };
}

/** A row of the frame of attractions. */
export function toAttraction(row: Row): Attraction {
  const themes = String(row['themes']);
  return {
    attractionId: String(row['attraction_id']),
    park: String(row['park']),
    name: String(row['name']),
    ...optional('latitude', row['latitude']),
    ...optional('longitude', row['longitude']),
    ...optional('durationMinutes', row['duration_minutes']),
    themes: themes === '' ? [] : themes.split('|'),
  };
}

function optional<K extends string>(key: K, value: unknown): Partial<Record<K, number>> {
  const known: Partial<Record<K, number>> = {};
  if (typeof value === 'number') known[key] = value;
  return known;
}

/** In order of files, lines and columns. */
export function byPlace(a: Reject, b: Reject): number {
  return compare(a.file, b.file) || a.line - b.line || compare(a.column, b.column);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
