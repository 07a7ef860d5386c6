/** One attraction's popularity. */
export interface Popularity {
  readonly attractionId: string;
  readonly visits: number;
  readonly visitors: number;
}
