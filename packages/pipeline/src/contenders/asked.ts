import { NextAttractionTrainer } from '@attractions/als-trainer';
import { recommendationRequestOf, visitsTableOf } from '@attractions/evaluation';
import type { Contender, LogNames } from '@attractions/evaluation';
import type { AlsGeneration, Attraction } from '@attractions/contracts';
import { createRecommender, kindRecommender, MAX_LIMIT } from '@attractions/recommender';
import { generationOf, nextAttractionScoring, untrainedModel } from '@attractions/models';
import type { ModelKind } from '@attractions/models';
import type { Mapping, Recommendations, Rule } from '@attractions/recommender';

import { trainedOn } from '../training.js';

/** What stands beside the models of what is served, and so of what is judged. */
export interface ServedWith {
  /** Default: those that are on by default. */
  readonly kinds?: readonly ModelKind[] | undefined;
  readonly rules?: readonly Rule[] | undefined;
  readonly mapping?: Mapping | undefined;
}

interface Run {
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/**
 * What a client gets: models of all kinds that are on, trained once on the training visits, under the rules and with the written lists, and asked as over HTTP: by user, park, time and timed visits. The
 * lists are those of the service, entry for entry.
 */
export function servedContender(
  { kinds, rules, mapping }: ServedWith & { readonly kinds: readonly ModelKind[] },
  attractions: readonly Attraction[],
  run: Run,
): Contender {
  return {
    name: 'as served',
    description:
      'What the service answers with models of the training visits, asked by user, park, time and timed visits.',
    async learn(training) {
      const visits = await visitsTableOf(training);
      const { model, models } = await trainedOn(visits, kinds, { attractions, ...run });
      const generation = generationOf(model, attractions, { visits, models });
      const recommender = createRecommender(generation, { kinds, rules, mapping });
      const scoresOf = scoresIn(training.names);
      return (request) => scoresOf(recommender.recommend(recommendationRequestOf(request, training.names, MAX_LIMIT)));
    },
  };
}

/** One kind of model by itself, with the same requests. Attractions that it does not rank are equal, and last. */
export function kindContender(kind: ModelKind, attractions: readonly Attraction[], run: Run): Contender {
  return {
    name: kind.name,
    description: `The kind of model '${kind.name}' by itself, trained on the training visits.`,
    async learn(training) {
      const visits = await visitsTableOf(training);
      const model = await kind.train(visits, { attractions, ...run });
      const snapshot = generationOf(untrainedModel(visits), attractions, { visits, models: { [kind.name]: model } });
      const recommender = kindRecommender(snapshot, kind);
      const scoresOf = scoresIn(training.names);
      return (request) => scoresOf(recommender.recommend(recommendationRequestOf(request, training.names, MAX_LIMIT)));
    },
  };
}

/**
 * Replays the model of the next attraction: each request uses the tables of its day, counted from the visits before it, and only what the request itself says
 * about the visitor.
 */
export function nextAttractionContender(attractions: readonly Attraction[]): Contender {
  return {
    name: 'next attraction',
    description:
      'What is popular in general, in the last days and at this hour, and what is near the last attraction of the visitor and often next after it.',
    async learn(training) {
      const parks = new NextAttractionTrainer(attractions).learn(await visitsTableOf(training));
      const { names } = training;
      const learnt = new Map(parks.map((park) => [park.visits.park, park]));
      const nobody = generationOf(WITHOUT_VISITS, attractionsIn(names));
      const scoresOf = scoresIn(names);
      return (request) => {
        const asked = recommendationRequestOf(request, names, MAX_LIMIT);
        const tables = learnt.get(asked.park)?.tablesAt(asked.at);
        const next = { asOf: 0, parks: tables === undefined ? [] : [tables] };
        const snapshot = { ...nobody, models: new Map([[nextAttractionScoring.name, next]]) };
        return scoresOf(kindRecommender(snapshot, nextAttractionScoring).recommend({ ...asked, userId: undefined }));
      };
    },
  };
}

/** Subtracted from the score for each place, so that attractions of equal scores keep the order of the list. */
const PLACE = 1e-9;

/** Scores of all attractions from a list: its probabilities, if it has any, else by place. Attractions that are not in the list are equal, and last. */
function scoresIn({ attractionIds }: LogNames): (list: Recommendations) => Float64Array {
  const itemOf = new Map(attractionIds.map((id, item) => [id, item]));
  return ({ recommendations }) => {
    const scores = new Float64Array(attractionIds.length).fill(-2);
    recommendations.forEach(({ attractionId, source, score }, place) => {
      scores[itemOf.get(attractionId) ?? -1] = (source === 'next-attraction' ? score : -1) - place * PLACE;
    });
    return scores;
  };
}

/** A model without users. */
const WITHOUT_VISITS: AlsGeneration = {
  rank: 1,
  userIds: [],
  attractionIds: [],
  userFactors: new Float32Array(),
  itemFactors: new Float32Array(),
  seen: { offsets: Uint32Array.of(0), items: new Uint32Array() },
  visitors: new Uint32Array(),
  options: {},
  history: [],
};

/** The attractions of a log, including those that are known only from visits. */
function attractionsIn({ attractionIds, titles, parks, parkOf }: LogNames): Attraction[] {
  return attractionIds.map((attractionId, item) => ({
    attractionId,
    park: parks[parkOf[item] as number] as string,
    name: titles[item] as string,
    themes: [],
  }));
}
