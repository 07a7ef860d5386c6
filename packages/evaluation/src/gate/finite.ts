import type { ModelSubject } from '../subject.js';
import type { CheckResult } from './candidate.js';

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
