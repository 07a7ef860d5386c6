import { generationOf, scorerOf } from '@attractions/models';

import type { ModelSubject } from '../subject.js';
import type { VisitLog } from '../visit-log.js';
import type { CheckResult } from './candidate.js';

/** The model names exactly the users and attractions of its visits, and every attraction it names exists. */
export function vocabularyCheck({ model, attractions }: ModelSubject, log: VisitLog): CheckResult {
  const users = new Set(log.names.userIds);
  const visited = new Set(Array.from(log.attractions, (item) => log.names.attractionIds[item] as string));
  const listed = new Set(attractions.map(({ attractionId }) => attractionId));
  const found =
    difference('users', model.userIds, users) ??
    difference('attractions', model.attractionIds, visited) ??
    missing('attraction', model.attractionIds, listed, 'the attractions it names as its parent');
  const whole = `${model.userIds.length} users and ${model.attractionIds.length} attractions, as in its visits`;
  return { check: 'vocabulary', passed: found === undefined, found: found ?? whole };
}

/** Why the models of other kinds must be refused: what `check` of their kind says, or that they do not fit the snapshot. The first fault, in words. */
export function kindsFault({ model, beside = [], attractions, visits }: ModelSubject): string | undefined {
  if (beside.length === 0) return undefined;
  const models = Object.fromEntries(beside.map(({ kind, model }) => [kind.name, model]));
  const snapshot = generationOf(model, attractions, { visits, models });
  for (const { kind, model } of beside) {
    try {
      scorerOf(kind, snapshot);
    } catch (error) {
      return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
    }
    const fault = kind.check?.(model, snapshot);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function difference(what: string, ids: readonly string[], known: ReadonlySet<string>): string | undefined {
  if (ids.length !== known.size) return `${ids.length} ${what} where its visits have ${known.size}`;
  return missing(what, ids, known, 'its visits');
}

function missing(what: string, ids: readonly string[], known: ReadonlySet<string>, where: string): string | undefined {
  const strange = ids.filter((id) => !known.has(id));
  return strange.length === 0 ? undefined : `${what} '${strange[0]}' is not in ${where} (${strange.length} in all)`;
}
