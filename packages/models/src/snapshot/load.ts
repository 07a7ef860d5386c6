import { loadSnapshot } from '@attractions/contracts';
import type { Snapshot } from '@attractions/contracts';
import type { FeedStore } from '@attractions/feeds';
import { generationIn } from './generation.js';
import type { Generation } from './generation.js';

/**
 * Loads a model with all that its answers draw on, ready to answer from; see `loadSnapshot` for which.
 * @throws ContractsError, FeedsError, ModelsError MODELS_MODEL_INVALID
 */
export function loadGeneration(store: FeedStore, seq?: number): Promise<Generation> {
  const indexed = async ({ model, attractions, seqs, next, visits }: Snapshot) => {
    const { generation, histories } = generationIn(model, attractions, seqs, next);
    for await (const batch of visits) histories.add(batch);
    return { ...generation, ...histories.done() };
  };
  return loadSnapshot(store, indexed, seq);
}
