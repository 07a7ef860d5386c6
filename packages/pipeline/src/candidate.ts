import type { Candidate, Contender, ModelSubject } from '@attractions/evaluation';
import { createRecommender } from '@attractions/recommender';
import { foldInOf, generationOf, modelOfKind } from '@attractions/models';
import type { Generation, ModelKind } from '@attractions/models';

import { alsContender } from './contenders/als.js';
import { kindContender, nextAttractionContender } from './contenders/asked.js';
import { usualKinds } from './training.js';

/** A model as the gate looks at it: answered with as the service would, and trained again as it was. */
export function candidateOf(subject: ModelSubject, kinds: readonly ModelKind[] = usualKinds()): Candidate {
  const { model, beside = [], visits, attractions, seq } = subject;
  const generation = generationOf(model, attractions, {
    seqs: { model: seq, visits: 0, attractions: 0 },
    visits,
    models: Object.fromEntries(beside.map(({ kind, model }) => [kind.name, model])),
  });
  const recommender = createRecommender(generation, { kinds });
  const foldIn = foldInOf(model);
  return {
    ...subject,
    ask: (request) => recommender.recommend(request).recommendations,
    foldIn: (items, weights) => {
      const { isUnique, factors } = foldIn({ items, weights });
      return isUnique ? factors : new Float32Array(model.rank);
    },
    replay: replayOf(kinds, generation),
  };
}

/** The training of the kind that is asked first. */
function replayOf(kinds: readonly ModelKind[], generation: Generation): Contender {
  const first = kinds.find((kind) => modelOfKind(kind, generation) !== undefined);
  const { model, attractions } = generation;
  if (first?.name === 'next-attraction') return nextAttractionContender(attractions);
  if (first === undefined || first.name === 'als') return alsContender(model.options, {});
  return kindContender(first, attractions, {});
}
