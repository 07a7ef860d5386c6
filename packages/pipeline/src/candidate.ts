import type { Candidate, ModelSubject } from '@attractions/evaluation';
import { createRecommender } from '@attractions/recommender';
import { foldInOf, generationOf } from '@attractions/models';

import { alsContender } from './contenders/als.js';
import { nextAttractionContender } from './contenders/asked.js';

/** A model as the gate looks at it: answered with as the service would, and trained again as it was. */
export function candidateOf(subject: ModelSubject): Candidate {
  const { model, next, visits, attractions, seq } = subject;
  const generation = generationOf(model, attractions, {
    seqs: { model: seq, visits: 0, attractions: 0 },
    visits,
    next,
  });
  const recommender = createRecommender(generation);
  const foldIn = foldInOf(model);
  return {
    ...subject,
    ask: (request) => recommender.recommend(request).recommendations,
    foldIn: (items, weights) => foldIn({ items, weights })?.factors ?? new Float32Array(model.rank),
    replay: next === undefined ? alsContender(model.options, {}) : nextAttractionContender(attractions),
  };
}
