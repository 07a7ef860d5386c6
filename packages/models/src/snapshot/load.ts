import { loadSnapshot } from '@attractions/contracts';
import type { Snapshot } from '@attractions/contracts';
import type { FeedStore } from '@attractions/feeds';
import type { ScoringKind } from '../kind.js';
import { DEFAULT_KINDS } from '../kinds/kinds.js';
import { generationIn } from './generation.js';
import type { Generation } from './generation.js';

/**
 * Loads a model with everything that its answers need; see `loadSnapshot` for which model.
 *
 * @param kinds their models are loaded too, where they were committed with it; default: those that are on by default
 * @throws ContractsError, FeedsError, ModelsError MODELS_MODEL_INVALID
 */
export function loadGeneration(
  store: FeedStore,
  seq?: number,
  kinds: readonly ScoringKind[] = DEFAULT_KINDS,
): Promise<Generation> {
  const beside = kinds.filter((kind) => kind.of === undefined);
  const indexed = async (snapshot: Snapshot) => {
    const { model, attractions, seqs, visits } = snapshot;
    const models = new Map(
      beside.flatMap(({ name, contract: { path } }) =>
        snapshot.beside.has(path) ? [[name, snapshot.beside.get(path)] as const] : [],
      ),
    );
    const { needsVisits, add, done } = generationIn(model, attractions, seqs, models);
    if (needsVisits) for await (const batch of visits) add(batch);
    return done();
  };
  const contracts = beside.map(({ contract }) => contract);
  return loadSnapshot(store, indexed, contracts, seq);
}
