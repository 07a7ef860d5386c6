import type { Visited } from '@attractions/contracts';

/** Where a visit was. */
export const attractionIdOf = (visit: Visited): string => (typeof visit === 'string' ? visit : visit.attractionId);

/**
 * A visit in one text: an attraction id, or `id@TIME`. Ids may hold an `@`: what follows the last one is a time where it begins with a date, and part of the
 * id where it does not.
 */
export function visitOf(text: string): Visited {
  const [, attractionId, visitedAt] = /^(.+)@(\d{4}-\d\d-\d\d[^@]*)$/s.exec(text) ?? [];
  return attractionId === undefined || visitedAt === undefined ? text : { attractionId, visitedAt };
}
