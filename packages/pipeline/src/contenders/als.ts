import { AlsTrainer } from '@attractions/als-trainer';
import type { AlsOptions } from '@attractions/als-trainer';
import { visitsTableOf } from '@attractions/evaluation';
import type { Contender } from '@attractions/evaluation';

/** Plain ALS, trained with these options: the dot product of the visitor's factors with each attraction's. */
export function alsContender(options: Partial<AlsOptions>, run: { threads?: number; signal?: AbortSignal }): Contender {
  return {
    name: 'ALS',
    description: 'Implicit alternating least squares: factors of the visitor times those of the attraction.',
    async learn(training) {
      const { userIds, attractionIds } = training.names;
      const model = await new AlsTrainer(options).train(await visitsTableOf(training), run);
      const { rank, userFactors, itemFactors } = model;
      const userOf = rowsOf(userIds, model.userIds);
      const itemOf = rowsOf(attractionIds, model.attractionIds);
      return ({ user }) => {
        const row = userOf[user] as number;
        return Float64Array.from(itemOf, (item) => {
          let score = 0;
          if (row < 0 || item < 0) return score;
          for (let f = 0; f < rank; f++)
            score += (userFactors[row * rank + f] as number) * (itemFactors[item * rank + f] as number);
          return score;
        });
      };
    },
  };
}

/** Row of each id in a model's vocabulary, -1 where it has none. */
function rowsOf(ids: readonly string[], vocabulary: readonly string[]): Int32Array {
  const rows = new Map(vocabulary.map((id, row) => [id, row]));
  return Int32Array.from(ids, (id) => rows.get(id) ?? -1);
}
