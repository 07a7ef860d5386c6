import { generationOf, scorerOf } from '@attractions/models';

import type { ModelSubject } from '../subject.js';
import type { VisitLog } from '../visit-log.js';
import type { CheckResult } from './candidate.js';

/** The model names exactly the users and attractions of its visits, and every attraction it names exists. */
export function vocabularyCheck({ model, attractions, named, sample }: ModelSubject, log: VisitLog): CheckResult {
  const users = new Set(named?.userIds ?? log.names.userIds);
  const visited = new Set(
    named?.attractionIds ?? Array.from(log.attractions, (item) => log.names.attractionIds[item] as string),
  );
  const listed = new Set(attractions.map(({ attractionId }) => attractionId));
  const found =
    difference('users', model.userIds, users) ??
    difference('attractions', model.attractionIds, visited) ??
    missing('attraction', model.attractionIds, listed, 'the attractions it names as its parent');
  const whole = `${model.userIds.length} users and ${model.attractionIds.length} attractions, as in its visits`;
  const by = sample === undefined ? '' : `; other checks are made with ${sample.users} of the users`;
  return { check: 'vocabulary', passed: found === undefined, found: found ?? `${whole}${by}` };
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
  const unknown = ids.filter((id) => !known.has(id));
  return unknown.length === 0 ? undefined : `${what} '${unknown[0]}' is not in ${where} (${unknown.length} in all)`;
}

/**
 * Every number of the models is finite: the factors, and all numbers in the models of other kinds, known or not. A null counts as a number that is not
 * finite: JSON writes NaN as null.
 */
export function finiteCheck({ model, beside = [] }: Pick<ModelSubject, 'model' | 'beside'>): CheckResult {
  const { userFactors, itemFactors, options, history } = model;
  const factors = [
    { name: 'user factors', count: countNumbers(userFactors) },
    { name: 'item factors', count: countNumbers(itemFactors) },
  ];
  const others = beside.map(({ kind, model }) => ({ name: `${kind.name} model`, count: countNumbers(model) }));
  const document = { name: "model's options and history", count: countNumbers({ options, history }) };
  const broken = [...factors, document, ...others].find(({ count }) => count.broken > 0);
  const whole = [
    `${factors.reduce((sum, { count }) => sum + count.numbers, 0)} factors`,
    ...others.map(({ name, count }) => `${count.numbers} numbers of the ${name}`),
  ];
  return {
    check: 'finite',
    passed: broken === undefined,
    found: broken
      ? `${broken.count.broken} numbers of the ${broken.name} are not finite, the first at ${broken.count.first}`
      : `${whole.join(' and ')}, all finite`,
  };
}

interface Count {
  numbers: number;
  broken: number;
  /** Path of the first broken number: `parks[0].together[3][1]`. */
  first: string;
}

/** Counts the numbers at the leaves of a value of lists, typed arrays and objects. */
function countNumbers(value: unknown, count: Count = { numbers: 0, broken: 0, first: '' }, path = ''): Count {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const list = value as unknown as ArrayLike<unknown>;
    for (let n = 0; n < list.length; n++) {
      // The path of a number is only composed where it is needed.
      if (Number.isFinite(list[n])) count.numbers++;
      else countNumbers(list[n], count, `${path}[${n}]`);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) countNumbers(member, count, path ? `${path}.${name}` : name);
  } else if (typeof value === 'number' || value === null) {
    count.numbers++;
    if (Number.isFinite(value)) return count;
    count.first ||= path;
    count.broken++;
  }
  return count;
}
