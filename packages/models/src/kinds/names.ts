/** The kinds that are on where nobody says which: the order is the chain. */
export const DEFAULT_KIND_NAMES: readonly string[] = ['next-attraction', 'als', 'popular'];
