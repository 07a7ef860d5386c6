import { als, attractions, visits } from '@attractions/contracts';
import { parentOf } from '@attractions/feeds';
import type { AlsGeneration, Attraction, VisitsColumns } from '@attractions/contracts';
import type { FeedStore, Parent, UpdateRecord } from '@attractions/feeds';
import { Int32, Table, TimestampMillisecond, Utf8, vectorFromArray } from 'apache-arrow';
import { sampleGeneration } from './sample.js';

export const producer = { id: 'test', package: 'test', version: '0.0.0' };

/** One visit per pair, one second apart. */
export function visitsOf(pairs: readonly (readonly [userId: string, attractionId: string])[]): Table<VisitsColumns> {
  return timedVisits(pairs.map(([user, attraction], n) => [user, attraction, n * 1_000]));
}

/** One visit per entry, with its time. */
export function timedVisits(
  pairs: readonly (readonly [userId: string, attractionId: string, visitedAt: number])[],
): Table<VisitsColumns> {
  return new Table({
    user_id: vectorFromArray(
      pairs.map(([user]) => user),
      new Utf8(),
    ),
    attraction_id: vectorFromArray(
      pairs.map(([, attraction]) => attraction),
      new Utf8(),
    ),
    visited_at: vectorFromArray(
      pairs.map(([, , visitedAt]) => visitedAt),
      new TimestampMillisecond('UTC'),
    ),
    photos: vectorFromArray(
      pairs.map(() => 1),
      new Int32(),
    ),
  });
}

/** Puts attractions, visits and a model, each with its parents, as the drivers do. */
export async function putGeneration(
  store: FeedStore,
  parts: {
    model?: AlsGeneration;
    attractions?: readonly Attraction[];
    parents?: (parents: readonly Parent[]) => readonly Parent[];
    /** Put before the model, with the same parents, as the trainer does. */
    beside?: (parents: readonly Parent[]) => Promise<unknown>;
  } = {},
): Promise<UpdateRecord> {
  const sample = sampleGeneration();
  const { model = sample.model, parents = (all) => all } = parts;
  const named = await store.feed(attractions).put([...(parts.attractions ?? sample.attractions)], { producer });
  const visited = await store
    .feed(visits)
    .put(visitsOf([['ana', 'bay:slide']]), { producer, parents: [parentOf(named)] });
  const made = parents([parentOf(visited), parentOf(named)]);
  await parts.beside?.(made);
  return store.feed(als).put(model, { producer, parents: made });
}
