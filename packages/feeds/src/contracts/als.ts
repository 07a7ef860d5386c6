/** A trained factor model with all that serving it needs: one generation, one update. Row i of `userFactors` is `userIds[i]`. */
export interface AlsGeneration {
  readonly rank: number;
  readonly userIds: readonly string[];
  readonly attractionIds: readonly string[];
  /** Row-major, `userIds.length` x `rank`. */
  readonly userFactors: Float32Array;
  /** Row-major, `attractionIds.length` x `rank`. */
  readonly itemFactors: Float32Array;
  /** What each user visited, as rows of `attractionIds`: user u's are `items[offsets[u] .. offsets[u + 1])`, ascending. */
  readonly seen: { readonly offsets: Uint32Array; readonly items: Uint32Array };
  /** Distinct visitors of each attraction, for the popular fallback of the same generation. */
  readonly visitors: Uint32Array;
  /** The resolved hyper-parameters, by the trainer's option names. */
  readonly options: Readonly<Record<string, number | string | boolean>>;
  readonly history: readonly { readonly iteration: number; readonly loss: number; readonly seconds: number }[];
}
