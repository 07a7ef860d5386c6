import { ModelsError } from '../errors.js';
import { DEFAULT_KIND_NAMES } from '../kind.js';
import type { ScoringKind } from '../kind.js';
import { alsScoring } from './als.js';
import { ease } from './ease.js';
import { itemKnn } from './item-knn.js';
import { nextAttractionScoring } from './next-attraction.js';
import { popular } from './popular.js';

/** Every kind of this package, by its scoring part; a kind of your own comes from the configuration file, or with a list given to a function. */
export const BUILT_IN_KINDS: readonly ScoringKind[] = [nextAttractionScoring, alsScoring, itemKnn, ease, popular];

/** The kinds that are on by default. */
export const DEFAULT_KINDS: readonly ScoringKind[] = kindsNamed(DEFAULT_KIND_NAMES, BUILT_IN_KINDS);

/**
 * The kinds that a list names or holds, in its order, which is the chain; `popular` comes last wherever it is listed, since every chain ends with it.
 *
 * @param kinds that may be named
 * @throws ModelsError MODELS_KINDS_INVALID with every unknown name, or for a name or feed that comes twice
 */
export function kindsNamed<K extends ScoringKind>(list: readonly (string | K)[], kinds: readonly K[]): readonly K[] {
  const nameOf = (listed: string | K): string => (typeof listed === 'string' ? listed : listed.name);
  const all = [...list.filter((listed) => nameOf(listed) !== popular.name), popular.name];
  const unknown = all.filter((listed) => typeof listed === 'string' && !kinds.some(({ name }) => name === listed));
  if (unknown.length > 0)
    throw new ModelsError(
      'MODELS_KINDS_INVALID',
      `There is no kind of model '${unknown.map(nameOf).join("', '")}'; give some of: ${kinds.map(({ name }) => name).join(', ')}.`,
    );
  const chosen = all.flatMap((listed) =>
    typeof listed === 'string' ? kinds.filter(({ name }) => name === listed) : [listed],
  );
  checkKinds(chosen);
  return chosen;
}

/**
 * Refuses two kinds of one name, or of one feed.
 * @throws ModelsError MODELS_KINDS_INVALID
 */
export function checkKinds(kinds: readonly ScoringKind[]): void {
  for (const [what, of] of [
    ['name', ({ name }: ScoringKind) => name],
    ['feed', ({ contract }: ScoringKind) => contract.path],
  ] as const) {
    const repeated = kinds.map(of).find((value, n, all) => all.indexOf(value) !== n);
    if (repeated !== undefined)
      throw new ModelsError(
        'MODELS_KINDS_INVALID',
        `Two kinds of model have the ${what} '${repeated}'; give each its own, and each once.`,
      );
  }
}
