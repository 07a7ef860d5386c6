import type { ModelSubject } from '../subject.js';
import type { CheckResult } from './candidate.js';

/**
 * Every number of the models is one: the factors, and whatever numbers the document of the next attraction holds, known tables or not. A null where JSON
 * should have a number is none.
 */
export function finiteCheck({ model, next }: Pick<ModelSubject, 'model' | 'next'>): CheckResult {
  const { userFactors, itemFactors, options, history } = model;
  const parts = [
    { name: 'user factors', tally: tallyOf(userFactors) },
    { name: 'item factors', tally: tallyOf(itemFactors) },
    { name: "model's options and history", tally: tallyOf({ options, history }) },
    { name: 'next-attraction model', tally: tallyOf(next) },
  ];
  const broken = parts.find(({ tally }) => tally.broken > 0);
  const [users, items, , terms] = parts.map(({ tally }) => tally.numbers) as [number, number, number, number];
  return {
    check: 'finite',
    passed: broken === undefined,
    found: broken
      ? `${broken.tally.broken} numbers of the ${broken.name} are not finite, the first at ${broken.tally.first}`
      : `${users + items} factors and ${terms} numbers of the next-attraction model, all finite`,
  };
}

interface Tally {
  numbers: number;
  broken: number;
  /** Where the first broken number stands: `parks[0].together[3][1]`. */
  first: string;
}

/** Counts the numbers at the leaves of a value of lists, typed arrays and objects. */
function tallyOf(value: unknown, tally: Tally = { numbers: 0, broken: 0, first: '' }, path = ''): Tally {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const list = value as unknown as ArrayLike<unknown>;
    for (let n = 0; n < list.length; n++) {
      // The path of a number is put together only where it is told.
      if (Number.isFinite(list[n])) tally.numbers++;
      else tallyOf(list[n], tally, `${path}[${n}]`);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) tallyOf(member, tally, path ? `${path}.${name}` : name);
  } else if (typeof value === 'number' || value === null) {
    tally.numbers++;
    if (Number.isFinite(value)) return tally;
    tally.first ||= path;
    tally.broken++;
  }
  return tally;
}
