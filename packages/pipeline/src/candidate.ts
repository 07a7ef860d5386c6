import type { Attraction } from '@attractions/contracts';
import type { Candidate, Contender, MayShow, ModelSubject } from '@attractions/evaluation';
import { allowedBy, createRecommender } from '@attractions/recommender';
import type { Rule } from '@attractions/recommender';
import { foldInOf, generationOf, modelOfKind, popular } from '@attractions/models';
import type { Generation, ModelKind } from '@attractions/models';

import { alsContender } from './contenders/als.js';
import { kindContender, nextAttractionContender } from './contenders/asked.js';
import type { ServedWith } from './contenders/asked.js';
import { usualKinds } from './training.js';

/** A model as the gate checks it: it answers as in the service, and is trained again in the same way. */
export function candidateOf(subject: ModelSubject, servedWith: ServedWith = {}): Candidate {
  const { kinds = usualKinds(), rules, mapping } = servedWith;
  const { model, beside = [], visits, attractions, seq } = subject;
  const generation = generationOf(model, attractions, {
    seqs: { model: seq, visits: 0, attractions: 0 },
    visits,
    models: Object.fromEntries(beside.map(({ kind, model }) => [kind.name, model])),
  });
  const recommender = createRecommender(generation, { kinds, rules, mapping });
  const foldIn = foldInOf(model);
  return {
    ...subject,
    ...underRules(generation, rules),
    ask: (request) => recommender.recommend(request).recommendations,
    foldIn: (items, weights) => {
      const { isUnique, factors } = foldIn({ items, weights });
      return isUnique ? factors : new Float32Array(model.rank);
    },
    replay: replayOf(kinds, generation),
  };
}

/** Popular attractions, which are all there are, under the same rules: as long as any list can be. */
function underRules(generation: Generation, rules: readonly Rule[] = []): Pick<Candidate, 'due' | 'mayShow'> {
  if (rules.length === 0) return {};
  const whole = createRecommender(generation, { kinds: [popular], rules });
  return {
    mayShow: mayShowUnder(rules, generation.attractions),
    due: (request) => whole.recommend(request).recommendations.length,
  };
}

/** Whether rules let an attraction be shown; undefined where there are no rules. */
export function mayShowUnder(rules: readonly Rule[] = [], attractions: readonly Attraction[]): MayShow | undefined {
  if (rules.length === 0) return undefined;
  const byId = new Map(attractions.map((attraction) => [attraction.attractionId, attraction]));
  return (attractionId, request) => {
    const attraction = byId.get(attractionId);
    return attraction !== undefined && allowedBy(rules, attraction, request);
  };
}

/** The training of the kind of model that is tried first. */
function replayOf(kinds: readonly ModelKind[], generation: Generation): Contender {
  const first = kinds.find((kind) => modelOfKind(kind, generation) !== undefined);
  const { model, attractions } = generation;
  if (first?.name === 'next-attraction') return nextAttractionContender(attractions);
  if (first === undefined || first.name === 'als') return alsContender(model.options, {});
  return kindContender(first, attractions, {});
}
