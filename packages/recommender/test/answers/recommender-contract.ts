import { describe, test } from '@jest/globals';
import type { Generation } from '@attractions/models';
import type { Recommender } from '../../src/answers/recommender.js';
import { recommenderCases } from '../../src/testing/recommender-cases.js';

/** The exported contract suite, as tests of ours. */
export function keepsTheContract(
  name: string,
  generation: Generation,
  recommender: Recommender,
  traits: { complete: boolean },
): void {
  describe(`${name} keeps the contract`, () => {
    for (const { name: law, run } of recommenderCases(recommender, generation, traits)) test(law, run);
  });
}
