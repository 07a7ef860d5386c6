import type { AlsGeneration } from '@attractions/contracts';
import { ModelsError } from '../errors.js';

/**
 * Refuses a damaged model, with one sentence for the first fault. Checks of a part come after those of the parts it depends on.
 * @throws ModelsError MODELS_MODEL_INVALID
 */
export function checkModel(model: AlsGeneration): void {
  const { rank, userIds, attractionIds, userFactors, itemFactors, seen, visitors } = model;
  const users = userIds.length;
  const items = attractionIds.length;
  must(Number.isInteger(rank) && rank >= 1, `Its rank is ${rank}, not a whole number above 0.`);
  must(new Set(userIds).size === users, 'A user id occurs twice in its vocabulary.');
  must(new Set(attractionIds).size === items, 'An attraction id occurs twice in its vocabulary.');
  mustMeasure('user factors', userFactors.length, users * rank);
  mustMeasure('item factors', itemFactors.length, items * rank);
  mustMeasure('visitor counts', visitors.length, items);
  mustMeasure('offsets of the seen sets', seen.offsets.length, users + 1);
  mustMeasure('seen items', seen.items.length, seen.offsets[users] ?? 0);
  must(userFactors.every(Number.isFinite), 'A user factor is not a finite number.');
  must(itemFactors.every(Number.isFinite), 'An item factor is not a finite number.');
  for (let user = 0; user < users; user++) {
    const from = seen.offsets[user] as number;
    const to = seen.offsets[user + 1] as number;
    must(from <= to, `The seen set of user '${userIds[user]}' ends before it begins.`);
    const ascends = seen.items.subarray(from, to).every((item, n, all) => n === 0 || item > (all[n - 1] as number));
    must(ascends, `The seen set of user '${userIds[user]}' does not ascend.`);
  }
  must(
    seen.items.every((item) => item < items),
    `A seen set names an item beyond the ${items} of the vocabulary.`,
  );
}

function mustMeasure(what: string, found: number, expected: number): void {
  must(found === expected, `It has ${found} ${what}; there must be ${expected}.`);
}

function must(holds: boolean, fault: string): void {
  if (holds) return;
  throw new ModelsError('MODELS_MODEL_INVALID', `The model is damaged. ${fault} Train again.`);
}
