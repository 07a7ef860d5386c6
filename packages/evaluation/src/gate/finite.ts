import type { ModelSubject } from '../subject.js';
import type { CheckResult } from './candidate.js';

/** Every number of the model is one. */
export function finiteCheck({ model, next }: Pick<ModelSubject, 'model' | 'next'>): CheckResult {
  const tables = (next?.parks ?? []).flatMap(({ popular, lately, byHour, onward }) =>
    [popular, lately, ...byHour, ...onward].flat(),
  );
  const parts = {
    'user factors': model.userFactors,
    'item factors': model.itemFactors,
    'next-attraction tables': tables,
  };
  const broken = Object.entries(parts).map(([name, values]) => ({ name, count: notFinite(values) }));
  const worst = broken.find(({ count }) => count > 0);
  return {
    check: 'finite',
    passed: worst === undefined,
    found: worst
      ? `${worst.count} numbers of the ${worst.name} are not finite`
      : `${model.userFactors.length + model.itemFactors.length} factors and ${tables.length} terms, all finite`,
  };
}

function notFinite(values: ArrayLike<number>): number {
  let count = 0;
  // Only NaN and the infinities are not equal to themselves less themselves.
  for (let k = 0; k < values.length; k++) if ((values[k] as number) - (values[k] as number) !== 0) count++;
  return count;
}
