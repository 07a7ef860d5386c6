import { csv } from '@attractions/feeds';
import { float64, optional, schemaOf, text, texts } from '@attractions/feeds';
import type { Columns } from '@attractions/feeds';
import type { FeedContract } from '@attractions/feeds';

/** One attraction. */
export interface Attraction {
  /** `park:poi`, unique over all parks. */
  readonly attractionId: string;
  readonly park: string;
  readonly name: string;
  /** Degrees, WGS 84, -90 to 90; absent where the raw file's was malformed. */
  readonly latitude?: number;
  /** Degrees, WGS 84, -180 to 180; absent where the raw file's was malformed. */
  readonly longitude?: number;
  readonly durationMinutes?: number;
  /** May be empty. In the file: joined with `|`. */
  readonly themes: readonly string[];
}

const columns: Columns<Attraction> = {
  attractionId: text('attraction_id', '`park:poi`, unique over all parks.'),
  park: text('park', 'Name of the park, as the raw file names it.'),
  name: text('name', 'Name for people.'),
  latitude: optional(float64('latitude', 'Degrees, WGS 84; no value where the raw one was malformed.', [-90, 90])),
  longitude: optional(float64('longitude', 'Degrees, WGS 84; no value where the raw one was malformed.', [-180, 180])),
  durationMinutes: optional(float64('duration_minutes', 'Length of a ride or visit, in minutes.', [0, 1e6])),
  themes: texts('themes', 'Themes joined with `|`; may be empty.'),
};

/** The attractions that visits name. One row is one attraction. CSV with a header. */
export const attractions: FeedContract<readonly Attraction[]> = {
  path: 'etl/attractions/v1.0',
  description: 'The attractions of all parks.',
  schema: schemaOf(columns),
  codec: csv(columns),
};
