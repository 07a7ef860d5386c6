import type { AlsGeneration, Attraction, NextAttractionModel } from '@attractions/contracts';
import { generationOf } from '../snapshot/generation.js';
import type { Generation } from '../snapshot/generation.js';

/** Options of a small implicit model. */
const sampleOptions = {
  preset: 'ials',
  implicitFeedback: true,
  alpha: 10,
  unobservedWeight: 1,
  regularization: 0.1,
  regularizationExponent: 1,
};

/** A model from its item factors; users, their factors and seen sets only where a test needs them. */
export function modelOf(parts: {
  rank: number;
  itemFactors: readonly number[];
  options?: AlsGeneration['options'];
  attractionIds?: readonly string[];
  users?: Readonly<Record<string, { factors: readonly number[]; seen: readonly number[] }>>;
  visitors?: readonly number[];
}): AlsGeneration {
  const { rank, itemFactors, options = sampleOptions, users = {} } = parts;
  const items = itemFactors.length / rank;
  const attractionIds = parts.attractionIds ?? Array.from({ length: items }, (_, item) => `park:${item}`);
  const rows = Object.values(users);
  const offsets = rows.reduce<number[]>((sums, { seen }) => [...sums, (sums.at(-1) ?? 0) + seen.length], [0]);
  return {
    rank,
    userIds: Object.keys(users),
    attractionIds,
    userFactors: Float32Array.from(rows.flatMap(({ factors }) => factors)),
    itemFactors: Float32Array.from(itemFactors),
    seen: { offsets: Uint32Array.from(offsets), items: Uint32Array.from(rows.flatMap(({ seen }) => seen)) },
    visitors: Uint32Array.from(parts.visitors ?? attractionIds.map(() => 1)),
    options,
    history: [],
  };
}

/** An attraction; its park is the part of the id before the colon. */
export function attractionOf(attractionId: string, name: string, themes: readonly string[] = []): Attraction {
  return { attractionId, park: attractionId.slice(0, attractionId.indexOf(':')), name, themes };
}

/**
 * Two tastes in two parks: the first factor likes water, the second rides. `ana` saw the slide, `bob@x` the coaster and the train. The moon
 * has one attraction, which nobody has visited and the model does not know.
 */
export function sampleGeneration(): Generation {
  const model = modelOf({
    rank: 2,
    attractionIds: ['bay:slide', 'bay:pool', 'bay:coaster', 'hill:river', 'hill:train', 'hill:tower'],
    itemFactors: [0.9, 0.1, 0.8, 0.2, 0.1, 0.9, 0.7, 0.1, 0.2, 0.7, 0.1, 0.8],
    users: { ana: { factors: [1, 0.05], seen: [0] }, 'bob@x': { factors: [0.05, 1], seen: [2, 4] } },
    visitors: [1203, 40, 300, 40, 2, 1],
  });
  return generationOf(model, [
    attractionOf('moon:crater', 'Crater', ['space']),
    attractionOf('hill:tower', 'Free Fall Tower', ['thrill']),
    attractionOf('hill:train', 'Mine Train', ['thrill', 'family']),
    attractionOf('hill:river', 'Lazy River', ['water', 'family']),
    attractionOf('bay:coaster', 'Bay Coaster', ['thrill']),
    attractionOf('bay:pool', 'Wave Pool', ['water']),
    attractionOf('bay:slide', 'Big Slide', ['water']),
  ]);
}

/**
 * What visitors of the bay go to next: the slide, then the pool, then the coaster, by popularity; at noon the pool; right after the slide the
 * coaster. The hill has the same tables with no differences.
 */
export function sampleNext(): NextAttractionModel {
  const tables = (park: string, ids: readonly string[], terms: readonly number[]) => ({
    park,
    attractionIds: ids,
    popular: terms,
    lately: ids.map(() => 0),
    byHour: Array.from({ length: 24 }, (_, hour) => ids.map((_, k) => (hour === 12 && k === 1 && terms[1] ? 4 : 0))),
    onward: ids.map((_, from) => ids.map((_, to) => (terms[1] && from === 2 && to === 0 ? 9 : 0))),
    patienceHours: 0.75,
    weights: {},
  });
  return {
    asOf: 0,
    parks: [
      tables('bay', ['bay:coaster', 'bay:pool', 'bay:slide'], [-3, -2, -1]),
      tables('hill', ['hill:river', 'hill:tower', 'hill:train'], [0, 0, 0]),
    ],
  };
}
