import type { Attraction, VisitsTable } from '@attractions/contracts';
import type { Table } from 'apache-arrow';
import { EvaluationError } from './errors.js';

/** Visits in time order, as numbers: each column has one entry for each visit. */
export interface VisitLog {
  readonly users: Uint32Array;
  readonly attractions: Uint32Array;
  /** Milliseconds since 1970. Ascending; equal times are ordered by user, then by attraction. */
  readonly times: Float64Array;
  readonly photos: Int32Array;
  readonly names: LogNames;
}

/** What the numbers of a log stand for. A split keeps it, so numbers mean the same on both sides. */
export interface LogNames {
  /** Ascending. */
  readonly userIds: readonly string[];
  /** Ascending: those visited, and those that are only in the list of attractions. */
  readonly attractionIds: readonly string[];
  /** Name of each attraction for people; its id where the list does not have it. */
  readonly titles: readonly string[];
  /** Ascending. */
  readonly parks: readonly string[];
  /** Park of each attraction. */
  readonly parkOf: Uint32Array;
}

/**
 * The log of a visits table. An attraction that is not among `attractions` belongs to the park that its id names: `park:poi`.
 * @throws EvaluationError EVALUATION_VISITS_INVALID
 */
export function visitLogOf(visits: VisitsTable, attractions: readonly Attraction[]): VisitLog {
  const userOf = column(visits, 'user_id') as string[];
  const attractionOf = column(visits, 'attraction_id') as string[];
  const times = column(visits, 'visited_at') as number[];
  const photos = column(visits, 'photos') as number[];
  const names = namesOf(userOf, attractionOf, attractions);
  const users = numbered(userOf, names.userIds);
  const items = numbered(attractionOf, names.attractionIds);
  const by = (values: ArrayLike<number>, a: number, b: number) => (values[a] as number) - (values[b] as number);
  const order = Array.from(users.keys()).sort((a, b) => by(times, a, b) || by(users, a, b) || by(items, a, b));
  return {
    users: Uint32Array.from(order, (row) => users[row] as number),
    attractions: Uint32Array.from(order, (row) => items[row] as number),
    times: Float64Array.from(order, (row) => times[row] as number),
    photos: Int32Array.from(order, (row) => photos[row] as number),
    names,
  };
}

/** The visits of a log that `keeps` holds for. */
export function filterLog(log: VisitLog, keeps: (visit: number) => boolean): VisitLog {
  const kept = Array.from(log.users.keys()).filter(keeps);
  return {
    users: Uint32Array.from(kept, (visit) => log.users[visit] as number),
    attractions: Uint32Array.from(kept, (visit) => log.attractions[visit] as number),
    times: Float64Array.from(kept, (visit) => log.times[visit] as number),
    photos: Int32Array.from(kept, (visit) => log.photos[visit] as number),
    names: log.names,
  };
}

/** The visits of each user, in time order; empty for users without visits in the log. */
export function visitsByUser({ users, names }: VisitLog): readonly (readonly number[])[] {
  const byUser: number[][] = names.userIds.map(() => []);
  users.forEach((user, visit) => byUser[user]?.push(visit));
  return byUser;
}

/** The attractions of each user, none twice, in the order of the first visit. */
export function itemsOfUsers(log: VisitLog): readonly (readonly number[])[] {
  return visitsByUser(log).map((visits) => [...new Set(visits.map((visit) => log.attractions[visit] as number))]);
}

/** The visits that were the user's first to that attraction, in time order. */
export function firstVisitsOf({ users, attractions, names }: VisitLog): number[] {
  const known = new Set<number>();
  return Array.from(users.keys()).filter((visit) => {
    const pair = (users[visit] as number) * names.attractionIds.length + (attractions[visit] as number);
    const isFirst = !known.has(pair);
    known.add(pair);
    return isFirst;
  });
}

/** Distinct visitors of each attraction. */
export function visitorsOf(log: VisitLog): Uint32Array {
  const visitors = new Uint32Array(log.names.attractionIds.length);
  for (const attractions of itemsOfUsers(log))
    for (const attraction of attractions) (visitors[attraction] as number) += 1;
  return visitors;
}

function namesOf(users: readonly string[], visited: readonly string[], attractions: readonly Attraction[]): LogNames {
  const listed = new Map(attractions.map((attraction) => [attraction.attractionId, attraction]));
  const attractionIds = [...new Set([...visited, ...listed.keys()])].sort();
  const parkNames = attractionIds.map((id) => listed.get(id)?.park ?? id.slice(0, Math.max(0, id.indexOf(':'))));
  const parks = [...new Set(parkNames)].sort();
  return {
    userIds: [...new Set(users)].sort(),
    attractionIds,
    titles: attractionIds.map((id) => listed.get(id)?.name ?? id),
    parks,
    parkOf: numbered(parkNames, parks),
  };
}

function numbered(values: readonly string[], names: readonly string[]): Uint32Array {
  const places = new Map(names.map((name, place) => [name, place]));
  return Uint32Array.from(values, (value) => places.get(value) as number);
}

function column(visits: Table, name: string): unknown[] {
  const vector = visits.getChild(name);
  if (vector && vector.nullCount === 0) return Array.from(vector);
  const fault = vector ? `is null in ${vector.nullCount} rows` : 'is missing';
  throw new EvaluationError(
    'EVALUATION_VISITS_INVALID',
    `The visits' column ${name} ${fault}; every visit needs one, see etl/visits/v1.0.`,
  );
}

/** The table that trainers take, made from a log: the inverse of `visitLogOf`. */
export async function visitsTableOf({ users, attractions, times, photos, names }: VisitLog): Promise<VisitsTable> {
  // Loaded when needed: it takes longer to load than the rest of the package.
  const { Int32, Table, TimestampMillisecond, Utf8, vectorFromArray } = await import('apache-arrow');
  const named = (numbers: Uint32Array, ids: readonly string[]) =>
    vectorFromArray(
      Array.from(numbers, (number) => ids[number] as string),
      new Utf8(),
    );
  return new Table({
    user_id: named(users, names.userIds),
    attraction_id: named(attractions, names.attractionIds),
    visited_at: vectorFromArray(Array.from(times), new TimestampMillisecond('UTC')),
    photos: vectorFromArray(Array.from(photos), new Int32()),
  });
}
