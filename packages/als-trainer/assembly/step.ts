/**
 * What half an iteration works on, as the host lays it out: see `writeStep` in src/wasm/step.ts, which writes these words in this
 * order. Names ending in `At` are addresses.
 */
@unmanaged
export class Step {
  static at(address: usize): Step {
    return changetype<Step>(address);
  }

  /** Bytes of one row of factors; a multiple of 32, rows padded with zeros. */
  stride: u32;
  rank: u32;
  /** Conjugate-gradient steps; 0 for Cholesky. */
  steps: u32;
  /** u32, one more than there are rows. */
  offsetsAt: usize;
  /** u32, one per pair. */
  columnsAt: usize;
  /** u8, one per pair; 0 where there are none. */
  codesAt: usize;
  /** f32: linear, quadratic, constant; one triple per code, or one for all pairs. */
  termsAt: usize;
  /** f32, one per pair; 0 where weights have codes, or are all the same. */
  weightsAt: usize;
  /** f32 rows of the fixed side. */
  fixedAt: usize;
  /** f32 rows of the side that is solved. */
  solvedAt: usize;
  /** f32, one per solved row. */
  ridgesAt: usize;
  /** f32, stride / 4 rows of `stride` bytes: the weighted Gramian. */
  baseAt: usize;
  /** f64, the same matrix with rows twice as long. */
  preciseBaseAt: usize;
  /** Pairs that the per-pair arrays of a scratch area hold; a multiple of 8. */
  longestRow: u32;
  /** Rows of the panel; a multiple of 8. */
  panelRows: u32;
  /** 1: a weight is a rating. 0: a confidence. */
  ratings: u32;
  /** Confidence of a pair of weight 0. */
  confidence: f64;
  /** Confidence for each unit of weight. */
  alpha: f64;
  /** Subtracted from the confidence in the quadratic term. */
  taken: f64;
}
