import type { ModelSubject } from '../subject.js';
import type { VisitLog } from '../visit-log.js';
import type { CheckResult } from './candidate.js';

/** The model names exactly the users and attractions of its visits, and every attraction it names exists. */
export function vocabularyCheck({ model, next, attractions }: ModelSubject, log: VisitLog): CheckResult {
  const users = new Set(log.names.userIds);
  const visited = new Set(Array.from(log.attractions, (item) => log.names.attractionIds[item] as string));
  const listed = new Set(attractions.map(({ attractionId }) => attractionId));
  const inTables = next?.parks.flatMap(({ attractionIds }) => attractionIds);
  const found =
    difference('users', model.userIds, users) ??
    difference('attractions', model.attractionIds, visited) ??
    missing('attraction', model.attractionIds, listed, 'the attractions it names as its parent') ??
    missing('attraction of the next-attraction tables', inTables ?? [], listed, 'those attractions') ??
    missing('visited attraction', inTables ? [...visited] : [], new Set(inTables), 'the next-attraction tables');
  const whole = `${model.userIds.length} users and ${model.attractionIds.length} attractions, as in its visits`;
  return { check: 'vocabulary', passed: found === undefined, found: found ?? whole };
}

function difference(what: string, ids: readonly string[], known: ReadonlySet<string>): string | undefined {
  if (ids.length !== known.size) return `${ids.length} ${what} where its visits have ${known.size}`;
  return missing(what, ids, known, 'its visits');
}

function missing(what: string, ids: readonly string[], known: ReadonlySet<string>, where: string): string | undefined {
  const strange = ids.filter((id) => !known.has(id));
  return strange.length === 0 ? undefined : `${what} '${strange[0]}' is not in ${where} (${strange.length} in all)`;
}
