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
